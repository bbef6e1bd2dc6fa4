// The check `replicas`: components that do not serve while their only pod is replaced, and coordinators that cannot stand by. Pure.
import { getRecord, type Workload } from '../workloads.js';
import type { Values } from '../values.js';
import { pass, someOf, warn, type Finding } from './finding.js';
import { own } from '../own.js';

/** The chart's name for each coordinator (zilliztech/milvus-helm values.yaml). */
const COORDINATORS: Readonly<Record<string, string>> = {
  rootcoord: 'rootCoordinator',
  querycoord: 'queryCoordinator',
  indexcoord: 'indexCoordinator',
  datacoord: 'dataCoordinator',
  mixcoord: 'mixCoordinator',
};
const SOURCE = 'milvus.io/docs, "Coordinator HA"; zilliztech/milvus-helm templates (strategies)';

/** How pods give way to new ones: as the chart says; a new one first, whatever it says; or all of Milvus is stopped in between. */
export type ReplacementMode = 'as-written' | 'one-by-one' | 'stopped';

const ENOUGH: Readonly<Record<ReplacementMode, string>> = {
  'as-written': 'every component has a second pod that serves meanwhile',
  'one-by-one': 'a new pod comes before an old one goes',
  stopped: 'all of Milvus is stopped meanwhile, however many pods it has',
};

/** `live` are the replicas that run now, for those whose count the chart leaves to an autoscaler; `computed` are the new values. */
export function evaluateReplicas(
  workloads: readonly Workload[],
  live: Readonly<Record<string, number>>,
  computed: Values,
  way: ReplacementMode = 'as-written',
): Finding[] {
  const counted = workloads.map((each) => ({ ...each, count: each.replicas ?? own(live, each.name) ?? 1 }));
  const single = counted.filter((each) => each.count === 1).map((each) => each.role);
  const none = counted.filter((each) => each.count === 0).map((each) => each.role);
  const crowded = counted.filter((each) => each.count > 1 && isAlone(each.role, computed)).map((each) => each.role);
  const found = [...(way === 'as-written' ? interrupted(single, counted) : []), ...absent(none), ...colliding(crowded)];
  if (found.length > 0) return found;
  return [pass('replicas', ENOUGH[way], SOURCE)];
}

/** Only where the chart has the switch and it is off; newer Milvus stands by without it. */
function isAlone(role: string, computed: Values): boolean {
  const key = COORDINATORS[role];
  return key !== undefined && getRecord(computed, `${key}.activeStandby`).enabled === false;
}

function interrupted(roles: readonly string[], workloads: readonly Workload[]): Finding[] {
  if (roles.length === 0) return [];
  const stopped = workloads.filter((each) => each.recreate && roles.includes(each.role)).map((each) => each.role);
  const how = stopped.length > 0 ? `; the old pod ends before the new one starts for ${someOf(stopped)}` : '';
  return [
    warn(
      'replicas',
      `one pod only: ${someOf(roles, 12)}. Requests that need them fail or wait while it is replaced${how}`,
      'Upgrade when that does not matter, or give them a second replica first.',
      SOURCE,
    ),
  ];
}

function absent(roles: readonly string[]): Finding[] {
  return roles.length === 0
    ? []
    : [warn('replicas', `no pod at all: ${someOf(roles)}. Nothing of them can be seen to work`, 'Give them replicas if they are meant to run.', SOURCE)];
}

function colliding(roles: readonly string[]): Finding[] {
  if (roles.length === 0) return [];
  const keys = roles.map((role) => `${COORDINATORS[role] ?? role}.activeStandby.enabled=true`);
  return [
    warn(
      'replicas',
      `more than one pod without active-standby: ${someOf(roles)}. The second one crashes again and again`,
      `Set one replica, or ${someOf(keys)}.`,
      SOURCE,
    ),
  ];
}
