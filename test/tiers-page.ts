// The page test/README.md, made from the units of the tiers and their measured times.
import { readFileSync } from 'node:fs';
import { BUDGETS, UNITS, type Unit } from './tiers/units.mjs';

type Durations = Readonly<Record<'core' | 'full', Readonly<Record<string, number>>>>;

const minutes = (seconds: number): string => `${seconds / 60} min`;

export function renderTestsPage(): string {
  const durations = JSON.parse(readFileSync('test/tiers/durations.json', 'utf8')) as Durations;
  const rows = UNITS.map((unit) => `| ${unit.id} | ${unit.lab} | ${cell(durations.core[unit.id], unit)} | ${durations.full[unit.id] ?? 'not measured'} |`);
  return `# Tests

| command | what it runs | budget on 2 cores |
| --- | --- | --- |
| \`npm run check\` | format, lint, layers, workflows, types, \`dist/\`, generated pages, unit and integration tests | ${BUDGETS.check} s |
| \`npm test\` | the same, and on the labs: each strategy on real Milvus, kills, failures and refusals of each kind, faults of migrations with Docker Compose | ${minutes(BUDGETS.test)}; with empty caches ${minutes(BUDGETS.cold)} |
| \`npm run test:full\` | every case on the labs, with Helm 3 and 4 and four versions of Compose | ${minutes(BUDGETS.shard)} for one of four shards |

\`npm test\` needs Linux; the node lab needs root as well. What cannot run is reported and counted as skipped. A run prints the time of each phase and the slowest
files, says when it is over its budget, and names what the tier leaves out with the command that runs it.

\`\`\`sh
npm run test:full -- --list                   # the units, with their measured times
npm run test:full -- --shard 2/4              # one of four shards of about the same length
npm run test:full -- --shard 2/4 --resume     # only what has not passed yet with exactly these sources
npm run test:full -- --only compose-migration # the units whose name matches
LAB_ONLY='disk|kill' npm run unit -- --selectProjects lab test/lab/compose.test.ts   # some cases of one file
\`\`\`

| folder | Jest project | holds | limit of a test |
| --- | --- | --- | --- |
| \`test/*/\` | unit | single parts, as \`src/\` is laid out | 10 s |
| \`test/*.test.ts\` | integration | whole runs, on fakes that hold state (\`fakes/\`) | 30 s |
| \`test/lab/\` | lab | the built \`dist/\` on clusters and Docker projects of [the lab](../lab/README.md); \`records/\` is what they measured, from which pages in \`docs/\` are made | 300 s, or as the test says |
| \`test/tiers/\` | | what runs in which tier, and the program that runs it | |

A case is moved to the full tier with \`full: true\`, \`itFull\` or \`rowsOf\` (\`test/lab/tier.ts\`); a case of the same kind has to stay.

## Measured times

Seconds of each unit on 2 cores, while other units run beside it; renewed with \`npm test -- --record\`.

| unit | lab | npm test | npm run test:full |
| --- | --- | --- | --- |
${rows.join('\n')}
`;
}

function cell(seconds: number | undefined, { tier }: Unit): string {
  if (tier === 'full') return '–';
  return seconds === undefined ? 'not measured' : String(seconds);
}
