// The part of the summary about the plan: the way, its steps, what is kept from the old chart, what was checked; and every refusal.
import { settingsFor } from './setting.js';
import { formatSeconds } from './duration.js';
import { codeMarkdown as code, escapeMarkdown as text } from './escape.js';
import { cut, details, joinBlocks, list, table, type Block } from './markdown.js';
import type { Check, FailedCheck } from './refusal.js';
import { PLATFORM_LABELS, type PlatformName } from './nouns.js';
import type { Report } from './report.js';
import type { ReportedHop, ReportedPin, ReportedPlan, ReportedSetting, StepState } from './report-plan.js';

const STATES: Readonly<Record<StepState | 'not-begun', string>> = {
  complete: '✅ done',
  skipped: '➖ was already so',
  failed: '❌ failed',
  running: '⏳ under way when the run ended',
  'not-begun': '⬜ not begun',
};

const CHECK_STATES: Readonly<Record<Check['state'], string>> = { pass: '✅ pass', warn: '⚠️ mind', fail: '❌ fail', skipped: '⏭️ waived' };

export function renderPlan(plan: ReportedPlan, report: Report, most: number): Block {
  const names = plan.steps.flatMap((each) => each.valueNames).map(code);
  // Where nothing is to be done, steps and values would only look like work.
  if (plan.strategy === 'nothing') return plan.checks.length > 0 ? cut(plan.checks, most, renderChecks) : '';
  return joinBlocks([
    ...plan.hops.slice(0, most).map((hop) => renderHop(hop, plan.strategy === 'rolling', report.platform)),
    renderSteps(plan, report, most),
    plan.checks.length > 0 ? cut(plan.checks, most, renderChecks) : '',
    details('Why in this order', reasons(plan)),
    details(`${plan.settings.length} values are ${settingsFor(plan.strategy)}`, plan.settings.length > 0 ? cut(plan.settings, most, renderSettings) : ''),
    details(`${plan.pins.length} chart defaults are kept as they are installed`, plan.pins.length > 0 ? cut(plan.pins, most, renderPins) : ''),
    details(`${names.length} values are laid over those of the release`, names.length > 0 ? `Names only:\n\n${cut(names, most, list)}` : ''),
  ]);
}

function renderHop(hop: ReportedHop, rolls: boolean, platform: PlatformName): Block {
  const couldRoll = platform === 'compose' ? 'expect an interruption' : hop.rollingPossible ? 'it could roll' : 'it cannot roll: expect an interruption';
  const plainly = hop.pathKind === 'migration' ? 'a migration of the metadata' : PLATFORM_LABELS[platform].upgrade;
  const how = rolls ? 'one helm upgrade, after which one component rolls after the other' : `${plainly}; ${couldRoll}`;
  const head = `**${text(hop.from)} → ${text(hop.to)}** by ${how}. Why: ${text(hop.why)} (${text(hop.source)})`;
  return joinBlocks([head, hop.outline.map((each, at) => `${at + 1}. ${text(each)}`).join('\n')]);
}

export function renderSteps(plan: ReportedPlan, report: Report, most: number): Block {
  if (plan.steps.length === 0) return '';
  const wasRun = report.steps.length > 0;
  return cut(plan.steps, most, (shown) =>
    table(
      ['Step', 'Longest time', 'State', 'Took'],
      shown.map(({ id, timeoutSeconds }) => {
        const run = report.steps.find((each) => each.id === id);
        const took = run && run.state !== 'skipped' ? formatSeconds(run.tookSeconds) : '';
        return [code(id), formatSeconds(timeoutSeconds), wasRun ? STATES[run?.state ?? 'not-begun'] : '', took];
      }),
    ),
  );
}

function renderChecks(checks: readonly Check[]): Block {
  return table(
    ['Check', 'State', 'Because', 'Source'],
    checks.map(({ id, state, reason, source }) => [code(id), CHECK_STATES[state], text(reason), text(source)]),
  );
}

/** Once for each Deployment: a hand-over has the reason of its release. */
function reasons({ steps }: ReportedPlan): Block {
  const told = steps.filter((each) => each.why !== '' && each.kind !== 'drain');
  if (told.length === 0) return '';
  return table(
    ['Step', 'Why it is its turn'],
    told.map((each) => [code(each.id), text(each.why)]),
  );
}

function renderSettings(settings: readonly ReportedSetting[]): Block {
  return table(
    ['Value', 'Set to', 'Why', 'Source'],
    settings.map(({ path, value, why, source }) => [code(path), json(value), text(why), text(source)]),
  );
}

function renderPins(pins: readonly ReportedPin[]): Block {
  return table(
    ['Value', 'Kept at', 'New default', 'Why', 'Source'],
    pins.map(({ path, value, newDefault, why, source }) => [code(path), json(value), json(newDefault), text(why), text(source)]),
  );
}

function json(value: unknown): string {
  return value === undefined ? 'none' : code(JSON.stringify(value));
}

/** `explained` is a link to where every rule is explained. */
export function renderFailedChecks(failedChecks: readonly FailedCheck[], explained: string, most: number): Block {
  if (failedChecks.length === 0) return '';
  const waivers = failedChecks.filter((each) => each.skippable).map((each) => each.code);
  const hint = `To go on all the same, on your own judgement: ${code(`skip-checks: ${waivers.slice(0, most).join(', ')}`)}`;
  return joinBlocks([cut(failedChecks, most, failedCheckTable), waivers.length > 0 ? hint : '', `Every rule: ${explained}`]);
}

/** The source stands with the reason: as a column it would squeeze the others. */
function failedCheckTable(failedChecks: readonly FailedCheck[]): Block {
  return table(
    ['Rule', 'Because', 'What to do', 'May be waived'],
    failedChecks.map((each) => [code(each.code), `${text(each.reason)}<br>*Source: ${text(each.source)}*`, text(each.remedy), each.skippable ? 'yes' : 'no']),
  );
}
