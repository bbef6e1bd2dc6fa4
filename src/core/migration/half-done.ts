// What is known of a migration when a run of it has failed: its journal, and whether anything is left to do but to record its end. Pure.
import { isStopped } from '../component.js';
import type { Config } from '../goal.js';
import type { Observation } from '../observation.js';
import type { Plan } from '../steps.js';
import { evaluate } from '../verdict.js';
import { formatVersion } from '../version.js';
import type { RollbackDecision } from '../way-back.js';
import type { Journal } from './journal.js';
import { doubtOf } from './rules.js';

/** As observed. Where it was removed, or is not to be trusted any more, while Milvus is stopped, this run still knows what it wrote. */
export function journalOfRun(config: Config, { steps }: Plan, observation: Observation): Journal | null {
  const { journal = null } = observation.migration ?? {};
  if (journal && doubtOf(config, observation) === '') return journal;
  const draft = steps.find((step) => step.kind === 'prepare')?.journal;
  return draft && isStopped(observation) ? { ...draft, run: '', since: '' } : null;
}

/** What serves is not rolled back because its end could not be recorded; null where it does not serve. */
export function servesWhatItShould({ steps, to }: Plan, observation: Observation): RollbackDecision | null {
  const last = steps.filter(({ kind }) => kind === 'wait-ready' || kind === 'wait-healthy');
  if (last.length === 0 || !last.every((step) => evaluate(step, observation).state === 'complete')) return null;
  return { kind: 'blocked', reason: `Milvus ${formatVersion(to)} serves, and only the last step is missing. Run the action again: it completes it` };
}
