// One sentence that tells a run to somebody who was just woken: what became of it, and whether anything was changed.
import { formatSeconds } from './duration.js';
import type { Outcome } from './events.js';
import { PLATFORM_LABELS } from './nouns.js';
import type { Report } from './report.js';
import type { ComponentRow } from './report-components.js';

/** Plain text that begins with a sign of the outcome. */
export function renderHeadline(report: Report): string {
  return headlines[report.outcome](report);
}

const headlines: { readonly [Each in Outcome]: (report: Report) => string } = {
  succeeded: (report) => (isStopped(report) ? stoppedSuccess(report) : `✅ ${success(report)}`),
  unchanged: (report) =>
    isStopped(report)
      ? `⚠️ ${subject(report)} is already at ${report.toVersion}. Nothing was changed. ${stopped(report)}`
      : `✅ ${subject(report)} already runs ${report.toVersion}, ${readiness(report)}. Nothing was changed.`,
  planned: (report) => `📋 ${planned(report)} Nothing was changed.`,
  refused: (report) => `⛔ ${attempt(report)} was refused: ${count(report.failedChecks.length, 'rule speaks', 'rules speak')} against it. ${changes(report)}`,
  failed: (report) => `❌ ${attempt(report)} failed after ${formatSeconds(report.tookSeconds)}. ${changes(report)}`,
  'rolled-back': (report) => `↩️ ${attempt(report)} failed and was rolled back${isStopped(report) ? `. ${stopped(report)}` : `, ${readiness(report)}.`}`,
  cancelled: (report) => `🛑 ${attempt(report)} was cancelled after ${formatSeconds(report.tookSeconds)}. ${changes(report)}`,
};

function success(report: Report): string {
  if (report.operation === 'verify') return `${subject(report)} runs ${report.toVersion}, ${readiness(report)}.`;
  const before = report.fromVersion && report.fromVersion !== report.toVersion ? ` (was ${report.fromVersion})` : '';
  return `${subject(report)} now runs ${report.toVersion}${before}, ${readiness(report)}. Took ${formatSeconds(report.tookSeconds)}.`;
}

/** Nothing failed, and nothing runs: whoever reads only this line must not take it for a Milvus that serves. */
function stoppedSuccess(report: Report): string {
  return `⚠️ ${subject(report)} is at ${report.toVersion} after ${formatSeconds(report.tookSeconds)}. ${stopped(report)}`;
}

const STRATEGY_TEXTS: Readonly<Record<string, string>> = {
  migrate: 'with a migration of the metadata, for which Milvus is stopped',
  restore: 'with the metadata of the backup',
  recreate: 'with new containers',
  rolling: 'one component after the other',
};

function planned(report: Report): string {
  if (report.strategy === 'nothing' && isStopped(report))
    return `${subject(report)} is already at ${report.toVersion}, there is nothing to do. ${stopped(report)}`;
  if (report.strategy === 'nothing') return `${subject(report)} already runs ${report.toVersion}, there is nothing to do.`;
  const pathKind = STRATEGY_TEXTS[report.strategy ?? ''] ?? 'with one helm upgrade';
  return `${subject(report)} can go from ${report.fromVersion ?? 'an unknown version'} to ${report.toVersion}, ${pathKind}: here is the plan.`;
}

function subject({ platform, release, namespace }: Report): string {
  if (platform === 'compose') return release === '' ? 'the Milvus of this project' : `Milvus of project ${release}`;
  return `Milvus ${release} in ${namespace}`;
}

function attempt(report: Report): string {
  if (report.operation === 'verify') return `The check that ${subject(report)} runs ${report.toVersion}`;
  const acts: Readonly<Record<string, string>> = { plan: 'The plan to upgrade', rollback: 'The way back of' };
  return `${acts[report.operation] ?? 'The upgrade of'} ${subject(report)} to ${report.toVersion}`;
}

function present({ components }: Report): readonly ComponentRow[] {
  return components.filter((each) => each.result !== 'removed');
}

/** True where nothing of Milvus runs. 0 of 0 pods is not ready: it is stopped. */
function isStopped(report: Report): boolean {
  const there = present(report);
  return there.length > 0 && there.every((each) => each.desired === 0);
}

function stopped(report: Report): string {
  const { part, parts } = PLATFORM_LABELS[report.platform];
  const amount = present(report).length;
  const [its, all] = report.platform === 'helm' ? ['has 0 replicas', 'have 0 replicas'] : ['has no running container', 'have no running container'];
  return `Milvus is stopped: ${amount === 1 ? `its ${part} ${its}` : `all ${amount} ${parts} ${all}`}.`;
}

/** Counted, not concluded from the outcome. What is scaled to zero counts neither as ready nor as missing. */
function readiness(report: Report): string {
  const { part, parts } = PLATFORM_LABELS[report.platform];
  const atZero = present(report).filter((each) => each.result === 'stopped');
  const there = present(report).filter((each) => each.result !== 'stopped');
  const missing = there.filter((each) => each.result === 'waiting' || each.result === 'failed').map((each) => each.role || each.deployment);
  if (there.length === 0) return `no ${part} was seen`;
  const all = count(there.length, part, parts);
  const ready = there.length - missing.length;
  const rest = atZero.length === 0 ? '' : ` (at 0 replicas: ${listed(atZero.map((each) => each.role || each.deployment))})`;
  if (missing.length > 0) return `${ready} of ${all} ${ready === 1 ? 'is' : 'are'} ready, not ${listed(missing)}${rest}`;
  return `${there.length === 1 ? `its ${part} is ready` : `all ${all} are ready`}${rest}`;
}

function listed(names: readonly string[]): string {
  const [shown, more] = [names.slice(0, 3), names.length - 3];
  if (more > 0) return `${shown.join(', ')} and ${more} more`;
  return shown.length > 1 ? `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}` : shown.join();
}

function changes(report: Report): string {
  if (!report.changed) return 'Nothing was changed.';
  if (isStopped(report)) return `The ${PLATFORM_LABELS[report.platform].whole} was changed. ${stopped(report)}`;
  const running = report.runningVersions.length > 0 ? ` It runs ${report.runningVersions.join(' and ')} now` : ' It was left as it is';
  return `The ${PLATFORM_LABELS[report.platform].whole} was changed.${running}, ${readiness(report)}.`;
}

function count(amount: number, one: string, many: string): string {
  return `${amount} ${amount === 1 ? one : many}`;
}
