// The code that dist/index.js and dist/cli.js share. Each of them is two lines that call one of these functions.
export { runAction } from './action/main.js';

/** Loads the parts that only the command needs; the action does not load them. */
export async function runCommand(): Promise<never> {
  const command = await import('./cli/main.js');
  return command.runCommand();
}
