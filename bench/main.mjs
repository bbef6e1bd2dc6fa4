// Runs one benchmark by its name. usage: npm run bench -- NAME [ARGUMENT…]; README.md lists the names.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The program of each benchmark; those of simulated.mjs have their name as its argument. */
const PROGRAMS = {
  ...Object.fromEntries(['start', 'reaction', 'requests', 'foreign', 'helm'].map((name) => [name, 'simulated'])),
  ...Object.fromEntries(['rolling', 'migration', 'compose', 'hops', 'scale'].map((name) => [name, name])),
};

const [name = '', ...rest] = process.argv.slice(2);
const program = PROGRAMS[name];
if (program === undefined) {
  console.error(`the benchmark is "${name}"; write one of: ${Object.keys(PROGRAMS).join(', ')}`);
  process.exit(1);
}
const words = [fileURLToPath(new URL(`${program}.mjs`, import.meta.url)), ...(program === name ? [] : [name]), ...rest];
process.exit(spawnSync(process.execPath, words, { stdio: 'inherit' }).status ?? 1);
