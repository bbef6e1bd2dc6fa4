// The longer parts of the log: the observation, the plan, the failed checks. Lines of plain text, aligned for a
// monospaced font.
import { settingsFor } from '../../model/setting.js';
import { formatSeconds } from '../../lib/duration.js';
import { oneLine, shorten } from '../../lib/escape.js';
import { isAtZero, isSettled, isStopped, type Component } from '../../model/component.js';
import { runningVersions, type Observation } from '../../model/observation.js';
import { chartChangesOf, describeInstallation, PLATFORM_LABELS } from '../../platforms/registry.js';
import { valueNames } from '../plan.js';
import type { CheckResult } from '../../model/check-result.js';
import type { Hop } from '../../model/shared-plan.js';
import type { Plan, Step } from '../../model/step.js';
import { formatVersion, parseImage } from '../../model/version.js';

export function logObservation(observation: Observation): string[] {
  const versions =
    runningVersions(observation).map(formatVersion).join(' and ') || 'of unknown version (no image tag contains one)';
  return [
    ...describeInstallation(observation),
    `${isStopped(observation) ? 'Milvus is stopped. Images: Milvus' : 'Running: Milvus'} ${versions}: ${observation.topology}, message queue ${observation.messageQueue}, metadata in ${observation.metastore}.`,
    `etcd: ${observation.etcd.endpoints.join(', ') || 'no endpoint found'}, root path ${observation.etcd.rootPath}.`,
    ...aligned([headFor(observation), ...observation.components.map(componentCells)]),
  ];
}

const HEAD = ['IMAGE', 'READY', 'UPDATED', 'OLD', 'TERMINATING', 'RESTARTS', 'STATE'];

function headFor({ platform }: Observation): string[] {
  return ['COMPONENT', PLATFORM_LABELS[platform].part.toUpperCase(), ...HEAD];
}

function componentCells(component: Component): string[] {
  const settled = isAtZero(component) ? 'stopped' : 'ready';
  const state = isSettled(component)
    ? settled
    : component.failure || component.waiting[0]?.reason || (component.paused ? 'paused' : 'in progress');
  const counts = [component.updated, component.outdated, component.terminating, component.restarts].map(String);
  const image = parseImage(component.templateImage).tag || component.templateImage || component.podImages.join(', ');
  return [
    component.role,
    component.deployment || '(removed)',
    image,
    `${component.ready}/${component.desired}`,
    ...counts,
    state,
  ];
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const cells = rows.map((row) => row.map((cell) => shorten(oneLine(cell), 80)));
  const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  return cells.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd());
}

/** The whole plan. It contains the names of user-supplied values, never the values; pins are defaults of charts. */
export function logPlan(plan: Plan): string[] {
  const { strategy, from, to, image, hops, steps, checks } = plan;
  const { chart, pins, settings } = chartChangesOf(plan);
  return [
    `Plan: ${strategy}, Milvus ${formatVersion(from)} → ${formatVersion(to)}`,
    `  image  ${image}`,
    ...(chart ? [`  chart  ${chart.from} → ${chart.to}: ${chart.why}`] : []),
    ...hops.flatMap((hop) => logHop(hop, strategy)),
    // The steps of an installation that runs the target version already are all complete.
    ...titled('Steps', strategy === 'nothing' ? [] : steps.flatMap(logStep)),
    ...titled(
      'Kept from the installed chart',
      pins.map(({ path, value, newDefault, why }) => `${path}: ${json(value)}, not ${json(newDefault)}: ${why}`),
    ),
    ...titled(
      `Values that are ${settingsFor(strategy)}`,
      settings.map(({ path, value, why }) => `${path}: ${json(value)}: ${why}`),
    ),
    ...titled('Checks', checks.map(logCheck)),
  ];
}

function logHop({ from, to, pathKind, rollingPossible, why, source, outline }: Hop, strategy: string): string[] {
  const rolling =
    strategy === 'recreate' ? 'with downtime' : rollingPossible ? 'rolling possible' : 'rolling not possible';
  return [
    `  path   ${formatVersion(from)} → ${formatVersion(to)}, ${pathKind}, ${rolling}: ${why} (${source})`,
    ...outline.map((line, at) => `    ${at + 1}. ${line}`),
  ];
}

function logStep(step: Step): string[] {
  const names = valueNames(step);
  return [
    `${step.id}, timeout ${formatSeconds(step.timeoutSeconds)}${'why' in step ? `: ${step.why}` : ''}`,
    ...(names.length > 0 ? [`  values merged over those of the release: ${names.join(', ')}`] : []),
  ];
}

function logCheck({ id, state, reason, source }: CheckResult): string {
  return `${state === 'pass' ? 'passed' : state === 'warn' ? 'warning' : 'skipped'}: ${id}: ${reason} (${source})`;
}

function titled(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`${title}:`, ...lines.map((line) => `  ${line}`)];
}

function json(value: unknown): string {
  return value === undefined ? 'absent' : shorten(JSON.stringify(value), 300);
}

/** Every failed check with its number, reason, remedy and source. */
export function logFailedChecks(failedChecks: readonly CheckResult[]): string[] {
  const head = `Upgrade refused: ${failedChecks.length} ${failedChecks.length === 1 ? 'check' : 'checks'} failed`;
  return [head, ...failedChecks.flatMap((failedCheck, at) => logFailedCheck(failedCheck, at + 1))];
}

function logFailedCheck({ id, reason, remedy, source, skippable }: CheckResult, number: number): string[] {
  const hint = skippable ? `To skip this check: skip-checks: ${id}` : 'This check cannot be skipped.';
  return [`${number}. ${id}: ${reason}`, `   What to do: ${remedy}`, `   Source: ${source}`, `   ${hint}`];
}
