// The changes of the topology that Milvus documents as a preparation for a later version: with exactly these values, a
// change of the topology is part of the upgrade. Every other change of the topology is a separate operation.
import { isWithin, type VersionRange } from './charts.js';
import { SWITCHES } from './rolling-orders.js';
import { valueAt } from '../lib/json.js';
import { isSame, type Values } from '../model/values.js';
import type { Version } from '../model/version.js';

export interface TopologyMove {
  /** The versions to which an upgrade may contain the move. */
  readonly targets: VersionRange;
  /** All of them are needed: a part of them would run two kinds of coordinators, or none. */
  readonly values: Readonly<Record<string, boolean>>;
  readonly source: string;
}

const MIXCOORD: TopologyMove['values'] = {
  'mixCoordinator.enabled': true,
  'rootCoordinator.enabled': false,
  'queryCoordinator.enabled': false,
  'indexCoordinator.enabled': false,
  'dataCoordinator.enabled': false,
};

const TOPOLOGY_MOVES: readonly TopologyMove[] = [
  {
    targets: { from: '2.5.16', before: '2.6.0' },
    values: MIXCOORD,
    source:
      'milvus-io/web-content v2.6.x/site/en/adminGuide/upgrade_milvus_cluster-helm.md, "Upgrade to v2.5.16 with mixCoordinator"',
  },
  {
    targets: { from: '2.6.0', before: '3.0.0' },
    values: { ...MIXCOORD, 'streaming.enabled': true, 'indexNode.enabled': false },
    source: 'milvus-io/web-content v3.0.x/site/en/adminGuide/upgrade_milvus_cluster-helm.md',
  },
];

/** The paths that may change in an upgrade of a cluster to this version; empty unless every value is as documented. */
export function pathsOfKnownMove(to: Version, next: Values): readonly string[] {
  if (valueAt(next, 'cluster.enabled') !== true) return [];
  const move = TOPOLOGY_MOVES.find((row) => isWithin({ ...to, preRelease: '' }, row.targets));
  const isWhole = move && Object.entries(move.values).every(([path, value]) => isSame(valueAt(next, path), value));
  return isWhole ? Object.keys(move.values) : [];
}

/** The values of the move that an upgrade to this version may contain, as `a.b=true`; empty if there is none. */
export function describeMove(to: Version): string {
  const move = TOPOLOGY_MOVES.find((row) => isWithin({ ...to, preRelease: '' }, row.targets));
  return Object.entries(move?.values ?? {})
    .map(([path, value]) => `${path}=${value}`)
    .join(', ');
}

/** The move that prepares an installation for this version, as part of an upgrade to a version before it. */
export function moveBefore(crossing: string): TopologyMove | undefined {
  return TOPOLOGY_MOVES.find(({ targets }) => targets.before === crossing);
}

/** The roles that the move removes. */
export function rolesOfMove({ values }: TopologyMove): readonly string[] {
  return Object.entries(SWITCHES).flatMap(([role, path]) => (values[path] === false ? [role] : []));
}
