// What both platforms' faults of a metadata migration have in common.
import type { InputName } from '../../src/core/inputs.js';
import type { Tiered } from './tier.js';

export interface Fault<Stage, Running, Outcome extends string> extends Tiered {
  readonly what: string;
  readonly inputs?: Partial<Record<InputName, string>>;
  readonly before?: (stage: Stage) => Promise<unknown>;
  readonly during?: (stage: Stage, running: Running) => Promise<unknown>;
  readonly outcome: 'rolled-back' | 'refused' | Outcome;
  /** What the user reads. */
  readonly reads: string | RegExp;
  /** False where nothing of it is stopped. */
  readonly stops: boolean;
}

/** The stand-in of the migration tool whose tag says how it fails. */
export function withTool(tool: string, fault: string): Pick<Fault<never, never, never>, 'inputs' | 'outcome' | 'stops'> {
  return { inputs: { 'migration-image': `${tool}-${fault}` }, outcome: 'rolled-back', stops: true };
}
