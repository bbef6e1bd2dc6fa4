// Checks of what new values would change in an installation. Pure.
import { describeMove, pathsOfKnownMove } from '../knowledge/topology-moves.js';
import { isRecord, valueAt } from '../lib/json.js';
import type { CheckResult } from '../model/check-result.js';
import type { Values } from '../model/values.js';
import type { Version } from '../model/version.js';

/** Values that define the installation: a change would lose the content of the message queue or change the topology. */
const DEFINING = [
  {
    code: 'message-queue-would-change',
    paths: [
      'pulsar.enabled',
      'pulsarv3.enabled',
      'kafka.enabled',
      'externalPulsar.enabled',
      'externalKafka.enabled',
      'woodpecker.enabled',
      'standalone.messageQueue',
    ],
  },
  {
    code: 'topology-would-change',
    paths: [
      'cluster.enabled',
      'streaming.enabled',
      ...[
        'mixCoordinator',
        'rootCoordinator',
        'queryCoordinator',
        'indexCoordinator',
        'dataCoordinator',
        'indexNode',
      ].map((component) => `${component}.enabled`),
    ],
  },
] as const;

interface ValuesQuestion {
  readonly installed: Values;
  readonly next: Values;
  /** The values that the upgrade path requires. */
  readonly required: Values;
  readonly to: Version;
}

/**
 * Fails for values that would change the message queue or the topology, unless the upgrade path requires the change, or
 * it is a documented one.
 */
export function failedChecksOfValues({ installed, next, required, to }: ValuesQuestion): CheckResult[] {
  const moved = pathsOfKnownMove(to, next);
  return DEFINING.flatMap(({ code, paths }) =>
    paths
      .filter(
        (path) =>
          valueAt(required, path) === undefined &&
          !moved.includes(path) &&
          matters(path, installed) &&
          differs(installed, next, path),
      )
      .map((path) => ({
        id: code,
        state: 'fail',
        reason: `the new values change ${path} from ${text(valueAt(installed, path))} to ${text(valueAt(next, path))}`,
        remedy: `Leave ${path} unchanged. ${otherwise(path, to)}`,
        source:
          'milvus.io/docs/v2.6.x/upgrade_milvus_cluster-helm.md, "limitations"; facts on message queues: the type must stay the same',
        skippable: true,
      })),
  );
}

/** A part of a documented change of the topology is refused, because two kinds of coordinators would run. */
function otherwise(path: string, to: Version): string {
  const move = describeMove(to);
  return move.includes(`${path}=`)
    ? `Or set all values of the documented change, in a cluster: ${move}.`
    : 'Changing it is a separate operation, not part of an upgrade.';
}

/**
 * `standalone.messageQueue` selects the queue of a standalone and has no effect in a cluster; the values of cluster
 * components have no effect in a standalone.
 */
function matters(path: string, installed: Values): boolean {
  const cluster = valueAt(installed, 'cluster.enabled') === true;
  const onlyCluster =
    /^(streaming|mixCoordinator|rootCoordinator|queryCoordinator|indexCoordinator|dataCoordinator|indexNode)\./.test(
      path,
    );
  if (path === 'standalone.messageQueue') return !cluster;
  return cluster || !onlyCluster;
}

/** An absent `enabled` counts as false; other values differ only if both sides have them. */
function differs(installed: Values, next: Values, path: string): boolean {
  const [before, after] = [valueAt(installed, path), valueAt(next, path)];
  if (path.endsWith('.enabled')) return (before === true) !== (after === true);
  return before !== undefined && after !== undefined && before !== after;
}

function text(value: unknown): string {
  return value === undefined || isRecord(value) ? 'nothing' : JSON.stringify(value);
}
