// The entry of the action: a run as a GitHub runner starts it. Inputs, outputs and the job summary are the runner's; session.ts is the run.
import type { Outcome } from './core/events.js';
import { printLine, readInputs, writeOutputs, writeSummary } from './runner/workflow.js';
import { runSession } from './session.js';
import { END_SIGNALS, endOnCrash, ignoreOutputErrors } from './runner/guards.js';

/** Outcomes after which the step is green. */
const GOOD: ReadonlySet<Outcome> = new Set(['succeeded', 'unchanged', 'planned']);

/** Runs the action and ends the process. */
export async function runAction(): Promise<never> {
  const cancel = new AbortController();
  // The runner sends the one, and 7.5 s later the other.
  for (const signal of END_SIGNALS) process.on(signal, () => cancel.abort());
  ignoreOutputErrors();
  const crashed = endOnCrash(cancel, (text) => printLine({ kind: 'error', text }));
  const { outcome } = await runSession(readInputs(), { print: printLine, watch: () => undefined, writeOutputs, writeSummary, signal: cancel.signal });
  // The process would otherwise wait for sockets that the watches left to close.
  process.exit(GOOD.has(outcome) && !crashed() ? 0 : 1);
}
