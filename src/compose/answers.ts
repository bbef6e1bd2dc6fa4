// Whether Milvus answers a real question: the proxy is asked which collections can be searched. Asked only while an upgrade waits for it, and once before it begins.
import type { ContainerObservation } from '../core/compose/containers.js';
import type { Answer, Health, ServiceObservation } from '../core/compose/seen.js';
import { MANAGEMENT_PORT, UsableCollections } from '../milvus/usable-collections.js';
import { toEtcdError } from '../etcd/etcd-error.js';
import type { Docker } from './docker.js';
import { addressOf } from './health.js';
import { openTunnel } from './tunnel.js';

export interface AnswersOptions {
  readonly docker: Docker;
  readonly signal: AbortSignal;
}

interface EtcdRequest {
  readonly services: readonly ServiceObservation[];
  readonly via: string;
  readonly health: Readonly<Record<string, Health>>;
  readonly isAwaited: boolean;
}

/** A proxy that is well and gives no answer so often in a row keeps this interface closed, as later versions do. */
const MOST_FAILURES = 20;
const NOT_CHECKED: Answer = { state: 'unknown', reason: '' };

export class Answers {
  readonly #options: AnswersOptions;
  #collections = new UsableCollections();
  #failures = 0;
  constructor(options: AnswersOptions) {
    this.#options = options;
  }

  /** What an earlier run found loaded before it began. */
  remember(desired: readonly bigint[] | null): void {
    if (desired) this.#collections = new UsableCollections(desired);
  }

  /** Asks what is loaded now; null where nobody answers. */
  async readDesired(services: readonly ServiceObservation[], via: string): Promise<readonly bigint[] | null> {
    const proxy = proxyOf(services);
    if (proxy && via !== '' && !this.#collections.isKnown()) await this.#sendRequest(proxy, via).catch(() => undefined);
    return this.#collections.desired();
  }

  /** Never throws. */
  async read({ services, via, health, isAwaited }: EtcdRequest): Promise<Answer> {
    if (!isAwaited) return NOT_CHECKED;
    const proxy = proxyOf(services);
    if (!proxy || via === '') return { state: 'not-yet', reason: 'no proxy runs' };
    if (health[proxy.id]?.state !== 'ok') return { state: 'not-yet', reason: `${proxy.name} is not well yet` };
    try {
      const { desired, usable } = await this.#sendRequest(proxy, via);
      this.#failures = 0;
      if (usable === null || usable >= desired) return { state: 'ok', reason: '' };
      return { state: 'not-yet', reason: `${usable} of ${desired} collections that were loaded can be searched` };
    } catch (error) {
      return this.#failed(toEtcdError(error).message);
    }
  }

  #failed(reason: string): Answer {
    this.#failures += 1;
    const isClosed = /\b40[0-9]\b|gateway|may not read/.test(reason) || this.#failures >= MOST_FAILURES;
    return isClosed ? { state: 'ok', reason: '' } : { state: 'not-yet', reason };
  }

  #sendRequest(proxy: ContainerObservation, via: string): ReturnType<UsableCollections['sendRequest']> {
    const { docker, signal } = this.#options;
    return this.#collections.sendRequest({ dial: () => openTunnel(docker, via, addressOf(proxy), MANAGEMENT_PORT), signal });
  }
}

function proxyOf(services: readonly ServiceObservation[]): ContainerObservation | undefined {
  const speaking = services.filter((each) => each.role === 'proxy' || each.role === 'standalone');
  return speaking.flatMap((each) => each.containers).find((each) => each.state === 'running' && addressOf(each) !== '');
}
