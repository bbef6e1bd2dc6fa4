// The paths between Milvus versions: the path kind, the checks that fail for it, and whether a rollback is possible.
// Independent of charts (chart-choice.ts) and of the state of an installation (rules.ts).
import type { CheckResult } from '../model/check-result.js';
import { compareVersions, formatVersion, isOlder, sameMinor, type Version } from '../model/version.js';
import {
  ANY_PRE_RELEASE,
  BACK_TO_PATCH,
  NO_ROLLBACK,
  PLAIN_PATH,
  PRE_RELEASES,
  REQUIRED_VALUES,
  TOPOLOGY_NEEDS,
  PATH_ROWS,
  ROLLBACK_ROWS,
} from './path-rows.js';
import { crosses, formatStops, gatesBetween, latestPatch, stopsBetween } from './stops.js';
import type { MessageQueue, Topology } from '../model/shared-observation.js';

/** `indexNode` is true if an index node runs. */
export interface PathQuestion {
  readonly from: Version;
  readonly to: Version;
  readonly topology: Topology;
  readonly messageQueue: MessageQueue;
  readonly indexNode: boolean;
}

/** A chart value that the path needs, whatever the chart's default is. */
interface RequiredValue {
  readonly path: string;
  readonly value: unknown;
  readonly why: string;
  readonly source: string;
}

/** Whether the older version can run again afterwards. */
interface RollbackDecision {
  readonly possible: boolean;
  readonly why: string;
  readonly source: string;
}

/**
 * A path between two versions. `rollingPossible` depends on the versions and the message queue; it is not the chosen
 * strategy.
 */
export interface Path {
  readonly pathKind: 'nothing' | 'plain' | 'migration';
  readonly rollingPossible: boolean;
  readonly why: string;
  readonly source: string;
  readonly keepChart: boolean;
  readonly requiredValues: readonly RequiredValue[];
  readonly rollback: RollbackDecision;
}

/** The path from one version to another, and every failed check about the two versions. */
export function findPath(question: PathQuestion): {
  readonly path: Path;
  readonly failedChecks: readonly CheckResult[];
} {
  const base = { ...question, from: withoutPreRelease(question.from), to: withoutPreRelease(question.to) };
  return {
    path: pathBetween(question, base),
    failedChecks: [...preReleases(question), ...versionFailedChecks(question, base), ...topologyFirst(base)],
  };
}

function versionFailedChecks(question: PathQuestion, base: PathQuestion): CheckResult[] {
  const { from, to } = question;
  if (compareVersions(to, from) < 0) return [downgrade(from, to)];
  const stops = stopFirst(base);
  return [...unknownVersions(base), ...(stops.length > 0 ? stops : skipsMinor(base))];
}

function pathBetween(question: PathQuestion, { from, to, topology, messageQueue }: PathQuestion): Path {
  const nothing = compareVersions(question.from, question.to) === 0;
  const { pathKind, why, source, keepChart } = PATH_ROWS.find((row) => crosses(from, to, row.crossing)) ?? PLAIN_PATH;
  const values = topology === 'standalone' ? [] : REQUIRED_VALUES.filter((row) => crosses(from, to, row.crossing));
  const { possible, why: rollbackReason, source: rollbackSource } = rollbackRow(from, to);
  return {
    pathKind: nothing ? 'nothing' : pathKind,
    rollingPossible: pathKind === 'plain' && canRoll(from, topology, messageQueue),
    why: nothing ? 'this version already runs' : why,
    source,
    keepChart,
    requiredValues: values.map((row) => ({ path: row.path, value: row.value, why: row.why, source: row.source })),
    rollback: { possible, why: rollbackReason, source: rollbackSource },
  };
}

function rollbackRow(from: Version, to: Version): RollbackDecision {
  if (sameMinor(from, to)) return BACK_TO_PATCH;
  return ROLLBACK_ROWS.find((row) => crosses(from, to, row.crossing)) ?? NO_ROLLBACK;
}

/**
 * From 2.2.3 on, and not with a message queue that is embedded in the single pod of a standalone (milvus-io/web-content
 * v2.2.x upgrade_milvus_cluster-helm.md; milvus-io/milvus deployments/upgrade/README.md).
 */
function canRoll(from: Version, topology: Topology, queue: MessageQueue): boolean {
  const queueInside = topology === 'standalone' && (queue === 'rocksmq' || queue === 'natsmq');
  return !isOlder(from, '2.2.3') && !queueInside;
}

function downgrade(from: Version, to: Version): CheckResult {
  const { possible, why, source } = rollbackRow(to, from);
  return {
    id: 'downgrade',
    state: 'fail',
    reason: `${formatVersion(to)} is older than the running version ${formatVersion(from)}${possible ? '' : `: ${why}`}`,
    remedy: `Set \`target-version\` to ${formatVersion(from)} or newer. To run the older version, restore a backup that was taken before the upgrade.`,
    source: possible ? 'docs/upgrade-paths.md, "Rollback"' : source,
    skippable: false,
  };
}

/**
 * For an incomplete upgrade: the oldest version may allow the target although a newer version already ran, after which
 * an older minor version must not run.
 */
export function halfDoneDowngrade({
  from,
  to,
  newest,
}: {
  readonly from: Version;
  readonly to: Version;
  readonly newest: Version | null;
}): CheckResult[] {
  if (!newest) return [];
  const [base, target] = [withoutPreRelease(newest), withoutPreRelease(to)];
  const isDowngrade = compareVersions(from, to) <= 0 && isOlder(target, base);
  return isDowngrade && !rollbackRow(target, base).possible ? [downgrade(base, target)] : [];
}

function preReleases({ from, to }: PathQuestion): CheckResult[] {
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
        id: 'release-candidate',
        state: 'fail',
        reason: `${formatVersion(side)}, a pre-release, ${reason}: ${why}`,
        remedy,
        source,
        skippable,
      };
    });
}

function unknownVersions({ from, to }: PathQuestion): CheckResult[] {
  return [from, to]
    .filter((side) => latestPatch(side) === null)
    .map((side) => ({
      id: 'no-known-path',
      state: 'fail',
      reason: `this action has no data about upgrades ${side === from ? 'from' : 'to'} Milvus ${side.major}.${side.minor}`,
      remedy: 'Read its release notes and upgrade page, and use a newer version of this action, or skip this check.',
      source: 'the table of known versions, docs/upgrade-paths.md',
      skippable: true,
    }));
}

function stopFirst({ from, to }: PathQuestion): CheckResult[] {
  const gates = gatesBetween(from, to);
  return gates.slice(0, 1).map(({ source }) => ({
    id: 'stop-first',
    state: 'fail',
    reason: `${formatVersion(from)} cannot be upgraded to ${formatVersion(to)} in one step: ${gates.map((gate) => gate.why).join('; ')}`,
    remedy: stopsRemedy(from, to),
    source,
    skippable: false,
  }));
}

function skipsMinor({ from, to }: PathQuestion): CheckResult[] {
  if (stopsBetween(from, to).length === 0) return [];
  return [
    {
      id: 'skips-minor',
      state: 'fail',
      reason: `${formatVersion(from)} to ${formatVersion(to)} skips a minor version; only upgrades by one minor version are tested and documented`,
      remedy: stopsRemedy(from, to),
      source: 'milvus-io/milvus-docs#3274',
      skippable: true,
    },
  ];
}

function stopsRemedy(from: Version, to: Version): string {
  return `Upgrade to ${formatStops([...stopsBetween(from, to), to])}.`;
}

function topologyFirst({ from, to, topology, indexNode }: PathQuestion): CheckResult[] {
  const rows = TOPOLOGY_NEEDS.filter(
    (row) => crosses(from, to, row.crossing) && (row.unfit.includes(topology) || (row.withoutIndexNode && indexNode)),
  );
  return rows.slice(0, 1).map(({ why, remedy, source }) => ({
    id: 'topology-first',
    state: 'fail',
    reason: `${found(topology, indexNode)}: ${why}`,
    remedy,
    source,
    skippable: topology === 'unknown',
  }));
}

function found(topology: Topology, indexNode: boolean): string {
  const names: { readonly [K in Topology]: string } = {
    standalone: 'a standalone runs',
    'separate-coordinators': 'separate coordinators run',
    mixcoord: 'a mixed coordinator without streaming nodes runs',
    streaming: 'streaming nodes run',
    unknown: 'no coordinator was found',
  };
  return indexNode ? `${names[topology]}, and an index node` : names[topology];
}

function withoutPreRelease(value: Version): Version {
  return { ...value, preRelease: '' };
}
