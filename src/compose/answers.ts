// Whether Milvus answers a real question: the proxy is asked which collections can be searched. Asked only while an upgrade waits for it, and once before it begins.
import type { ContainerSeen } from '../core/compose/containers.js';
import type { Answer, Health, ServiceSeen } from '../core/compose/seen.js';
import { MANAGEMENT_PORT, UsableCollections } from '../milvus/usable-collections.js';
import { toEtcdError } from '../etcd/etcd-error.js';
import type { Docker } from './docker.js';
import { addressOf } from './health.js';
import { openTunnel } from './tunnel.js';

export interface AnswersOptions {
  readonly docker: Docker;
  readonly signal: AbortSignal;
}

interface Asked {
  readonly services: readonly ServiceSeen[];
  readonly via: string;
  readonly health: Readonly<Record<string, Health>>;
  readonly isAwaited: boolean;
}

/** A proxy that is well and gives no answer so often in a row keeps this interface closed, as later versions do. */
const MOST_FAILURES = 20;
const NOT_ASKED: Answer = { state: 'unknown', because: '' };

export class Answers {
  readonly #options: AnswersOptions;
  #collections = new UsableCollections();
  #failures = 0;
  constructor(options: AnswersOptions) {
    this.#options = options;
  }

  /** What an earlier run found loaded before it began. */
  remember(wanted: readonly bigint[] | null): void {
    if (wanted) this.#collections = new UsableCollections(wanted);
  }

  /** Asks what is loaded now; null where nobody answers. */
  async readWanted(services: readonly ServiceSeen[], via: string): Promise<readonly bigint[] | null> {
    const proxy = proxyOf(services);
    if (proxy && via !== '' && !this.#collections.isKnown()) await this.#ask(proxy, via).catch(() => undefined);
    return this.#collections.wanted();
  }

  /** Never throws. */
  async read({ services, via, health, isAwaited }: Asked): Promise<Answer> {
    if (!isAwaited) return NOT_ASKED;
    const proxy = proxyOf(services);
    if (!proxy || via === '') return { state: 'not-yet', because: 'no proxy runs' };
    if (health[proxy.id]?.state !== 'ok') return { state: 'not-yet', because: `${proxy.name} is not well yet` };
    try {
      const { wanted, usable } = await this.#ask(proxy, via);
      this.#failures = 0;
      if (usable === null || usable >= wanted) return { state: 'ok', because: '' };
      return { state: 'not-yet', because: `${usable} of ${wanted} collections that were loaded can be searched` };
    } catch (error) {
      return this.#failed(toEtcdError(error).message);
    }
  }

  #failed(because: string): Answer {
    this.#failures += 1;
    const isClosed = /\b40[0-9]\b|gateway|may not read/.test(because) || this.#failures >= MOST_FAILURES;
    return isClosed ? { state: 'ok', because: '' } : { state: 'not-yet', because };
  }

  #ask(proxy: ContainerSeen, via: string): ReturnType<UsableCollections['ask']> {
    const { docker, signal } = this.#options;
    return this.#collections.ask({ dial: () => openTunnel(docker, via, addressOf(proxy), MANAGEMENT_PORT), signal });
  }
}

function proxyOf(services: readonly ServiceSeen[]): ContainerSeen | undefined {
  const speaking = services.filter((each) => each.role === 'proxy' || each.role === 'standalone');
  return speaking.flatMap((each) => each.containers).find((each) => each.state === 'running' && addressOf(each) !== '');
}
