// A Milvus installation in memory. It obeys the same promises as the real platform: requests are accepted at once, effects are seen only after several looks.
import type { CatalogueEntry } from '../../src/core/chart-choice.js';
import type { Cause } from '../../src/core/causes.js';
import type { Component, MessageQueue, Observation, ReleaseRevision, Topology, WaitingContainer } from '../../src/core/observation.js';
import type { Step } from '../../src/core/steps.js';
import { computeValues, HiddenValues, mergeValues, type Values } from '../../src/core/values.js';
import type { Preflight } from '../../src/core/preflight.js';
import type { Evidence } from '../../src/recover.js';
import type { World } from '../../src/upgrade.js';

/** What kill -9 looks like from inside: nothing after it runs. */
export class Killed extends Error {}

const ROLES: Readonly<Record<string, readonly string[]>> = {
  standalone: ['standalone'],
  'separate-coordinators': ['rootcoord', 'datacoord', 'indexcoord', 'querycoord', 'indexnode', 'datanode', 'querynode', 'proxy'],
  mixcoord: ['mixcoord', 'indexnode', 'datanode', 'querynode', 'proxy'],
  streaming: ['mixcoord', 'streamingnode', 'datanode', 'querynode', 'proxy'],
};

interface Rolling {
  image: string;
  /** Looks until the old pod is gone; 0 when settled. */
  left: number;
}

export interface FakeOptions {
  readonly topology?: Topology;
  readonly messageQueue?: MessageQueue;
  readonly chartVersion?: string;
  readonly values?: Values;
  readonly charts?: readonly CatalogueEntry[];
  readonly chartDefaults?: Values;
  readonly looksToSettle?: number;
}

export class FakeCluster implements World {
  readonly applied: string[] = [];
  readonly taken: string[] = [];
  looks = 0;
  clock = 0;
  /** The look at which the run is killed; every look counts. */
  killAt = Number.POSITIVE_INFINITY;
  status: ReleaseRevision['status'] = 'deployed';
  startedBy = '';
  readonly #options: Required<FakeOptions>;
  readonly #rolling = new Map<string, Rolling & { before: string }>();
  readonly #broken = new Map<string, WaitingContainer>();
  readonly #failing = new Map<string, string>();
  readonly #paused = new Set<string>();
  readonly #causes: { readonly cause: Omit<Cause, 'certain'>; readonly from: number; readonly certainFrom: number; readonly until: number }[] = [];
  #revision = 1;
  #chartVersion: string;
  #values: Values;

  constructor(version: string, options: FakeOptions = {}) {
    this.#options = {
      topology: 'separate-coordinators',
      messageQueue: 'kafka',
      chartVersion: '4.0.29',
      values: { cluster: { enabled: true } },
      charts: [
        { version: '4.0.29', appVersion: '2.2.12' },
        { version: '4.0.34', appVersion: '2.2.14' },
        { version: '4.1.13', appVersion: '2.3.5' },
      ],
      chartDefaults: {},
      looksToSettle: 3,
      ...options,
    };
    this.#chartVersion = this.#options.chartVersion;
    this.#values = mergeValues(this.#options.values, { image: { all: { repository: 'milvusdb/milvus', tag: `v${version}` } } });
    const image = `milvusdb/milvus:v${version}`;
    for (const role of ROLES[this.#options.topology] ?? []) this.#rolling.set(role, { image, before: image, left: 0 });
  }

  /** From now on a new pod of this component never becomes ready. */
  breakComponent(role: string, reason: string, message = ''): void {
    this.#broken.set(role, { pod: `my-milvus-${role}-0`, reason, message });
  }
  mendComponent(role: string): void {
    this.#broken.delete(role);
    this.#failing.delete(role);
  }
  /** Kubernetes gives the Deployment up. */
  failComponent(role: string, failure: string): void {
    this.#failing.set(role, failure);
  }
  /** A cause stands at this component from so many seconds of the clock on, is certain later or never, and heals or does not. */
  cause(role: string, code: Cause['code'], { from = 0, certainFrom = Number.POSITIVE_INFINITY, until = Number.POSITIVE_INFINITY } = {}): void {
    const cause = {
      code,
      deployment: `my-milvus-${role}`,
      pod: `my-milvus-${role}-0`,
      since: '2026-01-01T00:00:00.000Z',
      evidence: `${role} said so`,
      hint: `Mend ${role}.`,
    };
    this.#causes.push({ cause, from, certainFrom, until });
  }
  pause(role: string): void {
    this.#paused.add(role);
  }
  /** Someone else points one Deployment at another image, behind Helm's back. */
  setImage(role: string, image: string): void {
    this.#rolling.set(role, { image, before: image, left: 0 });
  }
  images(): Record<string, string> {
    return Object.fromEntries([...this.#rolling].map(([role, { image }]) => [role, image]));
  }
  userValues(): Values {
    return this.#values;
  }

  observe(): Promise<Observation> {
    this.looks += 1;
    if (this.looks >= this.killAt) return Promise.reject(new Killed(`killed at look ${this.looks}`));
    return Promise.resolve(this.#snapshot());
  }

  changed(withinMilliseconds: number): Promise<void> {
    const moving = [...this.#rolling].filter(([role, { left }]) => left > 0 && !this.#broken.has(role) && !this.#paused.has(role));
    // Where nothing moves, time passes; where something does, the next change comes after a second.
    const ahead = this.#causes.flatMap(({ from, certainFrom, until }) => [from, certainFrom, until]).map((each) => each * 1000 - this.clock);
    const next = Math.min(withinMilliseconds, ...ahead.filter((each) => each > 0));
    this.clock += moving.length > 0 ? Math.min(1000, next) : next;
    for (const [, rolling] of moving) rolling.left -= 1;
    if (this.status.startsWith('pending-') && moving.length === 0) this.status = 'deployed';
    return Promise.resolve();
  }

  apply(step: Step): Promise<void> {
    this.applied.push(step.id);
    if (step.kind !== 'helm-upgrade') return Promise.reject(new Error(`${step.kind} is never applied`));
    this.#revision += 1;
    this.status = 'deployed';
    this.#chartVersion = step.chartVersion;
    this.#values = mergeValues(this.#values, step.values.reveal());
    for (const rolling of this.#rolling.values()) this.#roll(rolling, step.image);
    return Promise.resolve();
  }

  charts(): Promise<readonly CatalogueEntry[]> {
    return Promise.resolve(this.#options.charts);
  }
  chartDefaults(): Promise<Values> {
    return Promise.resolve(this.#options.chartDefaults);
  }
  preflight(): Promise<Preflight> {
    return Promise.resolve({ checks: [], refusals: [], changes: [] });
  }
  rehearse(): Promise<Preflight> {
    return Promise.resolve({ checks: [], refusals: [], changes: [] });
  }
  saveEvidence(): Promise<Evidence | null> {
    return Promise.resolve(null);
  }
  take(): Promise<void> {
    this.taken.push('take');
    if (this.startedBy !== '' && this.status.startsWith('pending-')) this.status = 'failed';
    return Promise.resolve();
  }
  close(): Promise<void> {
    this.taken.push('close');
    return Promise.resolve();
  }

  /** Only what rolls has causes. */
  #causesNow(): Cause[] {
    const now = this.clock / 1000;
    const moving = this.applied.length > 0;
    return this.#causes.flatMap(({ cause, from, certainFrom, until }) =>
      moving && now >= from && now < until ? [{ ...cause, certain: now >= certainFrom }] : [],
    );
  }

  #roll(rolling: Rolling & { before: string }, image: string): void {
    if (rolling.image === image) return;
    Object.assign(rolling, { before: rolling.image, image, left: this.#options.looksToSettle });
  }

  #snapshot(): Observation {
    const { topology, messageQueue } = this.#options;
    const revision: ReleaseRevision = {
      revision: this.#revision,
      status: this.status,
      chartName: 'milvus',
      chartVersion: this.#chartVersion,
      appVersion: '',
      updatedAt: '2026-01-01T00:00:00.000Z',
      description: '',
      values: new HiddenValues(this.#values),
      computedValues: new HiddenValues(computeValues(this.#options.chartDefaults, this.#values)),
      deployments: [...this.#rolling.keys()].map((role) => `my-milvus-${role}`),
    };
    const release = { name: 'my', namespace: 'default', latest: revision, deployed: revision, startedBy: this.startedBy };
    const components = [...this.#rolling.keys()].map((role) => this.#component(role));
    return {
      takenAt: '2026-01-01T00:00:00.000Z',
      release,
      components,
      causes: this.#causesNow(),
      topology,
      messageQueue,
      metastore: 'etcd',
      etcd: { endpoints: ['etcd:2379'], rootPath: 'by-dev' },
    };
  }

  #component(role: string): Component {
    const { image, before, left } = this.#rolling.get(role) ?? { image: '', before: '', left: 0 };
    const broken = this.#broken.get(role);
    const draining = left === 1 && !broken;
    const fresh = left <= 1 && !broken;
    return {
      role,
      deployment: `my-milvus-${role}`,
      templateImage: image,
      podImages: left > 0 ? [before, image] : [image],
      wanted: 1,
      updated: 1,
      ready: 1,
      available: 1,
      outdated: left > 0 && !draining ? 1 : 0,
      terminating: draining ? 1 : 0,
      restarts: 0,
      waiting: broken && !fresh ? [broken] : [],
      settledSpec: true,
      paused: this.#paused.has(role),
      failure: left > 0 ? (this.#failing.get(role) ?? '') : '',
    };
  }
}
