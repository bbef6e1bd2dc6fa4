// The part of the summary about the plan: the path, its steps, what is kept from the installed chart, the checks; and
// every failed check.
import { settingsFor } from '../../model/setting.js';
import { formatSeconds } from '../../lib/duration.js';
import { codeMarkdown as code, escapeMarkdown as text } from '../../lib/escape.js';
import { cut, details, joinBlocks, list, table, type Block } from './markdown.js';
import type { CheckResult } from '../../model/check-result.js';
import { PLATFORM_LABELS } from '../../platforms/registry.js';
import type { PlatformName } from '../../config/config.js';
import type { Report } from '../report.js';
import type { ReportedHop, ReportedPin, ReportedPlan, ReportedSetting, StepState } from '../plan.js';

const STATES: Readonly<Record<StepState | 'not-begun', string>> = {
  complete: '✅ complete',
  skipped: '➖ already complete',
  failed: '❌ failed',
  running: '⏳ in progress when the run ended',
  'not-begun': '⬜ not started',
};

const CHECK_STATES: Readonly<Record<CheckResult['state'], string>> = {
  pass: '✅ pass',
  warn: '⚠️ warning',
  fail: '❌ fail',
  skipped: '⏭️ skipped',
};

export function renderPlan(plan: ReportedPlan, report: Report, most: number): Block {
  const names = plan.steps.flatMap((step) => step.valueNames).map(code);
  // If there is nothing to do, steps and values would suggest changes.
  if (plan.strategy === 'nothing') return plan.checks.length > 0 ? cut(plan.checks, most, renderChecks) : '';
  return joinBlocks([
    ...plan.hops.slice(0, most).map((hop) => renderHop(hop, plan.strategy === 'rolling', report.platform)),
    renderSteps(plan, report, most),
    plan.checks.length > 0 ? cut(plan.checks, most, renderChecks) : '',
    details('Reasons for the order', reasons(plan)),
    details(
      `${plan.settings.length} values are ${settingsFor(plan.strategy)}`,
      plan.settings.length > 0 ? cut(plan.settings, most, renderSettings) : '',
    ),
    details(
      `${plan.pins.length} chart defaults are kept at their installed values`,
      plan.pins.length > 0 ? cut(plan.pins, most, renderPins) : '',
    ),
    details(
      `${names.length} values are merged over those of the release`,
      names.length > 0 ? `Names only:\n\n${cut(names, most, list)}` : '',
    ),
  ]);
}

function renderHop(hop: ReportedHop, rolls: boolean, platform: PlatformName): Block {
  const { upgrade, expectation } = PLATFORM_LABELS[platform];
  const method = hop.pathKind === 'migration' ? 'a metadata migration' : upgrade;
  const how = rolls
    ? 'one helm upgrade, after which the components roll one after the other'
    : `${method}; ${expectation(hop.rollingPossible)}`;
  const head = `**${text(hop.from)} → ${text(hop.to)}** by ${how}. Why: ${text(hop.why)} (${text(hop.source)})`;
  return joinBlocks([head, hop.outline.map((line, at) => `${at + 1}. ${text(line)}`).join('\n')]);
}

export function renderSteps(plan: ReportedPlan, report: Report, most: number): Block {
  if (plan.steps.length === 0) return '';
  const wasRun = report.steps.length > 0;
  return cut(plan.steps, most, (shown) =>
    table(
      ['Step', 'Timeout', 'State', 'Duration'],
      shown.map(({ id, timeoutSeconds }) => {
        const run = report.steps.find((step) => step.id === id);
        const took = run && run.state !== 'skipped' ? formatSeconds(run.tookSeconds) : '';
        return [code(id), formatSeconds(timeoutSeconds), wasRun ? STATES[run?.state ?? 'not-begun'] : '', took];
      }),
    ),
  );
}

function renderChecks(checks: readonly CheckResult[]): Block {
  return table(
    ['Check', 'State', 'Reason', 'Source'],
    checks.map(({ id, state, reason, source }) => [code(id), CHECK_STATES[state], text(reason), text(source)]),
  );
}

/** Once per Deployment: a `drain` step has the same reason as its `resume` step. */
function reasons({ steps }: ReportedPlan): Block {
  const explained = steps.filter((step) => step.why !== '' && step.kind !== 'drain');
  if (explained.length === 0) return '';
  return table(
    ['Step', 'Reason'],
    explained.map((step) => [code(step.id), text(step.why)]),
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
    pins.map(({ path, value, newDefault, why, source }) => [
      code(path),
      json(value),
      json(newDefault),
      text(why),
      text(source),
    ]),
  );
}

function json(value: unknown): string {
  return value === undefined ? 'none' : code(JSON.stringify(value));
}

/** `explained` is a link to the explanation of every check. */
export function renderFailedChecks(failedChecks: readonly CheckResult[], explained: string, most: number): Block {
  if (failedChecks.length === 0) return '';
  const skippable = failedChecks.filter((failedCheck) => failedCheck.skippable).map((failedCheck) => failedCheck.id);
  const hint = `To skip these checks at your own risk: ${code(`skip-checks: ${skippable.slice(0, most).join(', ')}`)}`;
  return joinBlocks([
    cut(failedChecks, most, failedCheckTable),
    skippable.length > 0 ? hint : '',
    `All checks: ${explained}`,
  ]);
}

/** The source is in the column of the reason: as a column of its own it would make the others too narrow. */
function failedCheckTable(failedChecks: readonly CheckResult[]): Block {
  return table(
    ['Check', 'Reason', 'What to do', 'Skippable'],
    failedChecks.map((failedCheck) => [
      code(failedCheck.id),
      `${text(failedCheck.reason)}<br>*Source: ${text(failedCheck.source)}*`,
      text(failedCheck.remedy),
      failedCheck.skippable ? 'yes' : 'no',
    ]),
  );
}
