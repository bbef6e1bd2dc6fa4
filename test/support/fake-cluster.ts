// A Milvus installation in memory. It has the same contract as the real platform: requests are accepted immediately,
// effects are visible only after several observations.
import type { Duplex } from 'node:stream';
import type { FakeMilvus } from './fake-milvus.js';
import type { Cause } from '../../src/core/model/cause.js';
import type { Charts } from '../../src/core/helm/charts.js';
import type { CatalogueEntry } from '../../src/core/helm/chart-question.js';
import type { Component, WaitingContainer } from '../../src/core/model/component.js';
import type { RevisionPart } from '../../src/core/helm/journal.js';
import type { MigrationStep } from '../../src/core/migration/step.js';
import type { MilvusPod } from '../../src/core/model/component.js';
import type { Session } from '../../src/core/model/session.js';
import { helmObservation } from './observations.js';
import { FakeRolls } from './fake-rolls.js';
import { computeValues, SecretValues, mergeValues, type Values } from '../../src/core/model/values.js';
import { revisionBefore } from '../../src/core/helm/rollback.js';
import type { Preflight } from '../../src/core/model/preflight.js';
import type { Evidence } from '../../src/core/model/evidence.js';
import { UpgradeError } from '../../src/core/model/error.js';
import type { Platform } from '../../src/run/platform.js';
import type { Manager, WithoutRelease } from '../../src/core/model/manager.js';
import type { ChartDependency } from '../../src/core/model/chart-dependency.js';
import type { MessageQueue, Topology } from '../../src/core/model/shared-observation.js';
import type { HelmObservation, PastRevision, ReleaseRevision } from '../../src/core/helm/observation.js';
import type { HelmRollbackStep, HelmStep, HelmUpgradeStep, ScaleUpStep } from '../../src/core/helm/step.js';

/** Simulates kill -9: nothing runs after it. */
export class Killed extends Error {}

const ROLES: Readonly<Record<string, readonly string[]>> = {
  standalone: ['standalone'],
  'separate-coordinators': [
    'rootcoord',
    'datacoord',
    'indexcoord',
    'querycoord',
    'indexnode',
    'datanode',
    'querynode',
    'proxy',
  ],
  mixcoord: ['mixcoord', 'indexnode', 'datanode', 'querynode', 'proxy'],
  streaming: ['mixcoord', 'streamingnode', 'datanode', 'querynode', 'proxy'],
};

interface Rolling {
  image: string;
  /** Observations until the old pod is gone; 0 when the rollout is complete. */
  left: number;
}

export interface FakeOptions {
  readonly topology?: Topology;
  readonly messageQueue?: MessageQueue;
  readonly chartName?: string;
  readonly chartVersion?: string;
  readonly dependency?: ChartDependency | null;
  readonly managers?: readonly Manager[];
  /** Milvus runs, but Helm has no record of it. */
  readonly withoutRelease?: WithoutRelease | null;
  readonly values?: Values;
  readonly charts?: readonly CatalogueEntry[];
  readonly chartDefaults?: Values;
  readonly observationsToSettle?: number;
}

export class FakeCluster implements Platform<'helm'> {
  readonly sources: Charts = {
    offered: () => Promise.resolve(this.#options.charts),
    defaults: () => Promise.resolve(this.#options.chartDefaults),
    allDefaults: () => Promise.resolve(this.#options.chartDefaults),
  };
  readonly applied: string[] = [];
  /** Sessions of pods that have ended in this run. */
  lingering: readonly Session[] = [];
  /** Whether the leases can be revoked. */
  revokes = true;
  readonly taken: string[] = [];
  observations = 0;
  clock = 0;
  /** The number of the observation at which the run is killed. */
  killAt = Number.POSITIVE_INFINITY;
  status: ReleaseRevision['status'] = 'deployed';
  startedBy = '';
  /**
   * The kind of step during which Helm is killed together with the run: half of the Deployments are changed, the
   * revision stays pending.
   */
  tornIn: HelmStep['kind'] | null = null;
  /** The kind of step in which Helm fails after half of the Deployments. */
  failsIn: HelmStep['kind'] | null = null;
  /** Whether Helm fails before it has changed anything. */
  helmIsRefused = false;
  /** Deployments that terminate their old pod before they start the new one. */
  readonly recreates = new Set<string>();
  evidence: Evidence | null = null;
  /** The number of applied steps at each time the diagnostics were saved. */
  readonly evidenceAt: number[] = [];
  readonly #options: Required<FakeOptions>;
  readonly #badImages = new Set<string>();
  readonly #lost = new Set<string>();
  #past: PastRevision[] = [];
  #description = '';
  #image: string;
  readonly #rolling = new Map<string, Rolling & { before: string }>();
  readonly #broken = new Map<string, WaitingContainer>();
  /** What a rolling upgrade has written to the Deployments. */
  readonly rolls = new FakeRolls();
  /** Components whose new pods do not register in etcd. */
  readonly unregistered = new Set<string>();
  /** A new pod of the first component is not ready before the second one is upgraded. */
  readonly waitsFor = new Map<string, string>();
  /** Components whose pods become ready even with a broken image. */
  readonly sparesImage = new Set<string>();
  /** Whether etcd can be read; null if not. */
  readsEtcd: boolean | null = true;
  readonly #failing = new Map<string, string>();
  readonly #paused = new Set<string>();
  readonly #atZero = new Set<string>();
  readonly #causes: {
    readonly cause: Omit<Cause, 'certain'>;
    readonly from: number;
    readonly certainFrom: number;
    readonly until: number;
  }[] = [];
  #revision = 1;
  #chartVersion: string;
  #values: Values;

  constructor(version: string, options: FakeOptions = {}) {
    this.#options = {
      topology: 'separate-coordinators',
      messageQueue: 'kafka',
      chartName: 'milvus',
      chartVersion: '4.0.29',
      dependency: null,
      managers: [],
      withoutRelease: null,
      values: { cluster: { enabled: true } },
      charts: [
        { version: '4.0.29', appVersion: '2.2.12' },
        { version: '4.0.34', appVersion: '2.2.14' },
        { version: '4.1.13', appVersion: '2.3.5' },
      ],
      chartDefaults: {},
      observationsToSettle: 3,
      ...options,
    };
    this.#chartVersion = this.#options.chartVersion;
    this.#values = mergeValues(this.#options.values, {
      image: { all: { repository: 'milvusdb/milvus', tag: `v${version}` } },
    });
    const image = `milvusdb/milvus:v${version}`;
    this.#image = image;
    this.#remember(null);
    for (const role of ROLES[this.#options.topology] ?? []) this.#rolling.set(role, { image, before: image, left: 0 });
  }

  /** From now on, a new pod of this component never becomes ready. */
  breakComponent(role: string, reason: string, message = ''): void {
    this.#broken.set(role, { pod: `my-milvus-${role}-0`, reason, message });
  }
  /** Pods of this image never become ready. */
  breakImage(image: string): void {
    this.#badImages.add(image);
  }
  mendImage(image: string): void {
    this.#badImages.delete(image);
  }
  /** A pod of a complete Deployment is lost and not replaced. */
  losePod(role: string): void {
    this.#lost.add(role);
  }
  /** Removes a revision, as Helm does beyond its history limit. */
  forget(revision: number): void {
    this.#past = this.#past.filter((past) => past.revision !== revision);
  }
  mendComponent(role: string): void {
    this.#broken.delete(role);
    this.#failing.delete(role);
  }
  /** The Deployment exceeds its progress deadline. */
  failComponent(role: string, failure: string): void {
    this.#failing.set(role, failure);
  }
  /**
   * This component has a cause from this second of the clock on. It becomes certain at `certainFrom` and resolves at
   * `until`, if they are set.
   */
  cause(
    role: string,
    code: Cause['code'],
    { from = 0, certainFrom = Number.POSITIVE_INFINITY, until = Number.POSITIVE_INFINITY } = {},
  ): void {
    const cause = {
      code,
      deployment: `my-milvus-${role}`,
      pod: `my-milvus-${role}-0`,
      since: '2026-01-01T00:00:00.000Z',
      evidence: `${role} reported it`,
      hint: `Fix ${role}.`,
    };
    this.#causes.push({ cause, from, certainFrom, until });
  }
  /** Another user scales every Deployment to zero. */
  scaleToZero(): void {
    for (const role of this.#rolling.keys()) this.#atZero.add(role);
  }
  pause(role: string): void {
    this.#paused.add(role);
  }
  /** Another user sets another image on one Deployment, without Helm. */
  setImage(role: string, image: string): void {
    this.#rolling.set(role, { image, before: image, left: 0 });
  }
  images(): Record<string, string> {
    return Object.fromEntries([...this.#rolling].map(([role, { image }]) => [role, image]));
  }
  userValues(): Values {
    return this.#values;
  }

  observe(): Promise<HelmObservation> {
    this.observations += 1;
    if (this.observations >= this.killAt)
      return Promise.reject(new Killed(`killed at observation ${this.observations}`));
    return Promise.resolve(this.#snapshot());
  }

  waitForChange(withinMilliseconds: number): Promise<void> {
    const moving = [...this.#rolling].filter(
      ([role, { left }]) =>
        left > 0 && !this.#isBroken(role) && !this.#paused.has(role) && this.rolls.moves(role, left),
    );
    // If nothing changes, the whole time passes; otherwise the next change happens after one second.
    const ahead = this.#causes
      .flatMap(({ from, certainFrom, until }) => [from, certainFrom, until])
      .map((time) => time * 1000 - this.clock);
    const next = Math.min(withinMilliseconds, ...ahead.filter((time) => time > 0));
    this.clock += moving.length > 0 ? Math.min(1000, next) : next;
    for (const [, rolling] of moving) rolling.left -= 1;
    if (this.status.startsWith('pending-') && moving.length === 0) this.status = 'deployed';
    return Promise.resolve();
  }

  apply(step: HelmStep): Promise<void> {
    this.applied.push(step.id);
    if (step.kind === 'wait-ready') return Promise.reject(new Error(`${step.kind} is never applied`));
    if (step.kind === 'prune') return this.#remove(step.role);
    if (step.kind === 'revoke-sessions') {
      if (this.revokes)
        this.lingering = this.lingering.filter(({ address }) => !step.sessions.some((one) => one.address === address));
      return Promise.resolve();
    }
    if (isMigration(step)) return Promise.reject(new Error(`${step.kind}: see fake-migration.ts`));
    if (step.kind !== 'helm-upgrade' && step.kind !== 'helm-rollback') return this.rolls.apply(step, this.#snapshot());
    if (this.helmIsRefused) return Promise.reject(helmFailed());
    const backTo = step.kind === 'helm-upgrade' ? revisionBefore(this.#snapshot()) : null;
    this.#revision += 1;
    this.startedBy = 'acme.milvus.42.1';
    const torn = this.tornIn === step.kind;
    const fails = this.failsIn === step.kind;
    this.status = torn
      ? step.kind === 'helm-upgrade'
        ? 'pending-upgrade'
        : 'pending-rollback'
      : fails
        ? 'failed'
        : 'deployed';
    if (step.kind === 'helm-upgrade') this.#upgrade(step);
    else this.#rollBack(step);
    this.#remember(backTo);
    const all = [...this.#rolling];
    for (const [role, rolling] of torn || fails ? all.slice(0, all.length / 2) : all)
      this.#roll(role, rolling, step.image);
    if (torn) return Promise.reject(new Killed(`killed in ${step.kind}`));
    if (fails) return Promise.reject(helmFailed());
    return Promise.resolve();
  }

  #remove(role: string): Promise<void> {
    this.#rolling.delete(role);
    return Promise.resolve();
  }

  #upgrade(step: HelmUpgradeStep): void {
    this.#description = `milvus-upgrade: ${step.id}`;
    this.#chartVersion = step.chartVersion;
    this.#values = mergeValues(this.#values, step.values.reveal());
    this.#image = step.image;
  }

  #rollBack({ revision }: HelmRollbackStep): void {
    const target = this.#past.find((past) => past.revision === revision);
    if (!target) throw new Error(`release has no ${revision} version`);
    this.#description = `Rollback to ${revision}`;
    this.#chartVersion = target.chartVersion;
    this.#values = target.values.reveal();
    this.#image = Object.values(target.images)[0] ?? '';
  }

  /** Helm's record of the newest revision. Its status is read on demand, because it changes. */
  #remember(backTo: number | null): void {
    const images = Object.fromEntries(
      (ROLES[this.#options.topology] ?? []).map((role) => [`my-milvus-${role}`, this.#image]),
    );
    const known = {
      revision: this.#revision,
      status: 'superseded',
      chartVersion: this.#chartVersion,
      updatedAt: '',
      description: this.#description,
    } as const;
    this.#past.unshift({ ...known, values: new SecretValues(this.#values), images, backTo });
  }

  preflight(): Promise<Preflight> {
    return Promise.resolve({ checks: [], failedChecks: [], changes: [] });
  }
  probeImages(): Promise<Preflight> {
    return Promise.resolve({ checks: [], failedChecks: [], changes: [] });
  }
  saveEvidence(): Promise<Evidence | null> {
    this.evidenceAt.push(this.applied.length);
    return Promise.resolve(this.evidence);
  }
  /** Null if no client can connect. */
  milvus: FakeMilvus | null = null;

  dialMilvus(port: number): Promise<Duplex> {
    return this.milvus
      ? this.milvus.dial(port)
      : Promise.reject(new Error('no pod that clients can connect to is ready'));
  }

  acquireLock(): Promise<void> {
    this.taken.push('acquireLock');
    if (this.startedBy !== '' && this.status.startsWith('pending-')) this.status = 'failed';
    return Promise.resolve();
  }
  close(): Promise<void> {
    this.taken.push('close');
    return Promise.resolve();
  }

  /** Only a Deployment in a rollout has causes. */
  #causesNow(): Cause[] {
    const now = this.clock / 1000;
    const moving = this.applied.length > 0;
    return this.#causes.flatMap(({ cause, from, certainFrom, until }) =>
      moving && now >= from && now < until ? [{ ...cause, certain: now >= certainFrom }] : [],
    );
  }

  #roll(role: string, rolling: Rolling & { before: string }, image: string): void {
    if (rolling.image === image) return;
    // A change back to the image that still runs next to the new one: only the new pod is removed.
    if (this.rolls.isPaused(role) && rolling.left > 1 && rolling.before === image)
      return void Object.assign(rolling, { image, left: 0 });
    Object.assign(rolling, { before: rolling.image, image, left: this.#options.observationsToSettle });
  }

  #snapshot(): HelmObservation {
    const { topology, messageQueue } = this.#options;
    const revision: ReleaseRevision = {
      revision: this.#revision,
      status: this.status,
      chartName: this.#options.chartName,
      chartVersion: this.#chartVersion,
      dependency: this.#options.dependency,
      appVersion: '',
      updatedAt: '2026-01-01T00:00:00.000Z',
      description: this.#description,
      values: new SecretValues(this.#values),
      computedValues: new SecretValues(computeValues(this.#options.chartDefaults, this.#values)),
      deployments: [...this.#rolling.keys()].map((role) => `my-milvus-${role}`),
    };
    const release = {
      name: 'my',
      namespace: 'default',
      latest: revision,
      deployed: revision,
      startedBy: this.startedBy,
      history: this.#history(),
    };
    const components = [...this.#rolling.keys()].map((role) => this.#scaled(this.#component(role)));
    return helmObservation({
      takenAt: new Date(Date.parse('2026-01-01T00:00:00.000Z') + this.clock).toISOString(),
      release: this.#options.withoutRelease ? null : release,
      managers: this.#options.managers,
      withoutRelease: this.#options.withoutRelease,
      components,
      causes: this.#causesNow(),
      topology,
      messageQueue,
      standby: false,
      ...(this.lingering.length > 0 && { endedSessions: this.lingering }),
      sessions: this.readsEtcd
        ? { list: [...components.flatMap((component) => this.#sessions(component)), ...this.lingering] }
        : { list: null, why: 'port forwarding is forbidden' },
    });
  }

  #history(): PastRevision[] {
    return this.#past.map((past) => (past.revision === this.#revision ? { ...past, status: this.status } : past));
  }

  #isBroken(role: string): boolean {
    const other = this.#rolling.get(this.waitsFor.get(role) ?? '');
    const waits = other !== undefined && (other.left > 0 || other.image === other.before);
    const bad = this.#badImages.has(this.#rolling.get(role)?.image ?? '') && !this.sparesImage.has(role);
    return this.#broken.has(role) || bad || (waits && this.#rolling.get(role)?.left === 3);
  }

  /** The old pod holds the role as long as it exists. */
  #sessions({ role, pods = [] }: Component): Session[] {
    const ready = pods
      .filter((pod) => pod.ready && !(pod.isNew && this.unregistered.has(role)))
      .sort((a, b) => Number(a.isNew) - Number(b.isNew));
    return ready.map((pod, at) => ({
      key: `by-dev/meta/session/${role}${at === 0 ? '' : `-${at}`}`,
      role,
      serverId: at,
      address: `${pod.address}:1`,
      version: '',
      isActive: at === 0,
      isExclusive: true,
      isStandby: at > 0,
      isStopping: false,
    }));
  }

  #pods(role: string, left: number, serves: boolean, broken: boolean): MilvusPod[] {
    const pod = (name: string, isNew: boolean, ready: boolean, terminating: boolean): MilvusPod => ({
      name: `my-milvus-${role}-${name}`,
      address: `${role}-${name}`,
      isNew,
      ready,
      readySince: ready ? '2026-01-01T00:00:00.000Z' : '',
      terminating,
    });
    if (left === 0) return [pod('new', true, serves, false)];
    const old = [pod('old', false, serves, left === 1)];
    return this.rolls.isPaused(role) || left > 2
      ? [...old, ...(left > 2 && !this.rolls.isPaused(role) ? [pod('new', true, false, false)] : [])]
      : [...old, pod('new', true, !broken, false)];
  }

  #scaled(component: Component): Component {
    const nothing = {
      desired: 0,
      updated: 0,
      ready: 0,
      available: 0,
      outdated: 0,
      terminating: 0,
      podImages: [],
      pods: [],
    };
    return this.#atZero.has(component.role) ? { ...component, ...nothing } : component;
  }

  #component(role: string): Component {
    const { image, before, left } = this.#rolling.get(role) ?? { image: '', before: '', left: 0 };
    const badImage =
      this.#badImages.has(image) && !this.sparesImage.has(role)
        ? { pod: `my-milvus-${role}-0`, reason: 'CrashLoopBackOff', message: '' }
        : undefined;
    const broken = this.#broken.get(role) ?? badImage;
    const serves = !this.#lost.has(role) && !(this.recreates.has(role) && left > 1);
    const draining = left === 1 && !broken;
    const fresh = left <= 1 && !broken;
    return {
      role,
      deployment: `my-milvus-${role}`,
      templateImage: image,
      podImages: left > 0 ? [before, image] : [image],
      desired: 1,
      updated: left > 0 && this.rolls.isPaused(role) ? 0 : 1,
      ready: serves ? 1 : 0,
      available: serves ? 1 : 0,
      outdated: left > 0 && !draining ? 1 : 0,
      terminating: draining ? 1 : 0,
      restarts: 0,
      waiting: broken && !fresh ? [broken] : [],
      settledSpec: true,
      paused: this.#paused.has(role) || this.rolls.isPaused(role),
      pauseRecord: this.rolls.pauseRecordOf(role),
      settings: this.rolls.settingsOf(role),
      pods: this.#pods(role, left, serves, broken !== undefined),
      failure: left > 0 ? (this.#failing.get(role) ?? '') : '',
      rolloutComplete: left <= 0,
    };
  }
}

function isMigration(step: HelmStep): step is MigrationStep<RevisionPart> | ScaleUpStep {
  return ['prepare', 'scale-down', 'backup', 'migrate', 'restore', 'scale-up', 'finalize'].includes(step.kind);
}

function helmFailed(): UpgradeError {
  return new UpgradeError({
    code: 'command-failed',
    what: 'helm exited with 1',
    why: 'no route to host',
    remedy: 'Fix it.',
  });
}
