// Runs dist/index.js as a GitHub runner does: the inputs are in the environment, with the defaults of action.yml; log,
// outputs, job summary and report are written to a directory. Exits with the exit code of the action. usage: node
// act.mjs DIRECTORY input=value...
import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const [folder, ...words] = process.argv.slice(2);
const at = (name) => join(resolve(folder), name);
const given = words.map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]);
const known = parse(readFileSync(join(root, 'action.yml'), 'utf8')).inputs;
for (const [name] of given) if (!(name in known)) throw new Error(`action.yml has no input "${name}"`);

// The lab has its own programs, so that it does not need the download hosts.
const ownTools = { 'helm-version': 'installed', 'kubectl-version': 'installed' };
const defaults = Object.fromEntries(Object.entries(known).map(([name, input]) => [name, input.default ?? '']));
const inputs = { ...defaults, ...ownTools, ...Object.fromEntries(given) };
const environment = {
  GITHUB_ACTIONS: 'true',
  GITHUB_OUTPUT: at('outputs.txt'),
  GITHUB_STEP_SUMMARY: at('summary.md'),
  GITHUB_STATE: at('state.txt'),
  RUNNER_TEMP: at('temp'),
};
for (const [name, value] of Object.entries(inputs)) environment[`INPUT_${name.toUpperCase()}`] = value;

rmSync(at('temp'), { recursive: true, force: true });
mkdirSync(at('temp'), { recursive: true });
for (const name of ['outputs.txt', 'summary.md', 'state.txt']) writeFileSync(at(name), '');
const log = createWriteStream(at('log.txt'));
const action = spawn(process.execPath, [join(root, 'dist/index.js')], {
  env: { ...process.env, ...environment },
  stdio: ['ignore', 'pipe', 'pipe'],
});
for (const stream of [action.stdout, action.stderr]) {
  stream.on('data', (text) => {
    log.write(text);
    process.stdout.write(text);
  });
}
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => action.kill(signal));
action.on('close', (code) => {
  log.end();
  process.exitCode = code ?? 1;
});
