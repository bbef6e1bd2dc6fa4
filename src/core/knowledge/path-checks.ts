// The checks of two versions: pre-releases, unknown versions, intermediate versions and the required topology. Pure.
import { fail, failSkippable } from '../checks/results.js';
import type { CheckResult } from '../model/check-result.js';
import type { Topology, MessageQueue } from '../model/shared-observation.js';
import { compareVersions, isOlder, formatVersion, type Version, withoutPreRelease } from '../model/version.js';
import { downgrade } from './downgrade.js';
import { PRE_RELEASES, ANY_PRE_RELEASE, TOPOLOGY_NEEDS } from './path-rows.js';
import { latestPatch, gatesBetween, stopsBetween, formatStops, crosses } from './stops.js';

/** `indexNode` is true if an index node runs. */
export interface PathQuestion {
  readonly from: Version;
  readonly to: Version;
  readonly topology: Topology;
  readonly messageQueue: MessageQueue;
  readonly indexNode: boolean;
}

export function versionFailedChecks(question: PathQuestion, base: PathQuestion): CheckResult[] {
  const { from, to } = question;
  if (compareVersions(to, from) < 0) return [downgrade(from, to, question.messageQueue)];
  const stops = stopFirst(base);
  return [...unknownVersions(base), ...(stops.length > 0 ? stops : skipsMinor(base))];
}

export function preReleases({ from, to }: PathQuestion): CheckResult[] {
  const sides = [
    { side: from, reason: 'runs', remedy: 'Install the release separately and migrate the data.' },
    {
      side: to,
      reason: 'is the target',
      remedy: `Set \`target-version\` to ${formatVersion(withoutPreRelease(to))} or newer.`,
    },
  ];
  return sides
    .filter(({ side }) => side.preRelease !== '')
    .map(({ side, reason, remedy }) => {
      const { why, source, skippable } =
        PRE_RELEASES.find((row) => !isOlder(side, row.from) && isOlder(side, row.before)) ?? ANY_PRE_RELEASE;
      return {
        ...fail('release-candidate', `${formatVersion(side)}, a pre-release, ${reason}: ${why}`, remedy, source),
        skippable,
      };
    });
}

function unknownVersions({ from, to }: PathQuestion): CheckResult[] {
  return [from, to]
    .filter((side) => latestPatch(side) === null)
    .map((side) =>
      failSkippable(
        'no-known-path',
        `this action has no data about upgrades ${side === from ? 'from' : 'to'} Milvus ${side.major}.${side.minor}`,
        'Read its release notes and upgrade page, and use a newer version of this action, or skip this check.',
        'the table of known versions, docs/upgrade-paths.md',
      ),
    );
}

function stopFirst({ from, to }: PathQuestion): CheckResult[] {
  const gates = gatesBetween(from, to);
  return gates
    .slice(0, 1)
    .map(({ source }) =>
      fail(
        'stop-first',
        `${formatVersion(from)} cannot be upgraded to ${formatVersion(to)} in one step: ${gates.map((gate) => gate.why).join('; ')}`,
        stopsRemedy(from, to),
        source,
      ),
    );
}

function skipsMinor({ from, to }: PathQuestion): CheckResult[] {
  if (stopsBetween(from, to).length === 0) return [];
  return [
    failSkippable(
      'skips-minor',
      `${formatVersion(from)} to ${formatVersion(to)} skips a minor version; only upgrades by one minor version are tested and documented`,
      stopsRemedy(from, to),
      'milvus-io/milvus-docs#3274',
    ),
  ];
}

function stopsRemedy(from: Version, to: Version): string {
  return `Upgrade to ${formatStops([...stopsBetween(from, to), to])}.`;
}

export function topologyFirst({ from, to, topology, indexNode }: PathQuestion): CheckResult[] {
  const rows = TOPOLOGY_NEEDS.filter(
    (row) => crosses(from, to, row.crossing) && (row.unfit.includes(topology) || (row.withoutIndexNode && indexNode)),
  );
  return rows.slice(0, 1).map(({ why, remedy, source }) => ({
    ...fail('topology-first', `${found(topology, indexNode)}: ${why}`, remedy, source),
    skippable: topology === 'unknown',
  }));
}

function found(topology: Topology, indexNode: boolean): string {
  const names: {
    readonly [K in Topology]: string;
  } = {
    standalone: 'a standalone runs',
    'separate-coordinators': 'separate coordinators run',
    mixcoord: 'a mixed coordinator without streaming nodes runs',
    streaming: 'streaming nodes run',
    unknown: 'no coordinator was found',
  };
  return indexNode ? `${names[topology]}, and an index node` : names[topology];
}
