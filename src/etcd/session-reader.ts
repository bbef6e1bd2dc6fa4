// Reads the sessions of Milvus in etcd, its health, and revokes leases, over connections that a platform opens.
import type { EtcdHealth } from '../core/checks/etcd-health.js';
import { hostOf } from '../core/lib/address.js';
import type { Session } from '../core/model/session.js';
import type { Sessions } from '../core/model/shared-observation.js';
import type { Connection } from './connect.js';
import { SessionWatch } from './session-watch.js';
import { readSessions } from './sessions.js';

export interface SessionReaderOptions {
  readonly signal: AbortSignal;
  /** Called when the result of `read` has changed. Must not throw. */
  readonly onChange: () => void;
}

/** Throws if the lock is lost. */
type Prove = () => Promise<unknown>;

export abstract class SessionReader {
  readonly #reader: SessionReaderOptions;
  #watch: SessionWatch | null = null;
  constructor(options: SessionReaderOptions) {
    this.#reader = options;
  }

  /** Opens a new connection. Throws EtcdError. */
  protected abstract open(signal: AbortSignal): Promise<Connection>;

  /** Resolves when the sessions are watched or cannot be watched. Never throws. */
  async startWatch(): Promise<void> {
    this.#watch ??= new SessionWatch({ open: (signal) => this.open(signal), onChange: this.#reader.onChange });
    await this.#watch.start();
  }

  /**
   * Undefined if no watch was started. While the watch is broken the sessions are unknown: the last observed ones may
   * have expired.
   */
  read(): Sessions | undefined {
    if (!this.#watch) return undefined;
    const list = this.#watch.isCurrent() ? this.#watch.sessions() : null;
    return list === null ? { list: null, why: this.#watch.why() } : { list };
  }

  /** Throws EtcdError. */
  async health(): Promise<EtcdHealth> {
    return (await this.open(this.#reader.signal)).client.health();
  }

  /** Revokes the leases of the sessions with these addresses. `prove` throws if the lock is lost. Throws EtcdError. */
  revoke(addresses: readonly string[], prove: Prove): Promise<void> {
    return this.#revoke(({ address }) => addresses.includes(hostOf(address)), prove);
  }

  /** Revokes the leases of exactly these sessions: not of a process that has the same key or address by now. */
  revokeSessions(sessions: readonly Pick<Session, 'key' | 'serverId' | 'address'>[], prove: Prove): Promise<void> {
    const isOne = ({ key, serverId, address }: Session): boolean =>
      sessions.some((one) => one.key === key && one.serverId === serverId && one.address === address);
    return this.#revoke(isOne, prove);
  }

  async #revoke(isOver: (session: Session) => boolean, prove: Prove): Promise<void> {
    const { client, found, sessionPrefix } = await this.open(this.#reader.signal);
    const over = readSessions(found.pairs, sessionPrefix).filter(isOver);
    const leases = new Set(over.map(({ key }) => found.pairs.find((pair) => pair.key === key)?.lease ?? '0'));
    for (const lease of [...leases].filter((id) => id !== '0')) {
      await prove();
      await client.revoke(lease);
    }
  }

  /** Stops the watch. `startWatch` starts a new one. */
  stop(): void {
    this.#watch?.stop();
    this.#watch = null;
  }
}
