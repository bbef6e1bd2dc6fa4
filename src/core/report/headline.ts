// The result of a run in one sentence: the outcome, and whether anything was changed.
import { shorten } from '../lib/escape.js';
import { formatSeconds } from '../lib/duration.js';
import type { DataResult } from '../data/result.js';
import { endSentence } from '../model/error.js';
import type { Outcome } from '../model/event.js';
import { PLATFORM_LABELS } from '../platforms/registry.js';
import type { Report } from './report.js';
import type { ComponentRow } from './components.js';

/** Plain text that begins with a symbol of the outcome. */
export function renderHeadline(report: Report): string {
  return `${headlines[report.outcome](report)}${dataSentence(report)}`;
}

/** Nothing for data that was not requested, and for a failed run, which names its problem. */
function dataSentence({ data, outcome }: Report): string {
  if (!data || outcome === 'failed' || outcome === 'cancelled') return '';
  const sentences = {
    verified: ` Data verified: ${count(data.collections.length, 'collection', 'collections')}${baselineOf(data)}.`,
    differs: ' The data is not the same as before.',
    'not-verified': ` Data not verified: ${endSentence(shorten(data.reason, MAX_REASON))}`,
    saved: ` Data saved: ${count(data.collections.length, 'collection', 'collections')}.`,
  };
  return sentences[data.state];
}

function baselineOf({ baseline }: DataResult): string {
  return baseline === 'resumed-upgrade' ? ', compared with the state in which this run resumed the upgrade' : '';
}

const MAX_REASON = 200;

const headlines: { readonly [Each in Outcome]: (report: Report) => string } = {
  succeeded: (report) => (isStopped(report) ? stoppedSuccess(report) : `✅ ${success(report)}`),
  unchanged: (report) =>
    isStopped(report)
      ? `⚠️ ${subject(report)} is already at ${report.toVersion}. Nothing was changed. ${stopped(report)}`
      : `✅ ${subject(report)} already runs ${report.toVersion}, ${readiness(report)}. Nothing was changed.`,
  planned: (report) => `📋 ${planned(report)} Nothing was changed.`,
  refused: (report) =>
    `⛔ ${attempt(report)} was refused${whichHop(report)}: ${count(report.failedChecks.length, 'check', 'checks')} failed. ${changes(report)}`,
  failed: (report) =>
    `❌ ${attempt(report)} failed${whichHop(report)} after ${formatSeconds(report.tookSeconds)}. ${changes(report)}`,
  'rolled-back': (report) =>
    `↩️ ${attempt(report)} failed${whichHop(report)} and was rolled back${isStopped(report) ? `. ${stopped(report)}` : `, ${readiness(report)}.`}`,
  cancelled: (report) =>
    `🛑 ${attempt(report)} was cancelled${whichHop(report)} after ${formatSeconds(report.tookSeconds)}. ${changes(report)}`,
};

function success(report: Report): string {
  if (report.operation === 'verify') return `${subject(report)} runs ${report.toVersion}, ${readiness(report)}.`;
  const before = report.fromVersion && report.fromVersion !== report.toVersion ? ` (was ${report.fromVersion})` : '';
  return `${subject(report)} now runs ${report.toVersion}${before}, ${readiness(report)}. Took ${formatSeconds(report.tookSeconds)}${inHops(report)}.`;
}

function inHops({ hops }: Report): string {
  return hops.length > 1 ? ` for ${hops.length} hops` : '';
}

/** Empty for a run of one upgrade, and if every hop is complete. */
function whichHop({ hops }: Report): string {
  const at = hops.findIndex(({ result }) => result !== 'complete');
  const hop = hops[at];
  return hop && hops.length > 1 && hop.result !== 'planned' && hop.startedAt !== null
    ? ` in hop ${at + 1} of ${hops.length} (${hop.from} → ${hop.to})`
    : '';
}

/** The run succeeded, but Milvus is stopped: this line alone must not read as if Milvus serves. */
function stoppedSuccess(report: Report): string {
  return `⚠️ ${subject(report)} is at ${report.toVersion} after ${formatSeconds(report.tookSeconds)}. ${stopped(report)}`;
}

const METHODS: Readonly<Record<string, string>> = {
  migrate: 'by a metadata migration; Milvus is stopped during the migration',
  restore: 'by restoring the metadata backup',
  recreate: 'by recreating the containers',
  rolling: 'by a rolling upgrade',
};

function planned(report: Report): string {
  if (report.strategy === 'nothing' && isStopped(report))
    return `${subject(report)} is already at ${report.toVersion}; there is nothing to do. ${stopped(report)}`;
  if (report.strategy === 'nothing')
    return `${subject(report)} already runs ${report.toVersion}; there is nothing to do.`;
  if (report.hops.length > 1)
    return `Plan for ${subject(report)}: ${report.fromVersion ?? 'unknown version'} → ${report.toVersion}, in ${report.hops.length} hops.`;
  const method = METHODS[report.strategy ?? ''] ?? 'by one helm upgrade';
  return `Plan for ${subject(report)}: ${report.fromVersion ?? 'unknown version'} → ${report.toVersion}, ${method}.`;
}

function subject({ platform, release, namespace }: Report): string {
  return PLATFORM_LABELS[platform].subject({ name: release, namespace });
}

function attempt(report: Report): string {
  if (report.operation === 'verify') return `The check that ${subject(report)} runs ${report.toVersion}`;
  const acts: Readonly<Record<string, string>> = { plan: 'The plan to upgrade', rollback: 'The rollback of' };
  return `${acts[report.operation] ?? 'The upgrade of'} ${subject(report)} to ${report.toVersion}`;
}

function present({ components }: Report): readonly ComponentRow[] {
  return components.filter((component) => component.result !== 'removed');
}

/** True if no part of Milvus runs. A Deployment with 0 of 0 pods is stopped, not ready. */
function isStopped(report: Report): boolean {
  const there = present(report);
  return there.length > 0 && there.every((component) => component.desired === 0);
}

function stopped(report: Report): string {
  const { part, parts, stopped: has } = PLATFORM_LABELS[report.platform];
  const amount = present(report).length;
  return `Milvus is stopped: ${amount === 1 ? `its ${part} ${has.one}` : `all ${amount} ${parts} ${has.several}`}.`;
}

/**
 * Counted from the components, not derived from the outcome. A component with 0 replicas counts neither as ready nor as
 * missing.
 */
function readiness(report: Report): string {
  const { part, parts } = PLATFORM_LABELS[report.platform];
  const atZero = present(report).filter((component) => component.result === 'stopped');
  const there = present(report).filter((component) => component.result !== 'stopped');
  const missing = there
    .filter((component) => component.result === 'waiting' || component.result === 'failed')
    .map((component) => component.role || component.deployment);
  if (there.length === 0) return `no ${part} was found`;
  const all = count(there.length, part, parts);
  const ready = there.length - missing.length;
  const rest =
    atZero.length === 0
      ? ''
      : ` (at 0 replicas: ${listed(atZero.map((component) => component.role || component.deployment))})`;
  if (missing.length > 0)
    return `${ready} of ${all} ${ready === 1 ? 'is' : 'are'} ready, not ${listed(missing)}${rest}`;
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
  const running =
    report.runningVersions.length > 0
      ? ` It runs ${report.runningVersions.join(' and ')} now`
      : ' It was left in its current state';
  return `The ${PLATFORM_LABELS[report.platform].whole} was changed.${running}, ${readiness(report)}.`;
}

function count(amount: number, singular: string, plural: string): string {
  return `${amount} ${amount === 1 ? singular : plural}`;
}
