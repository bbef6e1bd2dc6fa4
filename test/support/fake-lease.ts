// The Lease of one release as an API server keeps it: every write has a new resourceVersion, and an update with an old
// one is a conflict.
import { ApiException, type V1Lease, type V1LeaseSpec } from '@kubernetes/client-node';
import type { Cluster } from '../../src/kubernetes/client/cluster.js';

export class FakeLease {
  lease: V1Lease | null = null;
  /** Each accepted write: its holder and the resulting version. */
  readonly writes: { readonly holder: string; readonly version: string }[] = [];
  /** `down` does not answer, `deaf` accepts writes and loses the responses, `refused` answers 403. */
  network: 'up' | 'down' | 'deaf' | 'refused' = 'up';
  /** The next requests, each of which is answered with 503. */
  unavailable = 0;
  /** The requests that were answered with an error. */
  refusals = 0;
  #version = 0;
  #uid = 0;

  /** The cluster client for the code under test. */
  cluster(): Cluster {
    const coordination = {
      readNamespacedLease: () => this.#answer(() => this.#found()),
      createNamespacedLease: ({ body }: { body: V1Lease }) => this.#answer(() => this.#create(body)),
      replaceNamespacedLease: ({ body }: { body: V1Lease }) => this.#answer(() => this.#replace(body), true),
    };
    const config = { fence: null };
    return { coordination, config, server: 'https://10.0.0.1:6443' } as unknown as Cluster;
  }

  /** Another client writes, unconditionally. */
  write(spec: V1LeaseSpec): void {
    this.lease = this.#keep({
      ...this.lease,
      metadata: { ...this.lease?.metadata, uid: this.lease?.metadata?.uid ?? this.#nextUid() },
      spec,
    });
  }

  delete(): void {
    this.lease = null;
  }

  get holder(): string {
    return this.lease?.spec?.holderIdentity ?? '';
  }

  async #answer<T>(act: () => T, isWrite = false): Promise<T> {
    if (this.network === 'refused') throw this.#refusal(403, 'leases is forbidden');
    if (this.unavailable > 0) {
      this.unavailable -= 1;
      throw this.#refusal(503, 'etcdserver: leader changed');
    }
    if (this.network === 'down') return new Promise<T>(() => undefined);
    await Promise.resolve();
    const answer = act();
    return this.network === 'deaf' && isWrite ? new Promise<T>(() => undefined) : answer;
  }

  #refusal(code: number, message: string): ApiException<string> {
    this.refusals += 1;
    return new ApiException(code, message, JSON.stringify({ message }), {});
  }

  #found(): V1Lease {
    if (!this.lease) throw new ApiException(404, 'Not Found', '', {});
    return structuredCopy(this.lease);
  }

  #create(body: V1Lease): V1Lease {
    if (this.lease) throw new ApiException(409, 'AlreadyExists', '', {});
    this.lease = this.#keep({ ...body, metadata: { ...body.metadata, uid: this.#nextUid() } });
    return structuredCopy(this.lease);
  }

  #replace(body: V1Lease): V1Lease {
    const { metadata } = this.#found();
    if (body.metadata?.resourceVersion !== metadata?.resourceVersion || body.metadata?.uid !== metadata?.uid)
      throw new ApiException(409, 'Conflict', '', {});
    this.lease = this.#keep(body);
    return structuredCopy(this.lease);
  }

  #keep(body: V1Lease): V1Lease {
    this.#version += 1;
    const version = String(this.#version);
    this.writes.push({ holder: body.spec?.holderIdentity ?? '', version });
    return { ...body, metadata: { ...body.metadata, resourceVersion: version } };
  }

  #nextUid(): string {
    this.#uid += 1;
    return `uid-${this.#uid}`;
  }
}

/** Readers must not share objects with the server. */
function structuredCopy({ metadata, spec }: V1Lease): V1Lease {
  return { metadata: { ...metadata }, spec: { ...spec } };
}
