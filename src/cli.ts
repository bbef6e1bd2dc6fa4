// The entry of the command: the same run as in the action, for other CI systems and for a terminal. Flags and variables are its inputs.
import { readCommandLine, type CommandLine } from './command/arguments.js';
import { EXIT_CODES, WRONG_COMMAND_LINE } from './command/exit-codes.js';
import type { ActionFile } from './command/flags.js';
import { renderHelp } from './command/help.js';
import { writeOutputsFile, writeSummaryFile } from './command/files.js';
import { isLive, Terminal } from './command/terminal.js';
import type { LogLine } from './core/log.js';
import type { Report } from './core/report.js';
import { printLine, readTextFile } from './runner/workflow.js';
import { runSession } from './session.js';
import { END_SIGNALS, endOnCrash, ignoreOutputErrors } from './runner/guards.js';

/** Put in by build.mjs, from action.yml and package.json. */
declare const ACTION: ActionFile;
declare const VERSION: string;

/** Runs the command and ends the process. The exit code is that of the run, whether or not somebody reads its output. */
export async function runCommand(): Promise<never> {
  const line = readCommandLine(process.argv.slice(2), { action: ACTION, environment: process.env, readFile: readTextFile });
  ignoreOutputErrors();
  if (line.kind === 'run') process.exit(await run(line));
  if (line.kind === 'wrong') {
    for (const problem of line.problems) process.stderr.write(`milvus-upgrade: ${problem}\n`);
    process.stderr.write('Nothing was touched. milvus-upgrade --help explains every flag.\n');
    process.exit(WRONG_COMMAND_LINE);
  }
  process.stdout.write(line.kind === 'help' ? renderHelp(ACTION, VERSION) : `${VERSION}\n`);
  process.exit(0);
}

/** @actions/tool-cache writes for the debug log of a runner, in workflow commands that nobody else reads. */
function dropWorkflowCommands(): void {
  const write = process.stdout.write.bind(process.stdout) as (text: string | Uint8Array) => boolean;
  process.stdout.write = (text: string | Uint8Array): boolean => (typeof text === 'string' && text.startsWith('::debug::')) || write(text);
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

/** The first Ctrl-C asks the run to end well, the second ends it. What was begun stays as it is; the next run goes on from there. */
function cancelledByHand(print: (line: LogLine) => void): AbortController {
  const cancel = new AbortController();
  const requested = (signal: NodeJS.Signals): void => {
    // A terminal that closes may send its signal more than once.
    if (cancel.signal.aborted && signal === 'SIGHUP') return;
    if (cancel.signal.aborted) process.exit(EXIT_CODES.cancelled);
    cancel.abort();
    print({ kind: 'warning', text: 'Asked to end: waiting for Helm to leave the release in order. Ask again to end at once.' });
  };
  for (const signal of END_SIGNALS) process.on(signal, requested);
  return cancel;
}

function exitCode({ outcome, problem }: Report): number {
  return problem?.code === 'input-invalid' ? WRONG_COMMAND_LINE : EXIT_CODES[outcome];
}
