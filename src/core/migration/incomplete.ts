// The state of a migration after a failed run: its journal, and whether only closing the journal is left to do. Pure.
import { isStopped } from '../model/component.js';
import type { Config } from '../config/config.js';
import type { Observation } from '../model/observation.js';
import type { Plan } from '../model/step.js';
import { evaluate } from '../status/evaluate.js';
import { formatVersion } from '../model/version.js';
import type { Journal } from './journal.js';
import { doubtOf } from './rules.js';
import type { RollbackDecision } from '../model/rollback-decision.js';

/**
 * The observed journal. If it was removed or is no longer trusted while Milvus is stopped, the journal that this run
 * wrote.
 */
export function journalOfRun(config: Config, { steps }: Plan, observation: Observation): Journal | null {
  const { journal = null } = observation.migration ?? {};
  if (journal && doubtOf(config, observation) === '') return journal;
  const draft = steps.find((step) => step.kind === 'prepare')?.journal;
  return draft && isStopped(observation) ? { ...draft, run: '', since: '' } : null;
}

/** Prevents the rollback of a version that serves if only closing the journal failed; null if it does not serve. */
export function servesWhatItShould({ steps, to }: Plan, observation: Observation): RollbackDecision | null {
  const last = steps.filter(({ kind }) => kind === 'wait-ready' || kind === 'wait-healthy');
  if (last.length === 0 || !last.every((step) => evaluate(step, observation).state === 'complete')) return null;
  return {
    kind: 'blocked',
    reason: `Milvus ${formatVersion(to)} serves, and only the last step is incomplete. Run the action again to complete it`,
  };
}
