// Queries the proxy for the collections that can be searched, to find out whether Milvus serves. Only while an upgrade
// waits for it, and once before it begins.
import type { Duplex } from 'node:stream';
import type { ContainerObservation } from '../../core/compose/containers.js';
import type { Emit } from '../../core/model/event.js';
import type { Answer, Health, ServiceObservation } from '../../core/compose/observation.js';
import { unknownLoaded } from '../../milvus/loaded-warning.js';
import { MANAGEMENT_PORT, UsableCollections } from '../../milvus/usable-collections.js';
import { toEtcdError } from '../../etcd/etcd-error.js';
import type { Docker } from '../docker/docker.js';
import { addressOf } from './health.js';
import { openTunnel } from '../docker/tunnel.js';

export interface AnswersOptions {
  readonly docker: Docker;
  readonly signal: AbortSignal;
  readonly emit: Emit;
}

interface EtcdRequest {
  readonly services: readonly ServiceObservation[];
  readonly via: string;
  readonly health: Readonly<Record<string, Health>>;
  readonly isAwaited: boolean;
}

/**
 * After this many consecutive failed requests to a healthy proxy, this interface is considered disabled, as in later
 * versions.
 */
const MAX_FAILURES = 20;
const NOT_CHECKED: Answer = { state: 'unknown', reason: '' };

export class Answers {
  readonly #options: AnswersOptions;
  #collections = new UsableCollections();
  #failures = 0;
  #isWarned = false;
  constructor(options: AnswersOptions) {
    this.#options = options;
  }

  /** Sets the collections that an earlier run found loaded before it began. */
  remember(desired: readonly bigint[] | null): void {
    if (desired) this.#collections = new UsableCollections(desired);
  }

  /** Queries which collections are loaded now; null if there is no response. */
  async readDesired(services: readonly ServiceObservation[], via: string): Promise<readonly bigint[] | null> {
    const proxy = proxyOf(services);
    if (proxy && via !== '' && !this.#collections.isKnown()) await this.#sendRequest(proxy, via).catch(() => undefined);
    return this.#collections.desired();
  }

  /** Opens a connection to this port of the proxy. */
  dial(services: readonly ServiceObservation[], via: string, port: number): Promise<Duplex> {
    const proxy = proxyOf(services);
    if (!proxy || via === '') return Promise.reject(new Error('no container that clients can connect to is running'));
    return openTunnel(this.#options.docker, via, addressOf(proxy), port);
  }

  /** Never throws. */
  async read({ services, via, health, isAwaited }: EtcdRequest): Promise<Answer> {
    if (!isAwaited) return NOT_CHECKED;
    const proxy = proxyOf(services);
    if (!proxy || via === '') return { state: 'not-yet', reason: 'no proxy is running' };
    if (health[proxy.id]?.state !== 'ok') return { state: 'not-yet', reason: `${proxy.name} is not healthy yet` };
    try {
      const { desired, usable } = await this.#sendRequest(proxy, via);
      this.#failures = 0;
      if (usable === null || usable >= desired) return { state: 'ok', reason: '' };
      return {
        state: 'not-yet',
        reason: `${usable} of ${desired} collections that were loaded before can be searched`,
      };
    } catch (error) {
      return this.#failed(toEtcdError(error).message);
    }
  }

  #failed(reason: string): Answer {
    this.#failures += 1;
    const isClosed = /\b40[0-9]\b|gateway|not allowed to read/.test(reason) || this.#failures >= MAX_FAILURES;
    if (!isClosed) return { state: 'not-yet', reason };
    if (!this.#isWarned) this.#options.emit({ type: 'warned', message: unknownLoaded(reason) });
    this.#isWarned = true;
    return { state: 'ok', reason: '' };
  }

  #sendRequest(proxy: ContainerObservation, via: string): ReturnType<UsableCollections['sendRequest']> {
    const { docker, signal } = this.#options;
    return this.#collections.sendRequest({
      dial: () => openTunnel(docker, via, addressOf(proxy), MANAGEMENT_PORT),
      signal,
    });
  }
}

function proxyOf(services: readonly ServiceObservation[]): ContainerObservation | undefined {
  const proxies = services.filter((service) => service.role === 'proxy' || service.role === 'standalone');
  return proxies
    .flatMap((service) => service.containers)
    .find((container) => container.state === 'running' && addressOf(container) !== '');
}
