// The paths between Milvus versions: the path kind, the required values, and whether a rollback is possible.
// Independent of charts (chart-choice.ts) and of the state of an installation (rules.ts).
import type { CheckResult } from '../model/check-result.js';
import { compareVersions, isOlder, withoutPreRelease, type Version } from '../model/version.js';
import { PLAIN_PATH, REQUIRED_VALUES, PATH_ROWS } from './path-rows.js';
import { crosses } from './stops.js';
import { rollbackRow, type RollbackDecision } from './downgrade.js';
import { versionFailedChecks, type PathQuestion, topologyFirst, preReleases } from './path-checks.js';
import type { MessageQueue, Topology } from '../model/shared-observation.js';

/** A chart value that the path needs, whatever the chart's default is. */
interface RequiredValue {
  readonly path: string;
  readonly value: unknown;
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

function pathBetween(question: PathQuestion, { from, to, topology, messageQueue }: PathQuestion): Path {
  const nothing = compareVersions(question.from, question.to) === 0;
  const { pathKind, why, source, keepChart } = PATH_ROWS.find((row) => crosses(from, to, row.crossing)) ?? PLAIN_PATH;
  const values = topology === 'standalone' ? [] : REQUIRED_VALUES.filter((row) => crosses(from, to, row.crossing));
  const { possible, why: rollbackReason, source: rollbackSource } = rollbackRow(from, to, messageQueue);
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

/**
 * From 2.2.3 on, and not with a message queue that is embedded in the single pod of a standalone (milvus-io/web-content
 * v2.2.x upgrade_milvus_cluster-helm.md; milvus-io/milvus deployments/upgrade/README.md).
 */
function canRoll(from: Version, topology: Topology, queue: MessageQueue): boolean {
  const queueInside = topology === 'standalone' && (queue === 'rocksmq' || queue === 'natsmq');
  return !isOlder(from, '2.2.3') && !queueInside;
}
