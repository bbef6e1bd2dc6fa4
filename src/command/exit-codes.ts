// What the command ends with, so that a script can tell a refusal, which touched nothing, from a failure.
import type { Outcome } from '../core/events.js';

export const EXIT_CODES: Readonly<Record<Outcome, number>> = {
  succeeded: 0,
  unchanged: 0,
  planned: 0,
  failed: 1,
  'rolled-back': 1,
  refused: 3,
  // As a shell reports a program that Ctrl-C ended.
  cancelled: 130,
};

/** Used wrongly, as the builtins of bash say it (bash manual, "Exit Status"). */
export const WRONG_COMMAND_LINE = 2;
