// Entry point of the action on a GitHub runner. Connects the inputs, the outputs and the job summary of the runner to
// session.ts.
import type { Outcome } from '../core/model/event.js';
import { printLine, readInputs, writeOutputs, writeSummary } from '../runner/workflow.js';
import { runSession } from '../run/session.js';
import { END_SIGNALS, endOnCrash, ignoreOutputErrors } from '../runner/guards.js';

/** Outcomes for which the step succeeds. */
const GOOD: ReadonlySet<Outcome> = new Set(['succeeded', 'unchanged', 'planned']);

/** Runs the action and exits the process. */
export async function runAction(): Promise<never> {
  const cancel = new AbortController();
  // The runner sends SIGINT, and SIGTERM 7.5 s later.
  for (const signal of END_SIGNALS) process.on(signal, () => cancel.abort());
  ignoreOutputErrors();
  const crashed = endOnCrash(cancel, (text) => printLine({ kind: 'error', text }));
  const { outcome } = await runSession(readInputs(), {
    print: printLine,
    watch: () => undefined,
    writeOutputs,
    writeSummary,
    signal: cancel.signal,
  });
  // Otherwise the process would wait until the open sockets of the watches are closed.
  process.exit(GOOD.has(outcome) && !crashed() ? 0 : 1);
}
