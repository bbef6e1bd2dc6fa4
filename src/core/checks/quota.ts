// The check `quota`: whether the pods that exist besides the old ones during the upgrade fit into the ResourceQuotas. A quota is charged when a pod is made, so no dry run of a Deployment tells it. Pure.
import type { Amounts } from '../quantity.js';
import { describeAmounts } from '../quantity.js';
import { surgeOf, unavailableOf, type Workload } from '../workloads.js';
import { pass, someOf, warn, type Finding } from './finding.js';
import { own } from '../own.js';

/** A ResourceQuota without scopes: what may be used, and what is. Quantities as numbers, by resource name. */
export interface Quota {
  readonly name: string;
  readonly hard: Readonly<Record<string, number>>;
  readonly used: Readonly<Record<string, number>>;
}

const SOURCE = 'kubernetes.io/docs, "Resource Quotas", and those of the namespace';
const REMEDY = 'Raise the quota for the time of the upgrade, or let an old pod go first: strategy.rollingUpdate.maxSurge 0 and maxUnavailable 1.';

/** How much of each resource of a quota one pod takes. */
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

/** Fails only where a Deployment can take no old pod away before a new one is there, and not one new one fits: it would wait for ever. */
export function evaluateQuotas(quotas: readonly Quota[], workloads: readonly Workload[]): Finding[] {
  const running = workloads.filter((each) => each.replicas !== 0);
  const blocked = running.filter((each) => needsSurge(each) && shortFor(quotas, [each]).length > 0);
  if (blocked.length > 0) {
    const told = blocked.map((each) => `${each.role} (one pod: ${describeAmounts(each.requests as Amounts)}; ${shortFor(quotas, [each]).join(', ')})`);
    return [
      {
        id: 'quota',
        state: 'fail',
        reason: `the quota has no room for one new pod of ${someOf(told, 4)}, and no old one may go before`,
        remedy: REMEDY,
        source: SOURCE,
        skippable: true,
      },
    ];
  }
  const surge = running.flatMap((each) => Array.from({ length: surgeOf(each, each.replicas ?? 1) }, () => each));
  const short = shortFor(quotas, surge);
  if (short.length === 0)
    return [pass('quota', quotas.length === 0 ? 'the namespace has no quota for pods' : 'the quotas have room for every new pod beside the old ones', SOURCE)];
  return [
    warn(
      'quota',
      `all Deployments roll at once, and the quota has no room for all ${surge.length} new pods beside the old ones: ${short.join(', ')}. It goes slower`,
      REMEDY,
      SOURCE,
    ),
  ];
}

function needsSurge(each: Workload): boolean {
  const replicas = each.replicas ?? 1;
  return !each.recreate && unavailableOf(each, replicas) === 0 && surgeOf(each, replicas) > 0;
}

/** The resources of which there is not enough for all these pods, as words. */
function shortFor(quotas: readonly Quota[], pods: readonly Workload[]): string[] {
  return quotas.flatMap(({ name, hard, used }) =>
    Object.entries(hard).flatMap(([resource, most]) => {
      const charge = own(CHARGES, resource);
      const more = charge ? pods.reduce((sum, pod) => sum + charge(pod), 0) : 0;
      const left = most - (own(used, resource) ?? 0);
      return more > left + 1e-6 ? [`${name}: ${resource} has ${round(left)} of ${round(most)} left, ${round(more)} needed`] : [];
    }),
  );
}

function round(amount: number): string {
  return amount >= 1024 ** 2 ? `${Math.round(amount / 1024 ** 2)}Mi` : String(Math.round(amount * 1000) / 1000);
}
