// Generates test/README.md from the units of the tiers and their measured times.
import { readFileSync } from 'node:fs';
import { BUDGETS, UNITS, type Unit } from '../../test/tiers/units.mjs';

type Durations = Readonly<Record<'core' | 'full', Readonly<Record<string, number>>>>;

const minutes = (seconds: number): string => `${seconds / 60} min`;

const DIRECTORIES = `| directory | Jest project | contents | timeout of a test |
| --- | --- | --- | --- |
| \`test/unit/\` | unit | single modules, in the layout of \`src/\` | 10 s |
| \`test/integration/\` | integration | whole runs, on stateful fakes | 30 s |
| \`test/support/\` | | the fakes, and helpers of all tests | |
| \`test/golden/\` | | expected texts; \`npm run fix\` updates them | |
| \`test/lab/\` | lab | the built \`dist/\` on clusters and Docker projects of [the lab](../lab/README.md); \`records/\` has their measurements, from which pages in \`docs/\` are generated | 300 s, unless the test sets another |
| \`test/tiers/\` | | which tests run in which tier, and the program that runs them | |`;

export function renderTestsPage(): string {
  const durations = JSON.parse(readFileSync('test/tiers/durations.json', 'utf8')) as Durations;
  const rows = UNITS.map(
    (unit) =>
      `| ${unit.id} | ${unit.lab} | ${cell(durations.core[unit.id], unit)} | ${durations.full[unit.id] ?? 'not measured'} |`,
  );
  return `# Tests

| command | what it runs | budget on 2 cores |
| --- | --- | --- |
| \`npm run check\` | format, lint, layers, workflows, types, \`dist/\`, language of the documents, generated pages, unit and integration tests | ${BUDGETS.check} s |
| \`npm test\` | the same, and on the labs: each strategy on real Milvus; kills, failures and failed checks of each kind; failures of migrations with Docker Compose | ${minutes(BUDGETS.test)}; with empty caches ${minutes(BUDGETS.cold)} |
| \`npm run test:full\` | every case on the labs, with Helm 3 and 4 and four versions of Compose | ${minutes(BUDGETS.shard)} for one of four shards |

\`npm test\` needs Linux; the node lab also needs root. Tests that cannot run are reported and counted as skipped. A run prints the duration of each phase and the slowest
files, reports if it exceeds its budget, and lists what the tier leaves out with the command that runs it.

\`\`\`sh
npm run test:full -- --list                   # the units, with their measured times
npm run test:full -- --shard 2/4              # one of four shards of about the same length
npm run test:full -- --shard 2/4 --resume     # only what has not passed yet with exactly these sources
npm run test:full -- --only compose-migration # the units whose name matches
LAB_ONLY='disk|kill' npm run unit -- --selectProjects lab test/lab/compose.test.ts   # some cases of one file
\`\`\`

${DIRECTORIES}

A case is moved to the full tier with \`full: true\`, \`itFull\` or \`rowsOf\` (\`test/lab/tier.ts\`); one case of the same kind has to remain.

## Measured times

Seconds of each unit on 2 cores, while other units run in parallel; updated with \`npm test -- --record\`.

| unit | lab | npm test | npm run test:full |
| --- | --- | --- | --- |
${rows.join('\n')}
`;
}

function cell(seconds: number | undefined, { tier }: Unit): string {
  if (tier === 'full') return '–';
  return seconds === undefined ? 'not measured' : String(seconds);
}
