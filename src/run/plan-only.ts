// What this action can do for an installation without a Helm release, which it never changes: verify it, or plan the
// path of one of the Milvus operator.
import type { Config } from '../core/config/config.js';
import { versionUnknown } from '../core/config/problems.js';
import { isOperators, planForOperator } from '../core/helm/operator-plan.js';
import type { Emit, Outcome } from '../core/model/event.js';
import type { Observation } from '../core/model/observation.js';

/** Whether the operation needs no release: it only reads. */
export function canOnlyRead({ operation }: Config, observation: Observation): boolean {
  return (
    (operation === 'verify' && observation.components.length > 0) || (operation === 'plan' && isOperators(observation))
  );
}

export function planOnly(config: Config, observation: Observation, emit: Emit): Outcome {
  const found = planForOperator(config, observation);
  if (!found) throw versionUnknown(config, observation);
  const { plan, checks, failedChecks } = found;
  emit({ type: 'checked', checks, changes: [] });
  if (failedChecks.length > 0 || !plan) {
    emit({ type: 'plan-refused', plan, failedChecks });
    return 'refused';
  }
  emit({ type: 'plan-created', plan });
  return 'planned';
}
