// Runs the checks and a tier of the tests. usage:
//   node test/tiers/main.mjs check | core | full [--shard 2/4] [--resume] [--only REGEX] [--record] [--list]
// A lab that cannot run here is reported with its reason and counted as skipped, never as passed.
import { parseArgs } from 'node:util';
import { CHECKS, runCheck } from './checks.mjs';
import { runJest } from './jest.mjs';
import { isCold, prepareLab, reasonNotHere } from './lab.mjs';
import { budgetReport, failuresReport, figuresLine, formatSeconds, leftOutReport, timesReport } from './report.mjs';
import { passedBefore, readDurations, recordDurations, resultsFolder, saveResult } from './results.mjs';
import { schedule } from './schedule.mjs';
import { parseShard, unitsOfShard } from './shards.mjs';
import { BUDGETS, CAPACITY, UNITS, unitsOf } from './units.mjs';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    shard: { type: 'string' },
    only: { type: 'string' },
    resume: { type: 'boolean', default: false },
    record: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
  },
});
const [command = 'core'] = positionals;
if (!['check', 'core', 'full'].includes(command))
  throw new Error(`"${command}" is not a tier; use check, core or full`);
const tier = command === 'full' ? 'full' : 'core';
const startedAt = Date.now();
const cold = isCold();
const totals = { passed: 0, failed: 0, skipped: 0 };
const phases = [];
const files = [];
const failures = [];
const leftOut = new Map();
const measured = [];

const log = (text) => process.stdout.write(`${text}\n`);
const elapsed = () => formatSeconds((Date.now() - startedAt) / 1000);

function count(figures) {
  totals.passed += figures.passed;
  totals.failed += figures.failed;
  files.push(...figures.files);
  failures.push(...figures.failures);
}

/** Two at a time: they need a core each, and there may be only two cores. The unit tests are one of them. */
async function runChecks() {
  const tasks = [{ unitTests: true, weight: 1 }, ...CHECKS.map((check) => ({ ...check, weight: 1 }))];
  await schedule(tasks, {
    capacity: 2,
    ready: () => Promise.resolve(),
    run: (task) => (task.unitTests ? runUnitTests() : check(task)),
  });
}

async function check(task) {
  const { name, ok, output, seconds, repair } = await runCheck(task);
  phases.push({ name, seconds });
  log(`${ok ? '✓' : '✗'} ${name} (${formatSeconds(seconds)})`);
  if (ok) return;
  totals.failed += 1;
  log(`${output}\nFix it with: ${repair}`);
  failures.push(`${name}. Fix it with: ${repair}`);
}

async function runUnitTests() {
  const figures = await runJest({ args: ['--selectProjects', 'unit', 'integration', '--maxWorkers=3'] });
  count(figures);
  phases.push({ name: 'unit and integration tests', seconds: figures.seconds });
  log(
    `${figures.failed === 0 ? '✓' : '✗'} unit and integration tests: ${figures.passed} passed, ${figures.failed} failed (${formatSeconds(figures.seconds)})`,
  );
}

function selectUnits() {
  const wanted = options.only ? new RegExp(options.only.replaceAll(/[()]/g, '\\$&')) : /./;
  const selected = unitsOf(tier).filter(({ id }) => wanted.test(id));
  if (selected.length === 0) throw new Error(`--only ${options.only} matches no unit; --list prints them`);
  return options.shard ? unitsOfShard(selected, parseShard(options.shard), readDurations()[tier]) : selected;
}

async function runUnits(units) {
  const folder = resultsFolder();
  const todo = units.filter((unit) => !(options.resume && countEarlier(folder, unit)));
  const labs = new Map();
  for (const name of new Set(todo.map(({ lab }) => lab)))
    labs.set(
      name,
      bringUp(
        name,
        todo.filter(({ lab }) => lab === name),
        labs,
      ),
    );
  await schedule(todo, {
    capacity: CAPACITY,
    ready: (unit) => labs.get(unit.lab),
    run: async (unit) => runUnit(unit, folder, await labs.get(unit.lab)),
  });
}

function countEarlier(folder, unit) {
  const figures = passedBefore(folder, unit);
  if (!figures) return false;
  count(figures);
  log(`✓ ${unit.id}: ${figures.passed} passed in an earlier run of the same sources`);
  return true;
}

/**
 * Starts one lab after the other, because both build the same programs. Resolves with the reason why the lab is not
 * running, or an empty string.
 */
async function bringUp(name, units, labs) {
  if (name === 'none') return '';
  const reason = reasonNotHere(name);
  if (reason) return reason;
  await Promise.all(labs.values());
  const { ok, phases: taken } = await prepareLab(name, units, tier);
  phases.push(...taken);
  if (!ok) {
    totals.failed += 1;
    failures.push(`the ${name} lab did not start`);
  }
  return ok ? '' : 'the lab did not start';
}

async function runUnit(unit, folder, reason) {
  if (reason) {
    totals.skipped += 1;
    return log(`- ${unit.id}: NOT RUN, ${reason}`);
  }
  log(`  ${unit.id}: started at ${elapsed()}`);
  const figures = await runJest({
    args: ['--selectProjects', unit.project ?? 'lab', '--runInBand', ...unit.files],
    env: { ...unit.env, LAB_TIER: tier },
  });
  count(figures);
  leftOut.set(unit.id, figures.leftOut);
  measured.push({ id: unit.id, seconds: figures.seconds });
  saveResult(folder, unit, figures);
  log(
    `${figures.failed === 0 ? '✓' : '✗'} ${unit.id}: ${figures.passed} passed, ${figures.failed} failed (${formatSeconds(figures.seconds)})`,
  );
}

function list(units) {
  const known = readDurations()[tier];
  for (const { id } of units) log(`${id}${known[id] === undefined ? '' : `  ${formatSeconds(known[id])}`}`);
}

async function main() {
  const units = command === 'check' ? [] : selectUnits();
  if (options.list) return list(units);
  if (command !== 'full') await runChecks();
  if (units.length > 0) await runUnits(units);
  if (options.record) recordDurations(tier, measured);
  const seconds = (Date.now() - startedAt) / 1000;
  log(timesReport(phases, files));
  if (command === 'core') log(leftOutReport(UNITS, leftOut));
  if (command === 'check') log(budgetReport('npm run check', seconds, BUDGETS.check));
  if (command === 'core')
    log(budgetReport(cold ? 'npm test with empty caches' : 'npm test', seconds, cold ? BUDGETS.cold : BUDGETS.test));
  if (command === 'full') log(budgetReport('npm run test:full', seconds, BUDGETS.shard));
  if (units.length > 0) log(`The labs are still running. Stop them with: lab/lab simulated down; lab/lab node down`);
  log(failuresReport(failures));
  process.stdout.write(figuresLine(totals));
  process.exitCode = totals.failed > 0 || totals.passed === 0 ? 1 : 0;
}

await main();
