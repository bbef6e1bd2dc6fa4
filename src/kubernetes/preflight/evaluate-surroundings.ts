// Evaluates what limits new pods: autoscalers, disruption budgets, quotas and the free room of nodes. Pure.
import { evaluateAutoscalers } from '../../core/checks/autoscaling.js';
import { evaluateDisruptionBudgets } from '../../core/checks/disruption.js';
import { evaluateNodeRoom } from '../../core/checks/node-room.js';
import { evaluateQuotas } from '../../core/checks/quota.js';
import { notChecked } from '../../core/checks/results.js';
import type { evaluateOneByOne, Workload } from '../../core/checks/workloads.js';
import type { CheckResult } from '../../core/model/check-result.js';
import type { Surroundings, EtcdRequest } from './surroundings.js';

type EvaluateWorkloads = typeof evaluateOneByOne;

/** Every Deployment is replaced at the same time. */
export const evaluateAtOnce: EvaluateWorkloads = (workloads, evaluate) => evaluate(workloads);

/** In `counted`, replicas that the chart leaves to an autoscaler are the current ones; `written` is as in the chart. */
export function evaluateSurroundings(
  { autoscalers, budgets, quotas, nodes }: Surroundings,
  counted: readonly Workload[],
  written: readonly Workload[],
  together: EvaluateWorkloads,
): CheckResult[] {
  return [
    ...evaluated('autoscaler', 'list horizontalpodautoscalers.autoscaling', autoscalers, (found) =>
      evaluateAutoscalers(found, written),
    ),
    ...evaluated('disruption-budget', 'list poddisruptionbudgets.policy', budgets, evaluateDisruptionBudgets),
    ...evaluated('quota', 'list resourcequotas', quotas, (found) =>
      together(counted, (workloads) => evaluateQuotas(found, workloads)),
    ),
    ...evaluated('node-room', 'list nodes (deploy/rbac/cluster.yaml)', nodes, (found) =>
      together(counted, (workloads) => evaluateNodeRoom(workloads, found)),
    ),
  ];
}

function evaluated<T>(
  id: string,
  right: string,
  requested: EtcdRequest<T>,
  evaluate: (found: T) => readonly CheckResult[],
): readonly CheckResult[] {
  return requested.found === null
    ? [notChecked(id, requested.refused ?? '', `To enable this check, grant the user the right to ${right}.`)]
    : evaluate(requested.found);
}
