// The paths, the command and the exit codes of a run of the migration tool of Milvus in its container. Pure.
import type { Journal } from '../../core/migration/journal.js';
import type { JobKind, MigrationJob } from '../../core/migration/observation.js';
import { TOOL } from '../../core/migration/tool.js';
import type { EtcdTls } from '../project/etcd-certificates.js';

/** A single level below `/tmp`, which exists in every image. */
export const DIRECTORY = '/tmp/milvus-upgrade';
/** The exit code of `timeout` (coreutils). */
const TIMED_OUT = 124;

export interface ToolSpec {
  readonly kind: JobKind;
  readonly attempt: number;
  readonly number: number;
  readonly image: string;
  readonly network: string;
  readonly seconds: number;
  readonly journal: Journal;
  readonly endpoints: readonly string[];
  readonly user: { readonly name: string; readonly password: string } | null;
  readonly tls: EtcdTls | null;
  readonly generations: Readonly<Record<string, number>>;
  /** The SHA-256 of the backup that is restored. */
  readonly sha256: string;
}

export type Run = Pick<MigrationJob, 'kind' | 'attempt' | 'number'>;

export function endOf(exitCode: number, log: readonly string[]): Pick<MigrationJob, 'state' | 'reason'> {
  if (exitCode === 0) return { state: 'succeeded', reason: '' };
  const words = log.slice(-3).join(' / ');
  const why =
    exitCode === TIMED_OUT
      ? 'it took longer than step-timeout allows'
      : `exit code ${exitCode}${words ? `: ${words}` : ''}`;
  return { state: 'failed', reason: why };
}

export function keyOf({ kind, attempt, number }: Run): string {
  return `${kind} ${attempt} ${number}`;
}

export function backupName(attempt: number): string {
  return `backup-${attempt}.bak`;
}

/** A restore of the tool deletes the metadata before it reads the backup, so the script verifies the backup first. */
export function scriptOf({ kind, attempt, seconds }: ToolSpec): string {
  const same = `echo "$1  ${DIRECTORY}/${backupName(attempt)}" | sha256sum -c || { echo "the backup is not the one that was verified"; exit 98; }; `;
  return `${kind === 'restore' ? same : ''}exec timeout ${Math.max(1, Math.round(seconds))} ${TOOL} -config=${DIRECTORY}/${kind}.yaml`;
}
