// Milvus' migration tool in memory, and the metadata that it works on. It is started by a container of its own, which is made, written down and started one after the
// other: what was only made has not begun.
import type { Backup, JobKind, MigrationJob } from '../../src/core/migration/seen.js';

/** Seconds until it has ended. */
const TOOL_SECONDS = 2;
const BACKUP: Backup = { file: 'backup-1.bak', bytes: 300, sha256: 'ab', entries: 3 };

export interface ToolRun {
  readonly job: { -readonly [Key in keyof MigrationJob]: MigrationJob[Key] };
  isRecorded: boolean;
  isStarted: boolean;
  left: number;
}

/** A container of Milvus that runs, and the metadata that its version can read. */
export interface Reader {
  readonly image: string;
  readonly desired: 'original' | 'migrated';
  readonly isWell: boolean;
}

export class FakeTool {
  metadata: 'original' | 'cleaned' | 'migrated';
  /** How often it has really migrated. */
  migrations = 0;
  /** Whether a restore took away what somebody may have written to the new version. */
  hasLostWrites = false;
  /** What fails. */
  readonly failing = new Set<JobKind>();
  readonly #harm: string[];
  #runs: readonly ToolRun[] = [];
  #hasServed = false;

  constructor(metadata: 'original' | 'migrated', harm: string[]) {
    this.metadata = metadata;
    this.#harm = harm;
  }

  /** One that has begun. */
  find(kind: JobKind, attempt: number, number: number): ToolRun | undefined {
    return this.#runs.find((each) => isSame(each, { kind, attempt, number }) && each.isRecorded && each.isStarted);
  }

  create(wish: Pick<MigrationJob, 'kind' | 'attempt' | 'number' | 'generations'>): ToolRun {
    const job: MigrationJob = { ...wish, state: 'running', reason: '', backup: null, log: [] };
    const run: ToolRun = { job, isRecorded: false, isStarted: false, left: TOOL_SECONDS };
    this.#runs = [...this.#runs.filter((each) => !isSame(each, wish)), run];
    return run;
  }

  verify({ job }: ToolRun): void {
    job.backup = BACKUP;
  }

  forget(): void {
    this.#runs = [];
  }

  jobs(): MigrationJob[] {
    return this.#runs.filter((each) => each.isRecorded && each.isStarted).map(({ job }) => ({ ...job }));
  }

  /** One second. */
  pass(isMilvusRunning: boolean): void {
    for (const run of this.#atWork()) {
      run.left -= 1;
      if (run.left > 0) continue;
      const reason = isMilvusRunning ? 'there are still sessions alive' : this.#touch(run.job.kind);
      Object.assign(run.job, { state: reason ? 'failed' : 'succeeded', reason });
    }
  }

  /** Notes what must never be. */
  watch(running: readonly Reader[], isMigrating: boolean): void {
    for (const { image, desired } of running) {
      if (this.metadata !== desired) this.#harm.push(`${image} runs on metadata that are ${this.metadata}`);
      this.#hasServed ||= isMigrating && desired === 'migrated' && running.every((each) => each.isWell);
    }
    if (this.#atWork().length > 0 && running.length > 0) this.#harm.push('Milvus runs beside the tool');
  }

  #atWork(): readonly ToolRun[] {
    return this.#runs.filter(({ job, isStarted }) => isStarted && job.state === 'running');
  }

  /** Why it failed; empty when it did not. */
  #touch(kind: JobKind): string {
    const isFailing = this.failing.has(kind);
    if (kind === 'backup') return isFailing ? 'no space left on device' : '';
    if (kind === 'restore') {
      if (isFailing) return 'etcdserver: request timed out';
      this.metadata = 'original';
      this.hasLostWrites ||= this.#hasServed;
      this.#hasServed = false;
      return '';
    }
    this.migrations += 1;
    if (this.metadata !== 'original') this.#harm.push(`migrated metadata that were ${this.metadata}`);
    this.metadata = isFailing ? 'cleaned' : 'migrated';
    return isFailing ? 'etcdserver: request timed out' : '';
  }
}

function isSame({ job }: ToolRun, other: Pick<MigrationJob, 'kind' | 'attempt' | 'number'>): boolean {
  return job.kind === other.kind && job.attempt === other.attempt && job.number === other.number;
}
