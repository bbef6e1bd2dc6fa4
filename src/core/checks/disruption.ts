// The check `disruption-budget`: PodDisruptionBudgets that let no Milvus pod go, and what exactly they hold up. Pure.
import { pass, someOf, warn, type Finding } from './finding.js';

export interface DisruptionBudget {
  readonly name: string;
  /** Roles of the Milvus pods that it selects. */
  readonly roles: readonly string[];
  readonly allowed: number;
}

const ID = 'disruption-budget';
const SOURCE = 'kubernetes.io/docs, "Disruptions": workload resources are not limited by PDBs when doing rolling upgrades';

/** Never a reason not to upgrade: a Deployment deletes its pods and does not evict them. */
export function evaluateDisruptionBudgets(budgets: readonly DisruptionBudget[]): Finding[] {
  const tight = budgets.filter((each) => each.roles.length > 0 && each.allowed === 0);
  if (tight.length === 0) return [pass(ID, 'no PodDisruptionBudget holds a Milvus pod', SOURCE)];
  const told = tight.map(({ name, roles }) => `${name} (${roles.join(', ')})`);
  return [
    warn(
      ID,
      `these PodDisruptionBudgets allow no disruption now: ${someOf(told)}. They do not hold up the upgrade itself, but draining a node and scaling down by a cluster autoscaler`,
      'Do not drain nodes during the upgrade. With one replica a budget of zero can never be met: add a replica or remove the budget.',
      SOURCE,
    ),
  ];
}
