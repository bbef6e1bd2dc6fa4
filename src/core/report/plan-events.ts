// The plan that an event contains.
import type { Event } from '../model/event.js';
import type { Plan } from '../model/step.js';

/** Of a path, the plan of its first hop. */
export function planIn(event: Event): Plan | null | undefined {
  if (event.type === 'path-planned') return event.hops[0]?.plan;
  return event.type === 'plan-created' || event.type === 'plan-refused' ? event.plan : null;
}
