// A Milvus 2.1 in memory, with its etcd, that is migrated to 2.2: pods that start and terminate over several
// observations, sessions that outlive them, Jobs that run the tool, and a metadata store that records if a version runs
// with metadata of another version. The run can be killed before every API call.
import type { Duplex } from 'node:stream';
import type { FakeMilvus } from './fake-milvus.js';
import type { Component } from '../../src/core/model/component.js';
import type { Charts } from '../../src/core/helm/charts.js';
import { helmObservation } from './observations.js';
import type { Evidence } from '../../src/core/model/evidence.js';
import type { HelmJournal } from '../../src/core/helm/journal.js';
import type { Backup, JobKind, Keeper, MigrationJob } from '../../src/core/migration/observation.js';
import type { Preflight } from '../../src/core/model/preflight.js';
import type { Session } from '../../src/core/model/session.js';
import type { MigrationJobStep } from '../../src/core/migration/step.js';
import { valueAt } from '../../src/core/lib/json.js';
import { SecretValues, mergeValues, type Values } from '../../src/core/model/values.js';
import { parseImage } from '../../src/core/model/version.js';
import { Killed } from './fake-cluster.js';
import type { Platform } from '../../src/run/platform.js';
import type { HelmStep } from '../../src/core/helm/step.js';
import type { HelmObservation, PastRevision, ReleaseRevision } from '../../src/core/helm/observation.js';

const ROLES = ['rootcoord', 'datacoord', 'indexcoord', 'querycoord', 'indexnode', 'datanode', 'querynode', 'proxy'];
const NOTHING: Preflight = { checks: [], failedChecks: [], changes: [] };
const SESSION_LOOKS = 3;
const ENDING_MILLISECONDS = 5000;
const FROM_OLD = '2.1:';
const FROM_NEW = '2.2:';

interface Pod {
  readonly image: string;
  /** Observations until it is ready, or gone. */
  left: number;
  ending: boolean;
}

interface Deployment {
  image: string;
  desired: number;
  generation: number;
  pods: Pod[];
}

interface RunningJob {
  readonly job: { -readonly [Key in keyof MigrationJob]: MigrationJob[Key] };
  left: number;
  /** When the cluster terminates it, in milliseconds. */
  readonly deadline: number;
}

/**
 * The simulated fault: the tool hangs until its deadline, or fails before or after it has deleted keys; the backup
 * fails or is invalid; the restore fails; new pods never become ready, or only those of the query nodes.
 */
export type Fault =
  | 'hang'
  | 'backup'
  | 'backup-file'
  | 'migrate-before-cleaning'
  | 'migrate-after-cleaning'
  | 'restore'
  | 'new-pods'
  | 'new-query-nodes';

export class FakeMigration implements Platform<'helm'> {
  readonly sources: Charts = {
    offered: () =>
      Promise.resolve([
        { version: '3.2.18', appVersion: '2.1.4' },
        { version: '3.3.6', appVersion: '2.2.2' },
      ]),
    defaults: () => Promise.resolve({}),
    allDefaults: () => Promise.resolve({}),
  };
  readonly applied: string[] = [];
  readonly calls: string[] = [];
  observations = 0;
  clock = 0;
  killAt = Number.POSITIVE_INFINITY;
  /** The number of the API call before which the run is killed. */
  killAtCall = Number.POSITIVE_INFINITY;
  readonly faults = new Set<Fault>();
  /** API calls that fail: the number of the first one, and how many from there on. */
  failing: { readonly from: number; readonly times: number; readonly error: Error } | null = null;
  /** Foreign sessions under the same root path. */
  foreign: Session[] = [];
  /** The number of completed migrations. */
  migrations = 0;
  /** Every event that must never happen. */
  readonly harm: string[] = [];
  readonly metadata = new Map<string, string>();
  journal: HelmJournal | null = null;
  /** Why the journal was not written by this action; empty if it was. */
  doubt = '';
  readonly #deployments = new Map<string, Deployment>();
  readonly #jobs: RunningJob[] = [];
  #saved: Map<string, string> | null = null;
  #keeper: Keeper['state'] = 'none';
  #sessions: { readonly role: string; left: number }[] = [];
  #past: PastRevision[] = [];
  #revision = 1;
  #values: Values = { cluster: { enabled: true }, image: { all: { repository: 'milvusdb/milvus', tag: 'v2.1.4' } } };
  #chartVersion = '3.2.18';
  #stoppedAt = '';
  #hasServed = false;

  constructor() {
    for (const key of ['collection/1', 'collection/2', 'index/1']) this.metadata.set(key, `${FROM_OLD}${key}`);
    const image = 'milvusdb/milvus:v2.1.4';
    for (const role of ROLES)
      this.#deployments.set(role, {
        image,
        desired: WANTED[role] ?? 1,
        generation: 1,
        pods: podsOf(image, WANTED[role] ?? 1),
      });
    this.#remember(image);
  }

  /** The state that the documented script leaves when it fails. */
  stopByHand(): void {
    for (const deployment of this.#deployments.values()) Object.assign(deployment, { desired: 0, pods: [] });
  }

  replicas(): Record<string, number> {
    return Object.fromEntries([...this.#deployments].map(([role, { desired }]) => [role, desired]));
  }
  images(): string[] {
    return [...new Set([...this.#deployments.values()].flatMap(({ pods }) => pods.map((pod) => pod.image)))];
  }
  /** True if the metadata is complete for this version. */
  isWhole(version: 'old' | 'new'): boolean {
    const mark = version === 'old' ? FROM_OLD : FROM_NEW;
    return ['collection/1', 'collection/2', 'index/1'].every((key) => this.metadata.get(key) === `${mark}${key}`);
  }
  /** A user starts Milvus manually. */
  startByHand(): void {
    for (const [role, deployment] of this.#deployments) this.#scale(deployment, WANTED[role] ?? 1);
    for (let time = 0; time < 5; time += 1) this.#pass();
  }

  observe(): Promise<HelmObservation> {
    this.observations += 1;
    if (this.observations >= this.killAt)
      return Promise.reject(new Killed(`killed at observation ${this.observations}`));
    return Promise.resolve(this.#snapshot());
  }

  waitForChange(): Promise<void> {
    this.clock += 1000;
    this.#pass();
    return Promise.resolve();
  }

  async apply(step: HelmStep): Promise<void> {
    this.applied.push(step.id);
    if (step.kind === 'prepare') {
      await this.#call('write the journal');
      this.journal = { ...step.journal, run: 'acme.milvus.42.1', since: '2026-01-01T00:00:00.000Z' };
      this.doubt = '';
      await this.#call('start the keeper');
      this.#keeper = 'ready';
    }
    if (step.kind === 'scale-down')
      for (const deployment of this.#deployments.values()) await this.#scaled(deployment, 0);
    if (step.kind === 'scale-up')
      for (const [role, deployment] of this.#deployments)
        await this.#scaled(deployment, step.replicas[`my-milvus-${role}`] ?? deployment.desired);
    if (step.kind === 'backup' || step.kind === 'migrate' || step.kind === 'restore') await this.#runJob(step);
    if (step.kind === 'helm-upgrade')
      await this.#write(step.image, step.chartVersion, mergeValues(this.#values, step.values.reveal()));
    if (step.kind === 'helm-rollback') await this.#write(step.image, step.chartVersion, step.values.reveal());
    if (step.kind === 'finalize') {
      await this.#call('close the journal');
      if (this.journal) this.journal = { ...this.journal, closed: true };
    }
  }

  /** A user has deleted the Jobs. */
  deleteJobs(): void {
    this.#jobs.length = 0;
  }

  preflight(): Promise<Preflight> {
    return Promise.resolve(NOTHING);
  }
  probeImages(): Promise<Preflight> {
    return Promise.resolve(NOTHING);
  }
  saveEvidence(): Promise<Evidence | null> {
    return Promise.resolve(null);
  }
  /** Null if no client can connect. */
  milvus: FakeMilvus | null = null;

  dialMilvus(port: number): Promise<Duplex> {
    return this.milvus
      ? this.milvus.dial(port)
      : Promise.reject(new Error('no pod that clients can connect to is ready'));
  }

  acquireLock(): Promise<void> {
    return Promise.resolve();
  }
  close(): Promise<void> {
    return Promise.resolve();
  }

  #call(name: string): Promise<void> {
    this.calls.push(name);
    const { from, times, error } = this.failing ?? { from: Number.POSITIVE_INFINITY, times: 0, error: null };
    if (error && this.calls.length >= from && this.calls.length < from + times) return Promise.reject(error);
    return this.calls.length >= this.killAtCall
      ? Promise.reject(new Killed(`killed before "${name}"`))
      : Promise.resolve();
  }

  async #scaled(deployment: Deployment, desired: number): Promise<void> {
    if (deployment.desired === desired) return;
    await this.#call(`scale to ${desired}`);
    this.#scale(deployment, desired);
  }

  #scale(deployment: Deployment, desired: number): void {
    if (deployment.desired === desired) return;
    deployment.desired = desired;
    deployment.generation += 1;
  }

  async #runJob({ kind, attempt, number, timeoutSeconds }: MigrationJobStep): Promise<void> {
    const known = this.#jobs.find(({ job }) => job.kind === kind && job.attempt === attempt && job.number === number);
    if (known) {
      await this.#call('read the backup');
      Object.assign(known.job, this.faults.has('backup-file') ? { reason: 'it is truncated' } : { backup: BACKUP });
      return;
    }
    await this.#call(`create ${kind} ${attempt}.${number}`);
    const generations = Object.fromEntries(
      [...this.#deployments].map(([role, { generation }]) => [`my-milvus-${role}`, generation]),
    );
    this.#jobs.push({
      job: { kind, attempt, number, state: 'running', reason: '', backup: null, log: [], generations },
      left: 2,
      deadline: this.clock + timeoutSeconds * 1000,
    });
  }

  /** Helm sets the image and the replicas of the values on every Deployment. */
  async #write(image: string, chartVersion: string, values: Values): Promise<void> {
    await this.#call(`helm to ${image}`);
    [this.#chartVersion, this.#values] = [chartVersion, values];
    this.#revision += 1;
    this.#remember(image);
    for (const [role, deployment] of this.#deployments) {
      if (deployment.image !== image) deployment.generation += 1;
      deployment.image = image;
      this.#scale(deployment, Number(valueAt(values, `${VALUES_OF[role] ?? role}.replicas`) ?? 1));
    }
  }

  /** Simulates one second. */
  #pass(): void {
    for (const job of this.#jobs) this.#work(job);
    for (const [role, deployment] of this.#deployments) this.#move(role, deployment);
    this.#sessions = this.#sessions.map(({ role, left }) => ({ role, left: left - 1 })).filter(({ left }) => left > 0);
    this.#stoppedAt = this.#pods().length > 0 ? '' : this.#stoppedAt || this.#now();
    this.#hasServed ||=
      this.#deployments
        .get('proxy')
        ?.pods.some((pod) => pod.image.includes('v2.2') && pod.left === 0 && !pod.ending) === true;
    this.#watchForHarm();
  }

  #move(role: string, deployment: Deployment): void {
    const isIll = this.faults.has('new-pods') || (this.faults.has('new-query-nodes') && role === 'querynode');
    for (const pod of deployment.pods)
      pod.left = pod.left > 0 && !(isIll && pod.image.includes('v2.2') && !pod.ending) ? pod.left - 1 : pod.left;
    const gone = deployment.pods.filter((pod) => pod.ending && pod.left === 0);
    if (gone.length > 0) this.#sessions.push({ role, left: SESSION_LOOKS });
    deployment.pods = deployment.pods.filter((pod) => !gone.includes(pod));
    const right = deployment.pods.filter((pod) => !pod.ending && pod.image === deployment.image);
    for (const pod of deployment.pods.filter(
      (other) => !other.ending && (!right.includes(other) || right.indexOf(other) >= deployment.desired),
    ))
      Object.assign(pod, { ending: true, left: 2 });
    // The chart uses the strategy Recreate: no new pod before every old pod is gone.
    if (deployment.pods.some((pod) => pod.ending)) return;
    for (let missing = deployment.desired - right.length; missing > 0; missing -= 1)
      deployment.pods.push({ image: deployment.image, left: 2, ending: false });
  }

  #work(running: RunningJob): void {
    const { job } = running;
    if (job.state !== 'running') return;
    if (this.faults.has('hang') && job.kind === 'migrate') {
      if (this.clock > running.deadline + ENDING_MILLISECONDS)
        Object.assign(job, { state: 'failed', reason: 'longer than its deadline' });
      return;
    }
    running.left -= 1;
    if (running.left > 0) return;
    const failure = this.#live() ? 'there are still sessions alive' : this.#runTool(job.kind);
    Object.assign(job, { state: failure ? 'failed' : 'succeeded', reason: failure });
  }

  /** Returns why it failed; empty if it did not. */
  #runTool(kind: JobKind): string {
    if (kind === 'backup') {
      if (this.faults.has('backup')) return 'no space left on device';
      this.#saved = new Map(this.metadata);
      return '';
    }
    if (kind === 'restore') {
      if (this.faults.has('restore')) return 'etcdserver: request timed out';
      if (!this.#saved) this.harm.push('restored without a backup');
      this.metadata.clear();
      for (const [key, value] of this.#saved ?? []) this.metadata.set(key, value);
      return '';
    }
    if (this.faults.has('migrate-before-cleaning')) return 'etcdserver: request timed out';
    this.migrations += 1;
    if (!this.isWhole('old')) this.harm.push('migrated incomplete metadata');
    const old = [...this.metadata];
    this.metadata.clear();
    if (this.faults.has('migrate-after-cleaning')) return 'etcdserver: request timed out';
    for (const [key, value] of old) this.metadata.set(key, value.replace(FROM_OLD, FROM_NEW));
    return '';
  }

  #watchForHarm(): void {
    const running = this.#pods().filter((pod) => !pod.ending);
    const versions = new Set(running.map((pod) => (pod.image.includes('v2.2') ? 'new' : 'old')));
    for (const version of versions)
      if (!this.isWhole(version)) this.harm.push(`the ${version} version runs with metadata of another version`);
    if (running.length > 0 && this.#jobs.some(({ job }) => job.state === 'running' && job.kind !== 'backup'))
      this.harm.push('Milvus runs at the same time as the tool');
  }

  #pods(): Pod[] {
    return [...this.#deployments.values()].flatMap(({ pods }) => pods);
  }

  #live(): boolean {
    return this.#pods().length > 0 || this.#sessions.length > 0 || this.foreign.length > 0;
  }

  #now(): string {
    return new Date(Date.parse('2026-01-01T00:00:00.000Z') + this.clock).toISOString();
  }

  #remember(image: string): void {
    const images = Object.fromEntries(ROLES.map((role) => [`my-milvus-${role}`, image]));
    const known = {
      revision: this.#revision,
      status: 'superseded',
      chartVersion: this.#chartVersion,
      updatedAt: '',
      description: '',
    } as const;
    this.#past.unshift({ ...known, values: new SecretValues(this.#values), images, backTo: null });
  }

  #snapshot(): HelmObservation {
    const latest: ReleaseRevision = {
      revision: this.#revision,
      status: 'deployed',
      chartName: 'milvus',
      chartVersion: this.#chartVersion,
      appVersion: '',
      updatedAt: '2026-01-01T00:00:00.000Z',
      description: '',
      values: new SecretValues(this.#values),
      computedValues: new SecretValues(this.#values),
      deployments: ROLES.map((role) => `my-milvus-${role}`),
    };
    const left = this.#sessions.map(({ role }, at) => session(role, at));
    const own = [...this.#deployments].flatMap(([role, { pods }]) =>
      pods.filter((pod) => pod.left === 0 || pod.ending).map((_, at) => session(role, at)),
    );
    return helmObservation({
      takenAt: this.#now(),
      release: { name: 'my', namespace: 'default', latest, deployed: latest, startedBy: '', history: this.#past },
      components: [...this.#deployments].map(([role, deployment]) => componentOf(role, deployment)),
      sessions: { list: [...own, ...left, ...this.foreign] },
      migration: {
        journal: this.journal,
        doubt: this.doubt,
        jobs: this.#jobs.map(({ job }) => ({ ...job })),
        keeper: { state: this.#keeper, reason: '' },
        stoppedSince: this.#stoppedAt,
        foreignSessionsSince: '',
        gone: [],
        hasServed: this.#hasServed,
      },
    });
  }
}

const VALUES_OF: Readonly<Record<string, string>> = { querynode: 'queryNode', indexnode: 'indexNode' };
const WANTED: Readonly<Record<string, number>> = { querynode: 3, indexnode: 0 };
const BACKUP: Backup = { file: 'migration.bak', bytes: 300, sha256: 'ab', entries: 3 };

function podsOf(image: string, count: number): Pod[] {
  return Array.from({ length: count }, () => ({ image, left: 0, ending: false }));
}

function componentOf(role: string, { image, desired, generation, pods }: Deployment): Component {
  const live = pods.filter((pod) => !pod.ending);
  const updated = live.filter((pod) => parseImage(pod.image).tag === parseImage(image).tag);
  const ready = live.filter((pod) => pod.left === 0).length;
  return {
    role,
    deployment: `my-milvus-${role}`,
    templateImage: image,
    podImages: [...new Set(pods.map((pod) => pod.image))],
    desired,
    updated: updated.length,
    ready,
    available: ready,
    outdated: live.length - updated.length,
    terminating: pods.length - live.length,
    restarts: 0,
    waiting: [],
    settledSpec: true,
    generation,
    paused: false,
    failure: '',
  };
}

export function session(role: string, at: number, address = '10.0.0.1:1'): Session {
  const key = `by-dev/meta/session/${role}-${at}`;
  return { key, role, serverId: at, address, version: '', isActive: true, isStandby: false, isStopping: false };
}
