// docs/causes-on-a-node.md, from what one run of the test measured. Pure.
import type { Scenario } from './cause-scenarios.js';

export interface Row {
  /** The line of the log that names the cause. */
  readonly told: string;
  /** From the moment the cause was certain to that line; null for what never is, or what was refused before the upgrade began. */
  readonly seconds: number | null;
  readonly outcome: string;
}

const INTRODUCTION = `# Causes on a real node

Each cause made real on one node of Kubernetes (kubelet, containerd, registry), a dozen of them at a time on two busy cores, and the action run into it.
*Told after* is the time from the moment when waiting could not help any more, as the test itself saw it in the cluster, to the line in the log.
Stand-ins play Milvus: they answer \`/healthz\` and go wrong on demand. Made by
\`CAUSES_TABLE=docs/causes-on-a-node.md node --experimental-vm-modules node_modules/jest/bin/jest.js test/lab/node-causes\`; what a row asserts is in [the test](../test/lab/node-causes.test.ts), and what is
done to the cluster in [its table](../test/lab/cause-scenarios.ts).

`;

const LONGEST = 400;
const HEAD = ['cause', 'what was done', 'outcome', 'told after', 'what the user reads'];

export function renderPage(rows: readonly (readonly [Scenario, Row | undefined])[]): string {
  const lines = rows.map(([{ code, done, known }, row]) => [
    `\`${code}\``,
    done,
    row?.outcome ?? 'not played',
    row ? whenOf(row, known) : '',
    shorten(row?.told ?? ''),
  ]);
  return INTRODUCTION + [HEAD, HEAD.map(() => '---'), ...lines].map((cells) => `| ${cells.map(escape).join(' | ')} |\n`).join('');
}

function whenOf({ outcome, seconds }: Row, known: Scenario['known']): string {
  if (outcome === 'refused') return 'before the upgrade began';
  if (seconds === null) return known === 'told' ? 'not certain, may heal' : '';
  return `${Math.max(0, seconds).toFixed(1)} s`;
}

/** The log has all of it. */
function shorten(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

function escape(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
}
