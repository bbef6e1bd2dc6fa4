// The check `disruption-budget`: PodDisruptionBudgets that allow no disruption of a Milvus pod, and what they block.
// Pure.
import type { CheckResult } from '../model/check-result.js';
import { pass, someOf, warn } from './results.js';

export interface DisruptionBudget {
  readonly name: string;
  /** Roles of the Milvus pods that it selects. */
  readonly roles: readonly string[];
  readonly allowed: number;
}

const ID = 'disruption-budget';
const SOURCE =
  'kubernetes.io/docs, "Disruptions": workload resources are not limited by PDBs when doing rolling upgrades';

/** Never fails: a Deployment deletes its pods and does not evict them. */
export function evaluateDisruptionBudgets(budgets: readonly DisruptionBudget[]): CheckResult[] {
  const tight = budgets.filter((budget) => budget.roles.length > 0 && budget.allowed === 0);
  if (tight.length === 0) return [pass(ID, 'no PodDisruptionBudget blocks a disruption of a Milvus pod', SOURCE)];
  const described = tight.map(({ name, roles }) => `${name} (${roles.join(', ')})`);
  return [
    warn(
      ID,
      `these PodDisruptionBudgets currently allow no disruption: ${someOf(described)}. They do not block the upgrade, but they block node drains and scale-down by a cluster autoscaler`,
      'Do not drain nodes during the upgrade. With one replica, such a budget never allows a disruption: add a replica or remove the budget.',
      SOURCE,
    ),
  ];
}
