// The ends of a run that changes nothing.
import type { Emit, Outcome } from '../core/model/event.js';
import type { Plan, Planned } from '../core/model/step.js';

export function announce(plan: Plan, outcome: 'planned' | 'unchanged', emit: Emit): Outcome {
  emit({ type: 'plan-created', plan });
  return outcome;
}

export function refuse({ plan, failedChecks }: Planned, emit: Emit): Outcome {
  emit({ type: 'plan-refused', plan, failedChecks });
  return 'refused';
}
