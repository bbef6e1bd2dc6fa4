// The ends of a run that changes nothing.
import type { Emit, Outcome } from '../core/model/event.js';
import type { Planned } from '../core/model/shared-plan.js';
import type { Plan } from '../core/model/step.js';

export function announce(plan: Plan, outcome: 'planned' | 'unchanged', emit: Emit): Outcome {
  emit({ type: 'plan-created', plan });
  return outcome;
}

export function refuse({ plan, failedChecks }: Planned<Plan>, emit: Emit): Outcome {
  emit({ type: 'plan-refused', plan, failedChecks });
  return 'refused';
}
