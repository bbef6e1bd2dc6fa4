// The results of earlier runs with the same sources, so that `npm run test:full -- --resume` repeats only what did not
// pass; and the measured times.
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const DURATIONS = 'test/tiers/durations.json';

/** A directory for the results of exactly these sources, including uncommitted changes. */
export function resultsFolder() {
  const git = (...args) => execFileSync('git', args, { maxBuffer: 1 << 28 });
  const untracked = git('ls-files', '--others', '--exclude-standard').toString();
  const content = Buffer.concat([git('rev-parse', 'HEAD^{tree}'), git('diff', 'HEAD'), Buffer.from(untracked)]);
  const folder = join('.lab', 'test-full', createHash('sha256').update(content).digest('hex').slice(0, 16));
  mkdirSync(folder, { recursive: true });
  return folder;
}

const fileOf = (folder, { id }) => join(folder, `${id.replace(/[^\w.-]+/g, '-')}.json`);

/** The figures of a unit that passed before, or null. */
export function passedBefore(folder, unit) {
  try {
    const figures = JSON.parse(readFileSync(fileOf(folder, unit), 'utf8'));
    return figures.failed === 0 ? figures : null;
  } catch {
    return null;
  }
}

export function saveResult(folder, unit, figures) {
  writeFileSync(fileOf(folder, unit), JSON.stringify(figures));
}

/** The last measured seconds of each unit by tier: { core: { id: seconds }, full: { … } }. */
export function readDurations() {
  return JSON.parse(readFileSync(DURATIONS, 'utf8'));
}

/** Stores the times of this run; the table in test/README.md is generated from them. */
export function recordDurations(tier, measured) {
  const durations = readDurations();
  const known = {
    ...durations[tier],
    ...Object.fromEntries(measured.map(({ id, seconds }) => [id, Math.round(seconds)])),
  };
  const sorted = Object.fromEntries(Object.entries(known).sort(([one], [other]) => one.localeCompare(other)));
  writeFileSync(DURATIONS, `${JSON.stringify({ ...durations, [tier]: sorted }, null, 2)}\n`);
}
