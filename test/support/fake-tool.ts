// Milvus' migration tool in memory, and its metadata. It runs in a container of its own, which is created, recorded and
// started in this order: a container that was only created has not started.
import type { Backup, JobKind, MigrationJob } from '../../src/core/migration/observation.js';

/** Seconds until the tool has ended. */
const TOOL_SECONDS = 2;
const BACKUP: Backup = { file: 'backup-1.bak', bytes: 300, sha256: 'ab', entries: 3 };

export interface ToolRun {
  readonly job: { -readonly [Key in keyof MigrationJob]: MigrationJob[Key] };
  isRecorded: boolean;
  isStarted: boolean;
  left: number;
}

/** A running container of Milvus, and the metadata that its version can read. */
export interface Reader {
  readonly image: string;
  readonly desired: 'original' | 'migrated';
  readonly isWell: boolean;
}

export class FakeTool {
  metadata: 'original' | 'cleaned' | 'migrated';
  /** The number of completed migrations. */
  migrations = 0;
  /** Whether a restore has deleted data that clients may have written to the new version. */
  hasLostWrites = false;
  /** The faults to simulate. */
  readonly failing = new Set<JobKind>();
  readonly #harm: string[];
  #runs: readonly ToolRun[] = [];
  #hasServed = false;

  constructor(metadata: 'original' | 'migrated', harm: string[]) {
    this.metadata = metadata;
    this.#harm = harm;
  }

  /** A tool run that has started. */
  find(kind: JobKind, attempt: number, number: number): ToolRun | undefined {
    return this.#runs.find((run) => isSame(run, { kind, attempt, number }) && run.isRecorded && run.isStarted);
  }

  create(draft: Pick<MigrationJob, 'kind' | 'attempt' | 'number' | 'generations'>): ToolRun {
    const job: MigrationJob = { ...draft, state: 'running', reason: '', backup: null, log: [] };
    const run: ToolRun = { job, isRecorded: false, isStarted: false, left: TOOL_SECONDS };
    this.#runs = [...this.#runs.filter((other) => !isSame(other, job)), run];
    return run;
  }

  verify({ job }: ToolRun): void {
    job.backup = BACKUP;
  }

  forget(): void {
    this.#runs = [];
  }

  jobs(): MigrationJob[] {
    return this.#runs.filter((run) => run.isRecorded && run.isStarted).map(({ job }) => ({ ...job }));
  }

  /** Simulates one second. */
  pass(isMilvusRunning: boolean): void {
    for (const run of this.#atWork()) {
      run.left -= 1;
      if (run.left > 0) continue;
      const reason = isMilvusRunning ? 'there are still sessions alive' : this.#touch(run.job.kind);
      Object.assign(run.job, { state: reason ? 'failed' : 'succeeded', reason });
    }
  }

  /** Records states that must never occur. */
  watch(running: readonly Reader[], isMigrating: boolean): void {
    for (const { image, desired } of running) {
      if (this.metadata !== desired) this.#harm.push(`${image} runs with metadata in the state ${this.metadata}`);
      this.#hasServed ||= isMigrating && desired === 'migrated' && running.every((container) => container.isWell);
    }
    if (this.#atWork().length > 0 && running.length > 0) this.#harm.push('Milvus runs at the same time as the tool');
  }

  #atWork(): readonly ToolRun[] {
    return this.#runs.filter(({ job, isStarted }) => isStarted && job.state === 'running');
  }

  /** Why it failed; empty if it did not. */
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
    if (this.metadata !== 'original') this.#harm.push(`migrated metadata in the state ${this.metadata}`);
    this.metadata = isFailing ? 'cleaned' : 'migrated';
    return isFailing ? 'etcdserver: request timed out' : '';
  }
}

function isSame({ job }: ToolRun, other: Pick<MigrationJob, 'kind' | 'attempt' | 'number'>): boolean {
  return job.kind === other.kind && job.attempt === other.attempt && job.number === other.number;
}
