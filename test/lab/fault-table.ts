// docs/migration-faults.md, from what one run of the test saw. Pure.
export interface Row {
  readonly what: string;
  readonly outcome: string;
  /** The error that the user reads. */
  readonly told: string;
  /** What ran afterwards: `image ready/wanted`. */
  readonly runs: readonly string[];
  /** Whether every key had its value. */
  readonly kept: boolean;
}

const INTRODUCTION = `# Faults of a metadata migration on a real node

Each fault made real on one node of Kubernetes, with a real etcd and a real volume; a stand-in keeps the contract of Milvus' migration tool and fails when it is told to, and stand-ins play a Milvus 2.1.4. Made by
\`LAB_FAULTS=. FAULTS_TABLE=docs/migration-faults.md node --experimental-vm-modules node_modules/jest/bin/jest.js test/lab/node-migration-faults\`; what a row asserts is in [the test](../test/lab/node-migration-faults.test.ts).

`;
const LONGEST = 500;
const HEAD = ['fault', 'outcome', 'what the user reads', 'what runs at the end', 'metadata'];

export function renderPage(rows: readonly Row[]): string {
  const lines = rows.map(({ what, outcome, told, runs, kept }) => [
    what,
    outcome,
    shorten(told),
    runs.join(', '),
    kept ? 'every key, every value' : 'NOT the same',
  ]);
  return INTRODUCTION + [HEAD, HEAD.map(() => '---'), ...lines].map((cells) => `| ${cells.map(escape).join(' | ')} |\n`).join('');
}

/** The log has all of it. */
function shorten(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

function escape(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
}
