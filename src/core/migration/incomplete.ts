// The state of a migration after a failed run: its journal, and whether only closing the journal is left to do. Pure.
import { isStopped } from '../model/component.js';
import type { SharedConfig } from '../config/config.js';
import type { SharedPlan } from '../model/shared-plan.js';
import type { Step } from '../model/step.js';
import { formatVersion } from '../model/version.js';
import type { Journal, JournalDraft } from './journal.js';
import { doubtOf } from './rules.js';
import type { Observed } from './steps.js';
import type { NoRollback } from '../model/rollback-decision.js';

/**
 * The observed journal. If it was removed or is no longer trusted while Milvus is stopped, the journal that this run
 * has written.
 */
export function journalOfRun<Part extends object>(
  config: SharedConfig,
  written: (JournalDraft & Part) | undefined,
  observation: Observed<Part>,
): (Journal & Part) | null {
  const { journal = null } = observation.migration ?? {};
  if (journal && doubtOf(config, observation) === '') return journal;
  return written && isStopped(observation) ? { ...written, run: '', since: '' } : null;
}

/**
 * Prevents the rollback of a version that serves if only closing the journal failed; null if it does not serve.
 * `serving` is the kind of step that waits until it serves.
 */
export function servesWhatItShould<S extends Step>(
  { steps, to }: Pick<SharedPlan<S>, 'steps' | 'to'>,
  serving: S['kind'],
  isComplete: (step: S) => boolean,
): NoRollback | null {
  const last = steps.filter(({ kind }) => kind === serving);
  if (last.length === 0 || !last.every(isComplete)) return null;
  return {
    kind: 'blocked',
    reason: `Milvus ${formatVersion(to)} serves, and only the last step is incomplete. Run the action again to complete it`,
  };
}
