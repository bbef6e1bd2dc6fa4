// What dist/index.js and dist/cli.js have in common, in one file: each of them is two lines that call one of these.
export { runAction } from './main.js';

/** The parts of the command that the action never needs are loaded only here. */
export async function runCommand(): Promise<never> {
  const command = await import('./cli.js');
  return command.runCommand();
}
