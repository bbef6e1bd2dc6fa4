// What was seen of a metadata migration: its journal, its Jobs, the volume for its backup; and what follows from them. Pure.
import type { Component } from '../component.js';
import type { Journal } from './journal.js';

export const JOB_KINDS = ['backup', 'migrate', 'restore'] as const;
export type JobKind = (typeof JOB_KINDS)[number];

/** A backup whose file was read through from its first byte to its last. */
export interface Backup {
  readonly file: string;
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
  /** Keys in it. */
  readonly entries: number;
}

/** Of what was read from a cluster or a file: it becomes an argument of a program. */
export function isSha256(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}

/** What holds the volume and the tool's image ready from before the outage on, and lets the backup be read. */
export interface Keeper {
  readonly state: 'none' | 'starting' | 'ready' | 'failed';
  /** What it waits for, or why it failed; empty when nothing is to be said. */
  readonly reason: string;
}

/** One run of the migration tool. An attempt has one back-up, at most one migrate, and a restore that may be tried again. */
export interface MigrationJob {
  readonly kind: JobKind;
  readonly attempt: number;
  readonly number: number;
  readonly state: 'running' | 'succeeded' | 'failed';
  /** Why it failed, or its backup did not pass, or what it waits for, with the last words of the tool; empty when nothing is to be said. */
  readonly reason: string;
  /** Of a back-up whose file was read through and passed; null where it was not read yet, or did not pass. */
  readonly backup: Backup | null;
  /** The last lines that the tool printed; none while it runs. */
  readonly log: readonly string[];
  /** The generation of each Deployment when the back-up was made: one that was started since has another. */
  readonly generations: Readonly<Record<string, number>>;
}

export interface MigrationObservation {
  readonly journal: Journal | null;
  /** Why the journal is not to be trusted; absent or empty where it is. */
  readonly doubt?: string;
  readonly jobs: readonly MigrationJob[];
  readonly keeper: Keeper;
  /** Since when no Milvus pod is left, as this run saw it; empty while there is one. */
  readonly stoppedSince: string;
  /** Since when there are sessions in etcd that are of no pod here, while Milvus serves; empty while there is none. */
  readonly foreignSessionsSince: string;
  /** Addresses of pods that were ours and that this run saw go. */
  readonly gone: readonly string[];
  /** This run saw a proxy of the new version that was ready: from then on somebody may have written to it. */
  readonly hasServed: boolean;
}

/** Where a migration stands. `attempt` is the one that goes on, or the next one. */
export type Standing =
  /** Nothing has touched the metadata since Milvus ran last. */
  | { readonly state: 'untouched'; readonly attempt: number }
  /** The tool has been started on the metadata: finished or not, nobody may run on them but what comes of a restore. `tries` restores have failed. */
  | { readonly state: 'touched'; readonly attempt: number; readonly running: boolean; readonly reason: string; readonly tries: number }
  /** The metadata are those of the new version. */
  | { readonly state: 'migrated'; readonly attempt: number };

export function standingOf({ jobs }: Pick<MigrationObservation, 'jobs'>, components: readonly Component[]): Standing {
  const attempt = Math.max(1, ...jobs.map((each) => each.attempt));
  const of = (kind: JobKind): MigrationJob[] => jobs.filter((each) => each.kind === kind && each.attempt === attempt);
  const [backUp] = of('backup');
  const [migrate] = of('migrate');
  const restores = of('restore');
  if (restores.some((each) => each.state === 'succeeded')) return { state: 'untouched', attempt: attempt + 1 };
  if (migrate?.state === 'succeeded' && restores.length === 0) return { state: 'migrated', attempt };
  if (migrate) {
    const tries = restores.filter((each) => each.state === 'failed').length;
    return { state: 'touched', attempt, running: migrate.state === 'running', reason: migrate.reason, tries };
  }
  const isOver = backUp && (backUp.state === 'failed' || (backUp.state === 'succeeded' && !isFresh(backUp, components)));
  return { state: 'untouched', attempt: isOver ? attempt + 1 : attempt };
}

export function nextAttempt({ jobs }: Pick<MigrationObservation, 'jobs'>): number {
  return Math.max(0, ...jobs.map((each) => each.attempt)) + 1;
}

/** A backup counts only while nobody has started Milvus since: what it wrote later is not in there. */
export function isFresh({ backup, generations }: MigrationJob, components: readonly Component[]): boolean {
  const there = components.filter((each) => each.deployment !== '');
  return backup !== null && there.every((each) => generations[each.deployment] === each.generation);
}

export function jobOf({ jobs }: Pick<MigrationObservation, 'jobs'>, kind: JobKind, attempt: number, number = 1): MigrationJob | undefined {
  return jobs.find((each) => each.kind === kind && each.attempt === attempt && each.number === number);
}

/** The verified backup of the newest attempt that has one and began to migrate: what a restore may be made from. */
export function backupOf({ jobs }: Pick<MigrationObservation, 'jobs'>, attempt: number): Backup | null {
  return jobs.find((each) => each.kind === 'backup' && each.attempt === attempt && each.state === 'succeeded')?.backup ?? null;
}
