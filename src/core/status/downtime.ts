// Whether Milvus is stopped when a run ends early, and how to start it again: from what was last observed and what was
// requested since. Pure.
import { isStopped } from '../model/component.js';
import type { Config, PlatformName } from '../config/config.js';
import type { Observation } from '../model/observation.js';
import type { Step } from '../model/step.js';
import type { Planner } from '../platforms/planner.js';

/** `possible`: a stop was requested, and no observation shows yet that Milvus serves again. */
export type Downtime = 'none' | 'possible' | 'stopped';

/** What a run has observed and requested so far, as far as it is relevant for the downtime. */
export interface Trail {
  readonly observation: Observation | null;
  readonly isStopRequested: boolean;
}

export const NO_TRAIL: Trail = { observation: null, isStopRequested: false };

/** `type` is that of an event about a step. */
export function followSteps(
  trail: Trail,
  { type, step }: { readonly type: string; readonly step?: Step },
  { stopping, serving }: Pick<Planner<PlatformName>, 'stopping' | 'serving'>,
): Trail {
  if (!step) return trail;
  if (type === 'step-applied' && stopping.has(step.kind)) return { ...trail, isStopRequested: true };
  const serves = (type === 'step-completed' || type === 'step-skipped') && step.kind === serving;
  return serves ? { ...trail, isStopRequested: false } : trail;
}

export function downtimeOf({ observation, isStopRequested }: Trail): Downtime {
  if (observation && isStopped(observation)) return 'stopped';
  return isStopRequested ? 'possible' : 'none';
}

const STATES: Readonly<Record<Exclude<Downtime, 'none'>, string>> = {
  stopped: 'Milvus is stopped.',
  possible: 'Milvus was requested to stop and may not be serving.',
};

/** Empty if Milvus was not stopped. `from` is the version that ran before. */
export function describeDowntime(downtime: Downtime, { operation }: Pick<Config, 'operation'>, from: string): string {
  if (downtime === 'none') return '';
  const start =
    operation === 'rollback'
      ? `To start Milvus ${from} again, run the action with operation: rollback once more: it resumes.`
      : `To start Milvus ${from} again, run the action with operation: rollback. To resume the upgrade instead, run it again with the same inputs.`;
  return `${STATES[downtime]} ${start}`;
}
