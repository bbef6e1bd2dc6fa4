// Runs of Milvus' migration tool, each in a container of its own in the project's network; what became of each is written down, so that nothing is lost with its container.
import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MigrationJob } from '../core/migration/seen.js';
import { toolConfiguration } from '../core/migration/tool.js';
import { parseJsonRecord } from '../core/values.js';
import { sha256Of } from '../runner/checksum.js';
import type { Docker } from './docker.js';
import type { StateDirectory } from './notes-folder.js';
import { parseRecord, readBackup } from './tool-records.js';
import { backupName, endOf, DIRECTORY, keyOf, scriptOf, type Run, type ToolSpec } from './tool-script.js';

export type { ToolSpec } from './tool-script.js';

export const MIGRATION_LABEL = 'milvus-upgrade/migration-of';
const LOG_LINES = 20;

export interface ToolRunsOptions {
  readonly docker: Docker;
  readonly project: string;
  readonly notes: StateDirectory;
  /** False for a run that only looks, such as a plan: it leaves to the run that has the lock what has to be written down. */
  readonly isLocked?: () => boolean;
}

export class ToolRuns {
  readonly #options: ToolRunsOptions;
  constructor(options: ToolRunsOptions) {
    this.#options = options;
  }

  /** Every run that began, as it is now. What has ended is written down when it is first seen. */
  async read(): Promise<readonly MigrationJob[]> {
    const jobs: MigrationJob[] = [];
    for (const record of this.#records()) jobs.push(record.state === 'running' ? await this.#follow(record) : record);
    return jobs.filter((each) => each.attempt > 0);
  }

  /** Starts one, unless it has begun before. */
  async start(wish: ToolSpec): Promise<void> {
    const { docker, project } = this.#options;
    const name = this.#nameOf(wish);
    // One that was made and never started may lack its files.
    await docker.run(['rm', '--force', name], { allowFailure: true });
    const labels = ['--label', `${MIGRATION_LABEL}=${project}`, '--label', 'com.docker.compose.oneoff=True'];
    await docker.run([
      'create',
      '--name',
      name,
      ...labels,
      '--network',
      wish.network,
      '--entrypoint',
      'sh',
      wish.image,
      '-c',
      scriptOf(wish),
      'sh',
      wish.sha256,
    ]);
    await this.#giveFiles(wish, name);
    this.#write({ ...wish, state: 'running', reason: '', backup: null, log: [] });
    await docker.run(['start', name]);
  }

  /** Brings the backup out of its container, reads it through and writes down what it came to. */
  async verify(run: Run, rootPath: string): Promise<string> {
    const { docker, notes } = this.#options;
    const record = this.#records().find((each) => keyOf(each) === keyOf(run));
    if (!record) return '';
    notes.make();
    const path = this.backupPath(run.attempt);
    await docker.run(['cp', `${this.#nameOf(run)}:${DIRECTORY}/${backupName(run.attempt)}`, path]);
    chmodSync(path, 0o600);
    const found = await readBackup(path, `${rootPath}/meta`);
    if (typeof found === 'string') rmSync(path, { force: true });
    this.#write({ ...record, ...(typeof found === 'string' ? { backup: null, reason: found } : { backup: found, reason: '' }) });
    await docker.run(['rm', '--force', this.#nameOf(run)], { allowFailure: true });
    return typeof found === 'string' ? '' : path;
  }

  backupPath(attempt: number): string {
    return join(this.#options.notes.path, backupName(attempt));
  }

  /** Why the backup of an attempt is not what was verified; empty where it is. */
  async whyChanged(attempt: number): Promise<string> {
    const known = this.#records().find((each) => each.kind === 'backup' && each.attempt === attempt)?.backup;
    const path = this.backupPath(attempt);
    if (!known) return 'nothing tells that it was ever verified';
    if (!existsSync(path)) return 'it is not there';
    const sha256 = await sha256Of(path);
    return sha256 === known.sha256 ? '' : `its SHA-256 is ${sha256}, and was ${known.sha256}`;
  }

  /** Takes the containers away; what they did is written down. With `everything` that as well, and the backups. */
  async tidy(everything: boolean): Promise<void> {
    const { docker, notes } = this.#options;
    for (const record of this.#records()) await docker.run(['rm', '--force', this.#nameOf(record)], { allowFailure: true });
    if (!everything) return;
    for (const name of notes.names().filter((each) => /^(tool|backup)-/.test(each) || each === 'journal.json')) notes.remove(name);
  }

  async #follow(record: MigrationJob): Promise<MigrationJob> {
    const { docker } = this.#options;
    const name = this.#nameOf(record);
    // A daemon that does not answer is an error, and not a container that is gone.
    const there = await docker.run(['ps', '--all', '--format', '{{.Names}}', '--filter', `name=^/?${name}$`]);
    if (there.trim() === '') return this.#keep({ ...record, state: 'failed', reason: 'its container is gone, so that nobody knows how it ended' });
    const [state = '', code = '1'] = (await docker.run(['inspect', '--format', '{{.State.Status}} {{.State.ExitCode}}', name])).trim().split(' ');
    // Made, written down, and never started: the step is asked for again.
    if (state === 'created') return { ...record, attempt: 0 };
    if (state !== 'exited' && state !== 'dead') return record;
    const log = (await this.#logOf(name)).slice(-LOG_LINES);
    const over = this.#keep({ ...record, ...endOf(Number(code), log), log });
    // A backup is still in there; what is not needed any more may hold the password of etcd.
    if (this.#isLocked() && (over.kind !== 'backup' || over.state === 'failed')) await docker.run(['rm', '--force', name], { allowFailure: true });
    return over;
  }

  /** The tool logs to both of its outputs. */
  async #logOf(name: string): Promise<readonly string[]> {
    const lines = (await this.#options.docker.logs(name, LOG_LINES)).split('\n').map((line) => line.trimEnd());
    return lines.filter((line) => line !== '');
  }

  /** Through the daemon, so that it need not be on this machine; and never as an argument, since it may hold a password. */
  async #giveFiles({ kind, attempt, journal, endpoints, user }: ToolSpec, name: string): Promise<void> {
    const { docker } = this.#options;
    // What a run that was killed has left here goes with the next one.
    const directory = join(this.#options.notes.path, 'tool-files');
    const inside = join(directory, 'files');
    rmSync(directory, { recursive: true, force: true });
    try {
      mkdirSync(inside, { mode: 0o700, recursive: true });
      const backupFile = `${DIRECTORY}/${backupName(attempt)}`;
      writeFileSync(join(inside, `${kind}.yaml`), toolConfiguration({ kind, journal, backupFile, endpoints, user }), { mode: 0o600 });
      await docker.run(['cp', `${inside}/.`, `${name}:${DIRECTORY}`]);
      if (kind === 'restore') await docker.run(['cp', this.backupPath(attempt), `${name}:${backupFile}`]);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  }

  #nameOf({ kind, attempt, number }: Run): string {
    return `milvus-upgrade-${this.#options.project}-${kind}-${attempt}${number > 1 ? `-${number}` : ''}`;
  }

  #records(): MigrationJob[] {
    const { notes } = this.#options;
    return notes
      .names()
      .filter((each) => /^tool-.*\.json$/.test(each))
      .flatMap((each) => parseRecord(parseJsonRecord(notes.read(each))));
  }

  #isLocked(): boolean {
    return this.#options.isLocked?.() ?? true;
  }

  #keep(job: MigrationJob): MigrationJob {
    return this.#isLocked() ? this.#write(job) : job;
  }

  #write({ kind, attempt, number, state, reason, backup, log, generations }: MigrationJob): MigrationJob {
    const record = { kind, attempt, number, state, reason, backup, log, generations };
    this.#options.notes.write(`tool-${kind}-${attempt}-${number}.json`, JSON.stringify(record));
    return record;
  }
}
