// Exit codes of the command. A script can distinguish a refused upgrade, which changed nothing, from a failed one.
import type { Outcome } from '../core/model/event.js';

export const EXIT_CODES: Readonly<Record<Outcome, number>> = {
  succeeded: 0,
  unchanged: 0,
  planned: 0,
  failed: 1,
  'rolled-back': 1,
  refused: 3,
  // The code that a shell reports for a program that was terminated by Ctrl-C.
  cancelled: 130,
};

/** Invalid usage, as for the builtins of bash (bash manual, "Exit Status"). */
export const WRONG_COMMAND_LINE = 2;
