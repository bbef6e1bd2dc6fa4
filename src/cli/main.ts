// Entry point of the command: the same run as the action, for other CI systems and terminals. The inputs are flags and
// environment variables.
import { readCommandLine, type CommandLine } from './arguments.js';
import { EXIT_CODES, WRONG_COMMAND_LINE } from './exit-codes.js';
import { removeSecrets, type ActionFile } from './flags.js';
import { renderHelp } from './help.js';
import { writeOutputsFile, writeSummaryFile } from './files.js';
import { isLive, Terminal } from './terminal.js';
import type { LogLine } from '../core/report/log/log.js';
import type { Report } from '../core/report/report.js';
import { printLine, readTextFile } from '../runner/workflow.js';
import { runSession } from '../run/session.js';
import { END_SIGNALS, endOnCrash, ignoreOutputErrors } from '../runner/guards.js';

/** Injected by build.mjs from action.yml and package.json. */
declare const ACTION: ActionFile;
declare const VERSION: string;

/** Runs the command and exits the process. The exit code is that of the run, even if its output stream is closed. */
export async function runCommand(): Promise<never> {
  const line = readCommandLine(process.argv.slice(2), {
    action: ACTION,
    environment: process.env,
    readFile: readTextFile,
  });
  removeSecrets(process.env);
  ignoreOutputErrors();
  if (line.kind === 'run') process.exit(await run(line));
  if (line.kind === 'wrong') {
    for (const problem of line.problems) process.stderr.write(`milvus-upgrade: ${problem}\n`);
    process.stderr.write('Nothing was changed. Run milvus-upgrade --help for a description of every flag.\n');
    process.exit(WRONG_COMMAND_LINE);
  }
  process.stdout.write(line.kind === 'help' ? renderHelp(ACTION, VERSION) : `${VERSION}\n`);
  process.exit(0);
}

/**
 * Drops what @actions/tool-cache prints for a GitHub runner: `::debug::` workflow commands, and the command line of tar
 * or unzip.
 */
function dropWorkflowCommands(): void {
  const write = process.stdout.write.bind(process.stdout) as (text: string | Uint8Array) => boolean;
  process.stdout.write = (text: string | Uint8Array): boolean =>
    (typeof text === 'string' && /^(?:::debug::|\[command\])/.test(text)) || write(text);
}

async function run({ raw, summaryFile, outputsFile }: Extract<CommandLine, { kind: 'run' }>): Promise<number> {
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
      text: 'Interrupted: waiting for Helm to finish. Press Ctrl-C again to exit immediately.',
    });
  };
  for (const signal of END_SIGNALS) process.on(signal, onSignal);
  return cancel;
}

function exitCode({ outcome, problem }: Report): number {
  return problem?.code === 'input-invalid' ? WRONG_COMMAND_LINE : EXIT_CODES[outcome];
}
