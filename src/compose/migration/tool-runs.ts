// Runs the migration tool of Milvus, each time in a separate container in the network of the project. The result of
// each run is recorded, so that it survives its container.
import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MigrationJob } from '../../core/migration/observation.js';
import { tlsSettings, toolConfiguration } from '../../core/migration/tool.js';
import { parseJsonRecord } from '../../core/lib/json.js';
import { sha256Of } from '../../runner/checksum.js';
import type { Docker } from '../docker/docker.js';
import type { StateDirectory } from '../project/state-directory.js';
import { parseRecord, readBackup } from './tool-records.js';
import { backupName, endOf, DIRECTORY, keyOf, scriptOf, type Run, type ToolSpec } from './tool-script.js';

export const MIGRATION_LABEL = 'milvus-upgrade/migration-of';
const LOG_LINES = 20;

export interface ToolRunsOptions {
  readonly docker: Docker;
  readonly project: string;
  readonly stateDirectory: StateDirectory;
  /** False for a read-only run, such as a plan: only the run that holds the lock writes records. */
  readonly isLocked?: () => boolean;
}

export class ToolRuns {
  readonly #options: ToolRunsOptions;
  constructor(options: ToolRunsOptions) {
    this.#options = options;
  }

  /**
   * The current state of every run that was started. The result of a run is recorded when it is first observed as
   * finished.
   */
  async read(): Promise<readonly MigrationJob[]> {
    const jobs: MigrationJob[] = [];
    for (const record of this.#records()) jobs.push(record.state === 'running' ? await this.#follow(record) : record);
    return jobs.filter((job) => job.attempt > 0);
  }

  /** Creates the container of a run and starts it. A container of this name that was never started is replaced. */
  async start(spec: ToolSpec): Promise<void> {
    const { docker, project } = this.#options;
    const name = this.#nameOf(spec);
    // A container that was created and never started may lack its files.
    await docker.run(['rm', '--force', name], { allowFailure: true });
    const labels = ['--label', `${MIGRATION_LABEL}=${project}`, '--label', 'com.docker.compose.oneoff=True'];
    const command = [spec.image, '-c', scriptOf(spec), 'sh', spec.sha256];
    const place = ['--network', spec.network, '--entrypoint', 'sh'];
    await docker.run(['create', '--name', name, ...labels, ...place, ...command]);
    await this.#giveFiles(spec, name);
    this.#write({ ...spec, state: 'running', reason: '', backup: null, log: [] });
    await docker.run(['start', name]);
  }

  /**
   * Copies the backup out of its container, verifies it and records the result. Returns its path; empty if the
   * verification failed.
   */
  async verify(run: Run, rootPath: string): Promise<string> {
    const { docker, stateDirectory } = this.#options;
    const record = this.#records().find((record) => keyOf(record) === keyOf(run));
    if (!record) return '';
    stateDirectory.make();
    const path = this.backupPath(run.attempt);
    await docker.run(['cp', `${this.#nameOf(run)}:${DIRECTORY}/${backupName(run.attempt)}`, path]);
    chmodSync(path, 0o600);
    const found = await readBackup(path, `${rootPath}/meta`);
    if (typeof found === 'string') rmSync(path, { force: true });
    this.#write({
      ...record,
      ...(typeof found === 'string' ? { backup: null, reason: found } : { backup: found, reason: '' }),
    });
    await docker.run(['rm', '--force', this.#nameOf(run)], { allowFailure: true });
    return typeof found === 'string' ? '' : path;
  }

  backupPath(attempt: number): string {
    return join(this.#options.stateDirectory.path, backupName(attempt));
  }

  /** Why the backup of an attempt differs from the one that was verified; empty if it does not differ. */
  async whyChanged(attempt: number): Promise<string> {
    const known = this.#records().find((record) => record.kind === 'backup' && record.attempt === attempt)?.backup;
    const path = this.backupPath(attempt);
    if (!known) return 'its verification was not recorded';
    if (!existsSync(path)) return 'it does not exist';
    const sha256 = await sha256Of(path);
    return sha256 === known.sha256 ? '' : `its SHA-256 is ${sha256}, expected ${known.sha256}`;
  }

  /**
   * Removes the containers; their results are recorded. With `everything`, the records and the backups are removed as
   * well.
   */
  async tidy(everything: boolean): Promise<void> {
    const { docker, stateDirectory } = this.#options;
    for (const record of this.#records())
      await docker.run(['rm', '--force', this.#nameOf(record)], { allowFailure: true });
    if (!everything) return;
    for (const name of stateDirectory.names().filter((name) => /^(tool|backup)-/.test(name) || name === 'journal.json'))
      stateDirectory.remove(name);
  }

  async #follow(record: MigrationJob): Promise<MigrationJob> {
    const { docker } = this.#options;
    const name = this.#nameOf(record);
    // A daemon that does not respond is an error, not a missing container.
    const there = await docker.run(['ps', '--all', '--format', '{{.Names}}', '--filter', `name=^/?${name}$`]);
    if (there.trim() === '')
      return this.#keep({
        ...record,
        state: 'failed',
        reason: 'its container no longer exists, so its result is unknown',
      });
    const [state = '', code = '1'] = (
      await docker.run(['inspect', '--format', '{{.State.Status}} {{.State.ExitCode}}', name])
    )
      .trim()
      .split(' ');
    // Created, recorded and never started: the step is applied again.
    if (state === 'created') return { ...record, attempt: 0 };
    if (state !== 'exited' && state !== 'dead') return record;
    const log = (await this.#logOf(name)).slice(-LOG_LINES);
    const over = this.#keep({ ...record, ...endOf(Number(code), log), log });
    // The container of a successful backup is kept, because the backup is still in it. Others are removed: they may
    // contain the password of etcd.
    if (this.#isLocked() && (over.kind !== 'backup' || over.state === 'failed'))
      await docker.run(['rm', '--force', name], { allowFailure: true });
    return over;
  }

  /** The tool logs to both stdout and stderr. */
  async #logOf(name: string): Promise<readonly string[]> {
    const lines = (await this.#options.docker.logs(name, LOG_LINES)).split('\n').map((line) => line.trimEnd());
    return lines.filter((line) => line !== '');
  }

  /**
   * Copies the files through the daemon, which may be on another machine. They may contain a password, so they are
   * never passed as arguments.
   */
  async #giveFiles({ kind, attempt, journal, endpoints, user, tls }: ToolSpec, name: string): Promise<void> {
    const { docker } = this.#options;
    // Removes what a killed run has left here.
    const directory = join(this.#options.stateDirectory.path, 'tool-files');
    const inside = join(directory, 'files');
    rmSync(directory, { recursive: true, force: true });
    try {
      mkdirSync(inside, { mode: 0o700, recursive: true });
      const backupFile = `${DIRECTORY}/${backupName(attempt)}`;
      const more = tls ? tlsSettings(DIRECTORY, Object.keys(tls.files), tls.minVersion) : {};
      const work = { kind, journal, backupFile, endpoints, user, more };
      const files = { [`${kind}.yaml`]: toolConfiguration(work), ...tls?.files };
      for (const [file, text] of Object.entries(files)) writeFileSync(join(inside, file), text, { mode: 0o600 });
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
    const { stateDirectory } = this.#options;
    return stateDirectory
      .names()
      .filter((name) => /^tool-.*\.json$/.test(name))
      .flatMap((name) => parseRecord(parseJsonRecord(stateDirectory.read(name))));
  }

  #isLocked(): boolean {
    return this.#options.isLocked?.() ?? true;
  }

  #keep(job: MigrationJob): MigrationJob {
    return this.#isLocked() ? this.#write(job) : job;
  }

  #write({ kind, attempt, number, state, reason, backup, log, generations }: MigrationJob): MigrationJob {
    const record = { kind, attempt, number, state, reason, backup, log, generations };
    this.#options.stateDirectory.write(`tool-${kind}-${attempt}-${number}.json`, JSON.stringify(record));
    return record;
  }
}
