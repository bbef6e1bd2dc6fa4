// One sentence that tells a run to somebody who was just woken: what became of it, and whether anything was changed.
import { formatSeconds } from './duration.js';
import type { Outcome } from './events.js';
import { NOUNS } from './nouns.js';
import type { Report } from './report.js';

/** Plain text that begins with a sign of the outcome. */
export function renderHeadline(report: Report): string {
  return headlines[report.outcome](report);
}

const headlines: { readonly [Each in Outcome]: (report: Report) => string } = {
  succeeded: (report) => `✅ ${success(report)}`,
  unchanged: (report) => `✅ ${subject(report)} already runs ${report.toVersion}, ${readiness(report)}. Nothing was changed.`,
  planned: (report) => `📋 ${planned(report)} Nothing was changed.`,
  refused: (report) => `⛔ ${attempt(report)} was refused: ${count(report.refusals.length, 'rule speaks', 'rules speak')} against it. ${changes(report)}`,
  failed: (report) => `❌ ${attempt(report)} failed after ${formatSeconds(report.tookSeconds)}. ${changes(report)}`,
  'rolled-back': (report) => `↩️ ${attempt(report)} failed and was rolled back, ${readiness(report)}.`,
  cancelled: (report) => `🛑 ${attempt(report)} was cancelled after ${formatSeconds(report.tookSeconds)}. ${changes(report)}`,
};

function success(report: Report): string {
  if (report.operation === 'verify') return `${subject(report)} runs ${report.toVersion}, ${readiness(report)}.`;
  const before = report.fromVersion && report.fromVersion !== report.toVersion ? ` (was ${report.fromVersion})` : '';
  return `${subject(report)} now runs ${report.toVersion}${before}, ${readiness(report)}. Took ${formatSeconds(report.tookSeconds)}.`;
}

const WAYS: Readonly<Record<string, string>> = {
  migrate: 'with a migration of the metadata, for which Milvus is stopped',
  restore: 'with the metadata of the backup',
  recreate: 'with new containers',
  rolling: 'one component after the other',
};

function planned(report: Report): string {
  if (report.strategy === 'nothing') return `${subject(report)} already runs ${report.toVersion}, there is nothing to do.`;
  const way = WAYS[report.strategy ?? ''] ?? 'with one helm upgrade';
  return `${subject(report)} can go from ${report.fromVersion ?? 'an unknown version'} to ${report.toVersion}, ${way}: here is the plan.`;
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

/** Counted, not concluded from the outcome. */
function readiness({ components, platform }: Report): string {
  const { part, parts } = NOUNS[platform];
  const there = components.filter((each) => each.result !== 'removed');
  const missing = there.filter((each) => each.result === 'waiting' || each.result === 'failed').map((each) => each.role || each.deployment);
  if (there.length === 0) return `no ${part} was seen`;
  const all = count(there.length, part, parts);
  const ready = there.length - missing.length;
  if (missing.length > 0) return `${ready} of ${all} ${ready === 1 ? 'is' : 'are'} ready, not ${listed(missing)}`;
  return there.length === 1 ? `its ${part} is ready` : `all ${all} are ready`;
}

function listed(names: readonly string[]): string {
  const [shown, more] = [names.slice(0, 3), names.length - 3];
  if (more > 0) return `${shown.join(', ')} and ${more} more`;
  return shown.length > 1 ? `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}` : shown.join();
}

function changes(report: Report): string {
  if (!report.changed) return 'Nothing was changed.';
  const running = report.runningVersions.length > 0 ? ` It runs ${report.runningVersions.join(' and ')} now` : ' It was left as it is';
  return `The ${NOUNS[report.platform].whole} was changed.${running}, ${readiness(report)}.`;
}

function count(amount: number, one: string, many: string): string {
  return `${amount} ${amount === 1 ? one : many}`;
}
