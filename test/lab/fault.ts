// The common part of the faults of a metadata migration on both platforms.
import type { Tiered } from './tier.js';
import type { InputName } from '../../src/core/config/raw-inputs.js';

export interface Fault<Stage, Running, Outcome extends string> extends Tiered {
  readonly what: string;
  readonly inputs?: Partial<Record<InputName, string>>;
  readonly before?: (stage: Stage) => Promise<unknown>;
  readonly during?: (stage: Stage, running: Running) => Promise<unknown>;
  readonly outcome: 'rolled-back' | 'refused' | Outcome;
  /** The expected message for the user. */
  readonly reads: string | RegExp;
  /** False if Milvus is not stopped in this case. */
  readonly stops: boolean;
}

/** The stand-in of the migration tool; its tag selects the fault. */
export function withTool(
  tool: string,
  fault: string,
): Pick<Fault<never, never, never>, 'inputs' | 'outcome' | 'stops'> {
  return { inputs: { 'migration-image': `${tool}-${fault}` }, outcome: 'rolled-back', stops: true };
}
