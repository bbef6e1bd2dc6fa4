// docs/compose-faults.md, from what one run of the test saw. Pure.
export interface ComposeRow {
  readonly what: string;
  readonly outcome: string;
  /** The error that the user reads. */
  readonly told: string;
  /** What ran afterwards: `service image state`. */
  readonly runs: readonly string[];
  /** Whether the files were those of before, byte for byte. */
  readonly sameFiles: boolean;
  /** Whether every key had its value. */
  readonly kept: boolean;
}

const INTRODUCTION = `# Faults of a metadata migration with Docker Compose

Each fault made real on a real Docker, with a real etcd; a stand-in keeps the contract of Milvus' migration tool and fails when it is told to, and a stand-in plays a standalone Milvus 2.1.4. Made by
\`LAB_STORIES=. COMPOSE_FAULTS_TABLE=docs/compose-faults.md node --experimental-vm-modules node_modules/jest/bin/jest.js test/lab/compose-migration-faults\`; what a row asserts is in [the test](../test/lab/compose-migration-faults.test.ts).

`;
const LONGEST = 500;
const HEAD = ['fault', 'outcome', 'what the user reads', 'what runs at the end', 'files', 'metadata'];

export function renderComposePage(rows: readonly ComposeRow[]): string {
  const lines = rows.map(({ what, outcome, told, runs, sameFiles, kept }) => [
    what,
    outcome,
    shorten(told),
    runs.join(', ') || 'nothing',
    sameFiles ? 'as before, byte for byte' : 'those of the new version',
    kept ? 'every key, every value' : 'NOT the same',
  ]);
  return INTRODUCTION + [HEAD, HEAD.map(() => '---'), ...lines].map((cells) => `| ${cells.map(escape).join(' | ')} |\n`).join('');
}

/** The log has all of it. */
function shorten(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

function escape(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('\n', ' ');
}
