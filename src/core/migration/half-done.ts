// What is known of a migration when a run of it has failed: its journal, and whether anything is left to do but to record its end. Pure.
import { isStopped } from '../component.js';
import type { Goal } from '../goal.js';
import type { Observation } from '../observation.js';
import type { Plan } from '../steps.js';
import { judge } from '../verdict.js';
import { formatVersion } from '../version.js';
import type { WayBack } from '../way-back.js';
import type { Journal } from './journal.js';
import { doubtOf } from './rules.js';

/** As observed. Where it was removed, or is not to be trusted any more, while Milvus is stopped, this run still knows what it wrote. */
export function journalOfRun(goal: Goal, { steps }: Plan, seen: Observation): Journal | null {
  const { journal = null } = seen.migration ?? {};
  if (journal && doubtOf(goal, seen) === '') return journal;
  const draft = steps.find((step) => step.kind === 'make-ready')?.journal;
  return draft && isStopped(seen) ? { ...draft, run: '', since: '' } : null;
}

/** What serves is not rolled back because its end could not be recorded; null where it does not serve. */
export function servesWhatItShould({ steps, to }: Plan, seen: Observation): WayBack | null {
  const last = steps.filter(({ kind }) => kind === 'settle' || kind === 'serve');
  if (last.length === 0 || !last.every((step) => judge(step, seen).state === 'done')) return null;
  return { kind: 'closed', because: `Milvus ${formatVersion(to)} serves, and only the last step is missing. Run the action again: it completes it` };
}
