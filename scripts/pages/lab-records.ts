// The pages bad-inputs.md, causes-on-a-node.md, migration-faults.md and compose-faults.md in docs/verification/, made
// from the records of the lab tests. Pure.
export interface BadInputRow {
  readonly title: string;
  readonly written: string;
  readonly message: string;
}

export interface CauseRow {
  readonly code: string;
  readonly done: string;
  readonly outcome: string;
  /**
   * The time from when the cause was certain to the log line that names it; null if it is never certain, or if the
   * upgrade was refused.
   */
  readonly seconds: number | null;
  /** False if waiting may help, so that the cause is never certain. */
  readonly certain: boolean;
  /** The line of the log that names the cause. */
  readonly line: string;
}

export interface FaultRow {
  readonly what: string;
  readonly outcome: string;
  /** The error message for the user. */
  readonly message: string;
  /** What ran afterwards: `image ready/desired`. */
  readonly runs: readonly string[];
  /** Whether every key had its value. */
  readonly kept: boolean;
}

export interface ComposeFaultRow extends FaultRow {
  /** Whether the files were identical to those before the run. */
  readonly sameFiles: boolean;
}

const made = (test: string): string =>
  `Recorded by [the test](../../test/lab/${test}.test.ts), which asserts each row: \`LAB_RECORD=1 npm run test:full -- --only ${test}\`.`;
const metadata = ({ kept }: FaultRow): string => (kept ? 'every key, every value' : 'NOT the same');

export function renderBadInputs(rows: readonly BadInputRow[]): string {
  const introduction = `# Bad inputs and logins

What the user reads for each of these. Each row ran against a cluster and changed nothing there. ${made('simulated-bad-inputs')}
`;
  return (
    introduction +
    table(
      ['what is wrong', 'given', 'message'],
      rows.map(({ title, written, message }) => [cell(title), written, cell(message)]),
    )
  );
}

export function renderCauses(rows: readonly CauseRow[]): string {
  const introduction = `# Causes on a real node

Each cause was made real on one Kubernetes node (kubelet, containerd, registry), a dozen of them at a time on two busy cores, and the action ran into it.
*Reported after* is the time from the moment after which waiting could not help, as the test itself observed it in the cluster, to the line in the log.
Stand-ins imitate Milvus: they answer \`/healthz\` and fail on demand. ${made('node-causes')}
What is done to the cluster is in [its table](../../test/lab/cause-scenarios.ts).
`;
  const cells = rows.map((row) => [`\`${row.code}\``, cell(row.done), row.outcome, reportedAfter(row), cell(row.line)]);
  return introduction + table(['cause', 'what was done', 'outcome', 'reported after', 'what the user reads'], cells);
}

function reportedAfter({ outcome, seconds, certain }: CauseRow): string {
  if (outcome === 'refused') return 'before the upgrade began';
  if (seconds === null) return certain ? '' : 'not certain, may recover';
  return `${Math.max(0, seconds).toFixed(1)} s`;
}

export function renderMigrationFaults(rows: readonly FaultRow[]): string {
  const introduction = `# Faults of a metadata migration on a real node

Each fault was made real on one Kubernetes node, with a real etcd and a real volume. A stand-in keeps the contract of Milvus' migration tool and fails as configured; stand-ins
imitate Milvus 2.1.4. ${made('node-migration-faults')}
`;
  const cells = rows.map((row) => [cell(row.what), row.outcome, cell(row.message), row.runs.join(', '), metadata(row)]);
  return introduction + table(['fault', 'outcome', 'what the user reads', 'what runs at the end', 'metadata'], cells);
}

export function renderComposeFaults(rows: readonly ComposeFaultRow[]): string {
  const introduction = `# Faults of a metadata migration with Docker Compose

Each fault was made real on a real Docker, with a real etcd. A stand-in keeps the contract of Milvus' migration tool and fails as configured; a stand-in imitates a standalone
Milvus 2.1.4. ${made('compose-migration-faults')}
`;
  const cells = rows.map((row) => [
    cell(row.what),
    row.outcome,
    cell(row.message),
    row.runs.join(', ') || 'nothing',
    row.sameFiles ? 'as before, byte for byte' : 'those of the new version',
    metadata(row),
  ]);
  return (
    introduction +
    table(['fault', 'outcome', 'what the user reads', 'what runs at the end', 'files', 'metadata'], cells)
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return `\n${[head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |\n`).join('')}`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('\n', ' ');
}
