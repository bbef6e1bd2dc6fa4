// Keeps the sessions of Milvus in etcd current: reads them once, watches them, and reads them again after the watch is
// lost. Waiting needs no requests.
import type { Session } from '../core/model/session.js';
import type { Connection } from './connect.js';
import { EtcdError, toEtcdError } from './etcd-error.js';
import { readSessions } from './sessions.js';

const RETRY_MILLISECONDS = [500, 1000, 2000, 5000, 10_000, 30_000];
/** A watch that lasted longer than this resets the count of failures. */
const SOUND_MILLISECONDS = 10_000;

export interface SessionWatchOptions {
  /** Authenticates and reads all keys with the prefix. Throws EtcdError. */
  readonly open: (signal: AbortSignal) => Promise<Connection>;
  /** Called when the result of `sessions`, `isCurrent` or `why` has changed. Must not throw. */
  readonly onChange: () => void;
}

export class SessionWatch {
  readonly #options: SessionWatchOptions;
  readonly #end = new AbortController();
  readonly #values = new Map<string, string>();
  #sessions: readonly Session[] | null = null;
  #isCurrent = false;
  #why = 'etcd was not queried yet';
  #failures = 0;
  #retry: NodeJS.Timeout | null = null;
  #started: Promise<void> | null = null;
  constructor(options: SessionWatchOptions) {
    this.#options = options;
  }

  /**
   * Resolves when the sessions are read and watched, or the first attempt has failed. Never throws: `why` has the
   * reason.
   */
  start(): Promise<void> {
    this.#started ??= new Promise((resolve) => void this.#run(resolve));
    return this.#started;
  }

  /** The last observed sessions; null if they were never read. */
  sessions(): readonly Session[] | null {
    return this.#sessions;
  }

  /** False while the watch is lost: the sessions may be outdated. */
  isCurrent(): boolean {
    return this.#isCurrent;
  }

  /** Why the sessions cannot be read, or not any more, and what to do; empty while they are current. */
  why(): string {
    return this.#why;
  }

  stop(): void {
    this.#end.abort();
    if (this.#retry) clearTimeout(this.#retry);
    this.#isCurrent = false;
    this.#why = 'the watch of etcd was stopped';
  }

  /** Handles one connection from start to end, and schedules the next one. */
  async #run(settled: () => void): Promise<void> {
    let openedAt = Number.POSITIVE_INFINITY;
    const error = await this.#follow(() => {
      openedAt = Date.now();
      this.#set(true, '');
      settled();
    });
    if (this.#end.signal.aborted) return settled();
    if (Date.now() - openedAt > SOUND_MILLISECONDS) this.#failures = 0;
    this.#set(false, error.message);
    settled();
    if (error.isFinal) return;
    const wait = RETRY_MILLISECONDS[Math.min(this.#failures, RETRY_MILLISECONDS.length - 1)] ?? 0;
    this.#failures += 1;
    this.#retry = setTimeout(() => void this.#run(() => undefined), wait);
  }

  async #follow(onOpen: () => void): Promise<EtcdError> {
    let lost = '';
    try {
      const { client, found, endpoint, sessionPrefix } = await this.#options.open(this.#end.signal);
      this.#values.clear();
      for (const { key, value } of found.pairs) this.#values.set(key, value);
      this.#notify(sessionPrefix);
      lost = `etcd ${endpoint} cannot be watched: `;
      return await client.watch({
        prefix: sessionPrefix,
        after: found.revision,
        onOpen,
        onChange: (changes) => {
          for (const { key, value } of changes) {
            if (value === null) this.#values.delete(key);
            else this.#values.set(key, value);
          }
          this.#notify(sessionPrefix);
        },
      });
    } catch (error) {
      const { message, isFinal } = toEtcdError(error);
      return new EtcdError(`${lost}${message}`, { isFinal, cause: error });
    }
  }

  #notify(sessionPrefix: string): void {
    if (this.#end.signal.aborted) return;
    const pairs = [...this.#values].map(([key, value]) => ({ key, value }));
    this.#sessions = readSessions(pairs, sessionPrefix);
    this.#options.onChange();
  }

  #set(isCurrent: boolean, why: string): void {
    this.#isCurrent = isCurrent;
    this.#why = why;
    this.#options.onChange();
  }
}
