// The check `quota`: whether the ResourceQuotas allow the new pods that run beside the old ones. A quota applies when a
// pod is created, so a dry run of a Deployment does not detect it. Pure.
import type { Amounts } from '../lib/quantity.js';
import { describeAmounts } from '../lib/quantity.js';
import { surgeOf, unavailableOf, type Workload } from './workloads.js';
import type { CheckResult } from '../model/check-result.js';
import { failSkippable, pass, someOf, warn } from './results.js';
import { own } from '../lib/own.js';

/** A ResourceQuota without scopes: its limits and its usage. Quantities as numbers, by resource name. */
export interface Quota {
  readonly name: string;
  readonly hard: Readonly<Record<string, number>>;
  readonly used: Readonly<Record<string, number>>;
}

const SOURCE = 'kubernetes.io/docs, "Resource Quotas", and the ResourceQuotas of the namespace';
const REMEDY =
  'Raise the quota during the upgrade, or remove an old pod before a new one starts: set `strategy.rollingUpdate.maxSurge` to 0 and `maxUnavailable` to 1.';

/** How much of each quota resource one pod uses. */
const CHARGES: Readonly<Record<string, (pod: Workload) => number>> = {
  pods: () => 1,
  'count/pods': () => 1,
  cpu: ({ requests }) => requests.cpu,
  memory: ({ requests }) => requests.memory,
  'requests.cpu': ({ requests }) => requests.cpu,
  'requests.memory': ({ requests }) => requests.memory,
  'limits.cpu': ({ limits }) => limits.cpu,
  'limits.memory': ({ limits }) => limits.memory,
};

/**
 * Fails only if a Deployment must start a new pod before it removes an old one, and the quota allows no new pod: the
 * rollout would never complete.
 */
export function evaluateQuotas(quotas: readonly Quota[], workloads: readonly Workload[]): CheckResult[] {
  const running = workloads.filter((workload) => workload.replicas !== 0);
  const blocked = running.filter((workload) => needsSurge(workload) && shortFor(quotas, [workload]).length > 0);
  if (blocked.length > 0) {
    const described = blocked.map(
      (workload) =>
        `${workload.role} (one pod: ${describeAmounts(workload.requests as Amounts)}; ${shortFor(quotas, [workload]).join(', ')})`,
    );
    const reason = `the quota does not allow one new pod of ${someOf(described, 4)}, and the strategy removes no old pod before a new one is ready`;
    return [failSkippable('quota', reason, REMEDY, SOURCE)];
  }
  const surge = running.flatMap((workload) =>
    Array.from({ length: surgeOf(workload, workload.replicas ?? 1) }, () => workload),
  );
  const short = shortFor(quotas, surge);
  if (short.length === 0)
    return [
      pass(
        'quota',
        quotas.length === 0
          ? 'the namespace has no quota for pods'
          : 'the quotas allow every new pod beside the old ones',
        SOURCE,
      ),
    ];
  return [
    warn(
      'quota',
      `all Deployments roll at once, and the quota does not allow all ${surge.length} new pods beside the old ones: ${short.join(', ')}. The upgrade takes longer`,
      REMEDY,
      SOURCE,
    ),
  ];
}

function needsSurge(workload: Workload): boolean {
  const replicas = workload.replicas ?? 1;
  return !workload.recreate && unavailableOf(workload, replicas) === 0 && surgeOf(workload, replicas) > 0;
}

/** Describes the resources that are insufficient for all these pods. */
function shortFor(quotas: readonly Quota[], pods: readonly Workload[]): string[] {
  return quotas.flatMap(({ name, hard, used }) =>
    Object.entries(hard).flatMap(([resource, most]) => {
      const charge = own(CHARGES, resource);
      const more = charge ? pods.reduce((sum, pod) => sum + charge(pod), 0) : 0;
      const left = most - (own(used, resource) ?? 0);
      return more > left + 1e-6
        ? [`${name}: ${resource} has ${round(left)} of ${round(most)} left, ${round(more)} needed`]
        : [];
    }),
  );
}

function round(amount: number): string {
  return amount >= 1024 ** 2 ? `${Math.round(amount / 1024 ** 2)}Mi` : String(Math.round(amount * 1000) / 1000);
}
