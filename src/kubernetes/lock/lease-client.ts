// Requests for the Lease of a release. Each one ends within a few seconds, independent of the API server and the
// network.
import {
  Observable,
  V1MicroTime,
  type ConfigurationOptions,
  type RequestContext,
  type V1Lease,
  type V1LeaseSpec,
} from '@kubernetes/client-node';
import { leaseName, type LeaseRecord } from '../../core/model/lock.js';
import type { Cluster } from '../client/cluster.js';
import { apiError, isStatus } from '../client/api-error.js';

/** A third of the lease time that is available for renewals. */
const REQUEST_MILLISECONDS = 5_000;

export interface LeaseClientOptions {
  readonly cluster: Cluster;
  readonly namespace: string;
  readonly release: string;
}

export class LeaseClient {
  readonly name: string;
  readonly #options: LeaseClientOptions;
  constructor(options: LeaseClientOptions) {
    this.#options = options;
    this.name = leaseName(options.release);
  }

  /** Null when it does not exist. */
  async read(milliseconds = REQUEST_MILLISECONDS): Promise<V1Lease | null> {
    const { cluster, namespace } = this.#options;
    try {
      return await within(milliseconds, (options) =>
        cluster.coordination.readNamespacedLease({ name: this.name, namespace }, options),
      );
    } catch (error) {
      if (isStatus(error, 404)) return null;
      throw this.#failed(error, 'get');
    }
  }

  /** Null when another process created it first. */
  async create(spec: V1LeaseSpec): Promise<V1Lease | null> {
    const { cluster, namespace } = this.#options;
    const body = { metadata: { name: this.name }, spec };
    try {
      return await within(REQUEST_MILLISECONDS, (options) =>
        cluster.coordination.createNamespacedLease({ namespace, body }, options),
      );
    } catch (error) {
      if (isStatus(error, 409)) return null;
      throw this.#failed(error, 'create');
    }
  }

  /** Replaces exactly this version of the Lease. Null if there is another version, or none. */
  async replace(known: V1Lease, spec: V1LeaseSpec, milliseconds = REQUEST_MILLISECONDS): Promise<V1Lease | null> {
    const { cluster, namespace } = this.#options;
    // Without a resourceVersion the API server would accept the update unconditionally.
    if (!known.metadata?.resourceVersion) return null;
    const body = { ...known, spec: { ...known.spec, ...spec } };
    try {
      return await within(milliseconds, (options) =>
        cluster.coordination.replaceNamespacedLease({ name: this.name, namespace, body }, options),
      );
    } catch (error) {
      if (isStatus(error, 409) || isStatus(error, 404)) return null;
      throw this.#failed(error, 'update');
    }
  }

  #failed(error: unknown, verb: string): unknown {
    return apiError(error, `${verb} leases.coordination.k8s.io`, this.#options.cluster.server);
  }
}

export function recordOf({ metadata, spec }: V1Lease): LeaseRecord {
  return {
    uid: metadata?.uid ?? '',
    resourceVersion: metadata?.resourceVersion ?? '',
    holder: typeof spec?.holderIdentity === 'string' ? spec.holderIdentity : '',
    renewTime: timeOf(spec?.renewTime),
    durationSeconds: Number(spec?.leaseDurationSeconds ?? Number.NaN),
  };
}

/** In milliseconds: the server keeps more digits than a Date has. */
export function timeOf(time: Date | undefined): string {
  const date = new Date(time ?? Number.NaN);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString();
}

/** Informational, for users who read the Lease: no decision depends on it. */
export function timeNow(): V1MicroTime {
  return new V1MicroTime(Date.now());
}

/** Ends the request, and the wait for it, after this time. */
async function within<T>(milliseconds: number, request: (options: ConfigurationOptions) => Promise<T>): Promise<T> {
  const late = new AbortController();
  const pre = (context: RequestContext): Observable<RequestContext> => {
    context.setSignal(late.signal);
    return new Observable(Promise.resolve(context));
  };
  const options: ConfigurationOptions = {
    middleware: [{ pre, post: (response) => new Observable(Promise.resolve(response)) }],
    middlewareMergeStrategy: 'append',
  };
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = new Error(`no answer within ${milliseconds / 1000} s`);
      late.abort(error);
      reject(error);
    }, milliseconds);
  });
  try {
    return await Promise.race([request(options), timeout]);
  } finally {
    clearTimeout(timer);
  }
}

/** Returns when the work has ended, or after this time. The work must not reject. */
export async function settledWithin(milliseconds: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([work, new Promise((resolve) => (timer = setTimeout(resolve, milliseconds)))]);
  clearTimeout(timer);
}
