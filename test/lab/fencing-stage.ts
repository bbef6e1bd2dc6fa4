// Two runs on one release, each with a user name of its own, so that the audit log of the API server shows which run
// wrote what and when.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Action, lab, type RunningAction } from './lab.js';
import { kubectl, type Place } from './place.js';
import { Proxy } from './proxy.js';
import type { InputName } from '../../src/core/config/raw-inputs.js';

export type RunName = 'first-run' | 'second-run';

interface AuditEvent {
  readonly verb: string;
  readonly requestURI: string;
  readonly requestReceivedTimestamp: string;
  readonly impersonatedUser?: { readonly username: string };
  readonly objectRef?: { readonly namespace?: string; readonly resource: string; readonly name?: string };
  readonly responseStatus?: { readonly code?: number };
}

export class FencingStage {
  readonly place: Place;
  readonly #directory = mkdtempSync(join(tmpdir(), 'fencing-'));
  /** The audit log also contains entries of earlier tests in a namespace of the same name. */
  readonly #createdAt = new Date().toISOString();
  #proxy: Proxy | null = null;
  constructor(place: Place) {
    this.place = place;
  }

  /** Both users have all permissions; only their names differ. */
  static allowUsers(place: Pick<Place, 'env'>): void {
    for (const user of ['first-run', 'second-run']) {
      const known = kubectl(place, 'get', 'clusterrolebinding', `fencing-${user}`, '--ignore-not-found', '-o', 'name');
      if (known === '')
        kubectl(
          place,
          'create',
          'clusterrolebinding',
          `fencing-${user}`,
          '--clusterrole=cluster-admin',
          `--user=${user}`,
        );
    }
  }

  /** Every connection of the first run goes through a proxy that can be frozen. */
  async startFirst(
    inputs: Partial<Record<InputName, string>> = {},
  ): Promise<RunningAction & { readonly proxy: Proxy }> {
    const proxy = await Proxy.before(this.#kubeconfigOf('first-run'));
    this.#proxy = proxy;
    return { ...this.#start(proxy.kubeconfig, inputs), proxy };
  }

  startSecond(inputs: Partial<Record<InputName, string>> = {}): RunningAction {
    return this.#start(this.#kubeconfigOf('second-run'), inputs);
  }

  close(): void {
    this.#proxy?.close();
    rmSync(this.#directory, { recursive: true, force: true });
    kubectl(this.place, 'delete', 'namespace', this.place.namespace, '--ignore-not-found', '--wait=false');
  }

  /** Accepted writes of a run except those to the lock: `patch deployments my-milvus-proxy`, with the time of each. */
  writesOf(run: RunName): { readonly what: string; readonly at: string }[] {
    const own = this.#events().filter(
      (event) => event.impersonatedUser?.username === run && (event.responseStatus?.code ?? 500) < 300,
    );
    const writes = own.filter(
      ({ verb, requestURI }) => !['get', 'list', 'watch'].includes(verb) && !requestURI.includes('dryRun=All'),
    );
    return writes
      .filter(({ objectRef }) => objectRef?.resource !== 'leases')
      .map(({ verb, objectRef, requestReceivedTimestamp }) => ({
        what: `${verb} ${objectRef?.resource} ${objectRef?.name ?? ''}`,
        at: requestReceivedTimestamp,
      }));
  }

  /** When a run acquired the lock, by the clock of the API server. */
  acquiredAt(run: RunName): string {
    const own = this.#events().filter(
      (event) => event.impersonatedUser?.username === run && event.objectRef?.resource === 'leases',
    );
    return (
      own.find(({ verb, responseStatus }) => verb !== 'get' && (responseStatus?.code ?? 500) < 300)
        ?.requestReceivedTimestamp ?? ''
    );
  }

  lease(): Record<string, unknown> | null {
    const text = kubectl(
      this.place,
      '-n',
      this.place.namespace,
      'get',
      'leases',
      'milvus-upgrade-my',
      '--ignore-not-found',
      '-o',
      'json',
    );
    return text === '' ? null : (JSON.parse(text) as Record<string, unknown>);
  }

  patchLease(spec: Readonly<Record<string, unknown>>): void {
    kubectl(
      this.place,
      '-n',
      this.place.namespace,
      'patch',
      'lease',
      'milvus-upgrade-my',
      '--type=merge',
      '-p',
      JSON.stringify({ spec }),
    );
  }

  deleteLease(): void {
    kubectl(this.place, '-n', this.place.namespace, 'delete', 'lease', 'milvus-upgrade-my');
  }

  /** Acquires the lock like another run with a different clock. */
  createLease(renewTime: string): void {
    const metadata = { name: 'milvus-upgrade-my', namespace: this.place.namespace };
    const spec = { holderIdentity: 'other-run', leaseDurationSeconds: 30, acquireTime: renewTime, renewTime };
    const input = JSON.stringify({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec });
    execFileSync('kubectl', ['create', '-f', '-'], { env: this.place.env, input });
  }

  #events(): AuditEvent[] {
    const lines = readFileSync(this.place.env.LAB_AUDIT_LOG ?? '', 'utf8').split('\n');
    const events = lines
      .filter((line) => line.includes(`/namespaces/${this.place.namespace}/`))
      .map((line) => JSON.parse(line) as AuditEvent);
    return events.filter((event) => event.requestReceivedTimestamp > this.#createdAt);
  }

  #start(kubeconfig: string, inputs: Partial<Record<InputName, string>>): RunningAction {
    const { env, namespace } = this.place;
    const own = {
      release: 'my',
      namespace,
      'target-version': '2.2.16',
      chart: 'milvus/milvus',
      'chart-repository': lab('charts', 'url'),
    };
    return new Action(env, own).start({ ...inputs, kubeconfig });
  }

  #kubeconfigOf(run: RunName): string {
    const path = join(this.#directory, run);
    const text = readFileSync(this.place.env.KUBECONFIG ?? '', 'utf8');
    writeFileSync(path, text.replace(/(token: [^\s}]+)/, `$1, as: ${run}`), { mode: 0o600 });
    return path;
  }
}
