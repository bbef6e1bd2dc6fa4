// The observation of a metadata migration: its journal, its Jobs and the volume for its backup; and the state that
// follows from them. Pure.
import type { Component } from '../model/component.js';
import type { Journal } from './journal.js';

export const JOB_KINDS = ['backup', 'migrate', 'restore'] as const;
export type JobKind = (typeof JOB_KINDS)[number];

/** A backup whose file was read completely and verified. */
export interface Backup {
  readonly file: string;
  /** @asType integer */
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
  /**
   * Number of etcd keys in it.
   *
   * @asType integer
   */
  readonly entries: number;
}

/** Validates a value from a cluster or a file that becomes an argument of a program. */
export function isSha256(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}

/**
 * The pod or container that prepares the volume and the image of the tool before the downtime begins, and through which
 * the backup is read.
 */
export interface Keeper {
  readonly state: 'none' | 'starting' | 'ready' | 'failed';
  /** What it waits for, or why it failed; otherwise empty. */
  readonly reason: string;
}

/** One run of the migration tool. An attempt has one backup, at most one migrate, and a restore that can be retried. */
export interface MigrationJob {
  readonly kind: JobKind;
  /**
   * @asType integer
   * @minimum 1
   */
  readonly attempt: number;
  /**
   * The attempt of a restore.
   *
   * @asType integer
   * @minimum 1
   */
  readonly number: number;
  readonly state: 'running' | 'succeeded' | 'failed';
  /**
   * Why it failed, why its backup failed verification, or what it waits for, with the last output of the tool;
   * otherwise empty.
   */
  readonly reason: string;
  /** The verified file of a backup; null if it was not verified yet, or failed verification. */
  readonly backup: Backup | null;
  /** The last lines of its output; empty while it runs. */
  readonly log: readonly string[];
  /**
   * metadata.generation of each Deployment when the run was created.
   *
   * @asType integer
   */
  readonly generations: Readonly<Record<string, number>>;
}

export interface MigrationObservation<Part extends object = object> {
  readonly journal: (Journal & Part) | null;
  /** Why the journal must not be trusted; absent or empty if it can be. */
  readonly doubt?: string;
  readonly jobs: readonly MigrationJob[];
  readonly keeper: Keeper;
  /** Time since which this run observes no Milvus pod; empty while there is one. */
  readonly stoppedSince: string;
  /** Time since which there are foreign sessions in etcd while Milvus serves; empty while there are none. */
  readonly foreignSessionsSince: string;
  /** Addresses of pods of this installation that this run observed and that no longer exist. */
  readonly gone: readonly string[];
  /** This run observed a ready proxy of the new version: clients may have written to it since. */
  readonly hasServed: boolean;
}

/** The state of a migration. `attempt` is the current or the next attempt. */
export type MetadataState =
  /** Nothing has changed the metadata since Milvus last ran. */
  | { readonly state: 'untouched'; readonly attempt: number }
  /**
   * The tool was started on the metadata. Whether it finished or not, no version can run before a restore. `tries`
   * restores have failed.
   */
  | {
      readonly state: 'touched';
      readonly attempt: number;
      readonly running: boolean;
      readonly reason: string;
      readonly tries: number;
    }
  /** The metadata is that of the new version. */
  | { readonly state: 'migrated'; readonly attempt: number };

export function metadataStateOf(
  { jobs }: Pick<MigrationObservation, 'jobs'>,
  components: readonly Component[],
): MetadataState {
  const attempt = Math.max(1, ...jobs.map((job) => job.attempt));
  const of = (kind: JobKind): MigrationJob[] => jobs.filter((job) => job.kind === kind && job.attempt === attempt);
  const [backUp] = of('backup');
  const [migrate] = of('migrate');
  const restores = of('restore');
  if (restores.some((restore) => restore.state === 'succeeded')) return { state: 'untouched', attempt: attempt + 1 };
  if (migrate?.state === 'succeeded' && restores.length === 0) return { state: 'migrated', attempt };
  if (migrate) {
    const tries = restores.filter((restore) => restore.state === 'failed').length;
    return { state: 'touched', attempt, running: migrate.state === 'running', reason: migrate.reason, tries };
  }
  const isOver =
    backUp && (backUp.state === 'failed' || (backUp.state === 'succeeded' && !isFresh(backUp, components)));
  return { state: 'untouched', attempt: isOver ? attempt + 1 : attempt };
}

export function nextAttempt({ jobs }: Pick<MigrationObservation, 'jobs'>): number {
  return Math.max(0, ...jobs.map((job) => job.attempt)) + 1;
}

/** A backup is valid only if Milvus was not started since: the backup does not contain later writes. */
function isFresh({ backup, generations }: MigrationJob, components: readonly Component[]): boolean {
  const there = components.filter((component) => component.deployment !== '');
  return backup !== null && there.every((component) => generations[component.deployment] === component.generation);
}

export function jobOf(
  { jobs }: Pick<MigrationObservation, 'jobs'>,
  kind: JobKind,
  attempt: number,
  number = 1,
): MigrationJob | undefined {
  return jobs.find((job) => job.kind === kind && job.attempt === attempt && job.number === number);
}

/** The verified backup of an attempt: the source of a restore. */
export function backupOf({ jobs }: Pick<MigrationObservation, 'jobs'>, attempt: number): Backup | null {
  return (
    jobs.find((job) => job.kind === 'backup' && job.attempt === attempt && job.state === 'succeeded')?.backup ?? null
  );
}
