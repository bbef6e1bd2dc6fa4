// The preflight: everything that can be asked of the cluster before a change. Changes nothing.
import type { Preflight } from '../core/preflight.js';
import type { Plan } from '../core/steps.js';

export function askBefore(_plan: Plan): Promise<Preflight> {
  return Promise.resolve({ checks: [], refusals: [], changes: [] });
}
