// Entry point of the command: the same run as the action, for other CI systems and terminals. The inputs are flags and
// environment variables.
import { readCommandLine } from './arguments.js';
import { WRONG_COMMAND_LINE } from './exit-codes.js';
import { removeSecrets, type ActionFile } from './flags.js';
import { renderHelp } from './help.js';
import { ignoreOutputErrors } from '../runner/guards.js';
import { readTextFile } from '../runner/text-file.js';

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
  if (line.kind === 'run') {
    // Loaded on demand: it is most of the program.
    const { run } = await import('./run.js');
    process.exit(await run(line));
  }
  if (line.kind === 'wrong') {
    for (const problem of line.problems) process.stderr.write(`milvus-upgrade: ${problem}\n`);
    process.stderr.write('Nothing was changed. Run milvus-upgrade --help for a description of every flag.\n');
    process.exit(WRONG_COMMAND_LINE);
  }
  process.stdout.write(line.kind === 'help' ? renderHelp(ACTION, VERSION) : `${VERSION}\n`);
  process.exit(0);
}
