// The check `replicas`: components that are unavailable while their only pod is replaced, and coordinators that cannot
// run as standby. Pure.
import { valueAt } from '../lib/json.js';
import type { Workload } from './workloads.js';
import type { Values } from '../model/values.js';
import type { CheckResult } from '../model/check-result.js';
import { pass, someOf, warn } from './results.js';
import { own } from '../lib/own.js';

/** The chart's key for each coordinator (zilliztech/milvus-helm values.yaml). */
const COORDINATORS: Readonly<Record<string, string>> = {
  rootcoord: 'rootCoordinator',
  querycoord: 'queryCoordinator',
  indexcoord: 'indexCoordinator',
  datacoord: 'dataCoordinator',
  mixcoord: 'mixCoordinator',
};
const SOURCE = 'milvus.io/docs, "Coordinator HA"; zilliztech/milvus-helm templates (strategies)';

/**
 * How pods are replaced: with the strategy of the chart; new pods first, whatever the chart sets; or after all of
 * Milvus is stopped.
 */
export type ReplacementMode = 'as-written' | 'one-by-one' | 'stopped';

const ENOUGH: Readonly<Record<ReplacementMode, string>> = {
  'as-written': 'every component has a second pod that serves while one is replaced',
  'one-by-one': 'a new pod starts before an old one is removed',
  stopped: 'all of Milvus is stopped during the upgrade, regardless of the number of pods',
};

/**
 * `live` contains the current replicas of the Deployments whose count the chart leaves to an autoscaler; `computed`
 * contains the new values.
 */
export function evaluateReplicas(
  workloads: readonly Workload[],
  live: Readonly<Record<string, number>>,
  computed: Values,
  way: ReplacementMode = 'as-written',
): CheckResult[] {
  const counted = workloads.map((workload) => ({
    ...workload,
    count: workload.replicas ?? own(live, workload.name) ?? 1,
  }));
  const single = counted.filter((workload) => workload.count === 1).map((workload) => workload.role);
  const none = counted.filter((workload) => workload.count === 0).map((workload) => workload.role);
  const crowded = counted
    .filter((workload) => workload.count > 1 && isAlone(workload.role, computed))
    .map((workload) => workload.role);
  const found = [...(way === 'as-written' ? interrupted(single, counted) : []), ...absent(none), ...colliding(crowded)];
  if (found.length > 0) return found;
  return [pass('replicas', ENOUGH[way], SOURCE)];
}

/** Only if the chart has the setting and it is off; newer Milvus versions use active-standby without it. */
function isAlone(role: string, computed: Values): boolean {
  const key = COORDINATORS[role];
  return key !== undefined && valueAt(computed, `${key}.activeStandby.enabled`) === false;
}

function interrupted(roles: readonly string[], workloads: readonly Workload[]): CheckResult[] {
  if (roles.length === 0) return [];
  const stopped = workloads
    .filter((workload) => workload.recreate && roles.includes(workload.role))
    .map((workload) => workload.role);
  const how = stopped.length > 0 ? `; the old pod terminates before the new one starts for ${someOf(stopped)}` : '';
  return [
    warn(
      'replicas',
      `only one pod: ${someOf(roles, 12)}. Requests that need these components fail or wait while the pod is replaced${how}`,
      'Upgrade when downtime is acceptable, or add a second replica first.',
      SOURCE,
    ),
  ];
}

function absent(roles: readonly string[]): CheckResult[] {
  return roles.length === 0
    ? []
    : [
        warn(
          'replicas',
          `no pod: ${someOf(roles)}. The run cannot verify that these components work`,
          'Set their replicas if they should run.',
          SOURCE,
        ),
      ];
}

function colliding(roles: readonly string[]): CheckResult[] {
  if (roles.length === 0) return [];
  const keys = roles.map((role) => `${COORDINATORS[role] ?? role}.activeStandby.enabled=true`);
  return [
    warn(
      'replicas',
      `more than one pod without active-standby: ${someOf(roles)}. The second pod crashes repeatedly`,
      `Set one replica, or ${someOf(keys)}.`,
      SOURCE,
    ),
  ];
}
