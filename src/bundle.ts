// The code that dist/index.js and dist/cli.js share. Each of them is two lines that call one of these functions, which
// load only what they need.

export async function runAction(): Promise<never> {
  const action = await import('./action/main.js');
  return action.runAction();
}

export async function runCommand(): Promise<never> {
  const command = await import('./cli/main.js');
  return command.runCommand();
}
