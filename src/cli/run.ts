// Performs a run of the command on a terminal or in another CI system.
import type { CommandLine } from './arguments.js';
import { EXIT_CODES, WRONG_COMMAND_LINE } from './exit-codes.js';
import { writeOutputsFile, writeSummaryFile } from './files.js';
import { isLive, Terminal } from './terminal.js';
import type { LogLine } from '../core/report/log/log.js';
import type { Report } from '../core/report/report.js';
import { printLine } from '../runner/workflow.js';
import { runSession } from '../run/session.js';
import { END_SIGNALS, endOnCrash } from '../runner/guards.js';

/**
 * Drops what @actions/tool-cache prints for a GitHub runner: `::debug::` workflow commands, and the command line of tar
 * or unzip.
 */
function dropWorkflowCommands(): void {
  const write = process.stdout.write.bind(process.stdout) as (text: string | Uint8Array) => boolean;
  process.stdout.write = (text: string | Uint8Array): boolean =>
    (typeof text === 'string' && /^(?:::debug::|\[command\])/.test(text)) || write(text);
}

type RunLine = Extract<CommandLine, { kind: 'run' }>;

/** Returns the exit code. */
export async function run({ raw, summaryFile, outputsFile }: RunLine): Promise<number> {
  dropWorkflowCommands();
  const terminal = isLive(process.stdout, process.env) ? new Terminal(process.stdout, process.env, printLine) : null;
  const print = (line: LogLine): void => (terminal ? terminal.print(line) : printLine(line));
  const cancel = cancelledByHand(print);
  const crashed = endOnCrash(cancel, (text) => print({ kind: 'error', text }));
  const report = await runSession(raw, {
    print,
    watch: (event) => terminal?.watch(event),
    writeOutputs: (outputs) => writeOutputsFile(outputsFile, outputs),
    writeSummary: (markdown) => writeSummaryFile(summaryFile, markdown),
    signal: cancel.signal,
  });
  return crashed() ? EXIT_CODES.failed : exitCode(report);
}

/**
 * The first signal cancels the run and lets it clean up, the second exits immediately. Started changes stay as they
 * are; the next run resumes from there.
 */
function cancelledByHand(print: (line: LogLine) => void): AbortController {
  const cancel = new AbortController();
  const onSignal = (signal: NodeJS.Signals): void => {
    // A terminal that closes may send its signal more than once.
    if (cancel.signal.aborted && signal === 'SIGHUP') return;
    if (cancel.signal.aborted) process.exit(EXIT_CODES.cancelled);
    cancel.abort();
    print({
      kind: 'warning',
      text: 'Interrupted: ending the run. Press Ctrl-C again to exit immediately.',
    });
  };
  for (const signal of END_SIGNALS) process.on(signal, onSignal);
  return cancel;
}

function exitCode({ outcome, problem }: Report): number {
  return problem?.code === 'input-invalid' ? WRONG_COMMAND_LINE : EXIT_CODES[outcome];
}
