// What is done after a failure: the evidence is saved first; then everything is left as it is, or the release goes back.
import type { Outcome } from './core/events.js';
import type { Goal } from './core/goal.js';
import type { Plan } from './core/steps.js';
import type { RunTools } from './run.js';
import type { World } from './upgrade.js';

/** What was saved about a failure; `head` is what a person reads first. */
export interface Evidence {
  readonly folder: string;
  readonly files: readonly string[];
  readonly head: readonly string[];
}

export interface Failure {
  readonly goal: Goal;
  readonly plan: Plan;
  readonly world: World;
  readonly run: RunTools;
}

/** Returns the outcome when the release went back; throws the error otherwise. */
export async function recover(error: unknown, { world, run }: Failure): Promise<Outcome> {
  const evidence = run.signal.aborted ? null : await world.saveEvidence();
  if (evidence) run.emit({ type: 'evidence-saved', ...evidence });
  throw error;
}
