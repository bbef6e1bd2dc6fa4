// The sessions of Milvus in etcd, kept current: read once, then watched, and read anew where the watch broke. Waiting costs no request.
import type { Session } from '../core/session.js';
import type { EtcdClient, Found } from './etcd-client.js';
import { EtcdError, toEtcdError } from './etcd-error.js';
import { readSessions } from './sessions.js';

const RETRY_MILLISECONDS = [500, 1000, 2000, 5000, 10_000, 30_000];
/** A watch that lasted so long was sound: the next failure counts as the first one. */
const SOUND_MILLISECONDS = 10_000;

/** A way to etcd that has answered once. */
export interface Connection {
  /** The name of the endpoint, such as `my-etcd:2379`. */
  readonly endpoint: string;
  readonly client: EtcdClient;
  readonly found: Found;
}

export interface SessionWatchOptions {
  /** Logs in and reads what is below the prefix. Throws EtcdError. */
  readonly open: (signal: AbortSignal) => Promise<Connection>;
  /** What every key of a session begins with, such as `by-dev/meta/session/`. */
  readonly sessionPrefix: string;
  /** Something changed in what `sessions`, `isCurrent` or `why` tell. Must not throw. */
  readonly onChange: () => void;
}

export class SessionWatch {
  readonly #options: SessionWatchOptions;
  readonly #end = new AbortController();
  readonly #values = new Map<string, string>();
  #sessions: readonly Session[] | null = null;
  #isCurrent = false;
  #why = 'etcd was not asked yet';
  #failures = 0;
  #retry: NodeJS.Timeout | null = null;
  #started: Promise<void> | null = null;
  constructor(options: SessionWatchOptions) {
    this.#options = options;
  }

  /** Ends when the sessions are there and watched, or the first try has failed. Never throws: `why` tells. */
  start(): Promise<void> {
    this.#started ??= new Promise((resolve) => void this.#run(resolve));
    return this.#started;
  }

  /** The last that were seen; null while none ever were. */
  sessions(): readonly Session[] | null {
    return this.#sessions;
  }

  /** False while the watch is broken: what is seen may be old by now. */
  isCurrent(): boolean {
    return this.#isCurrent;
  }

  /** Why the sessions cannot be seen, or not any more, and what to do; empty while they can. */
  why(): string {
    return this.#why;
  }

  stop(): void {
    this.#end.abort();
    if (this.#retry) clearTimeout(this.#retry);
    this.#isCurrent = false;
    this.#why = 'etcd is no longer asked';
  }

  /** One connection from its beginning to its end, and the next one after a while. */
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
    const { open, sessionPrefix } = this.#options;
    let lost = '';
    try {
      const { client, found, endpoint } = await open(this.#end.signal);
      this.#take(found);
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
          this.#tell();
        },
      });
    } catch (error) {
      const { message, isFinal } = toEtcdError(error);
      return new EtcdError(`${lost}${message}`, { isFinal, cause: error });
    }
  }

  #take({ pairs }: Connection['found']): void {
    this.#values.clear();
    for (const { key, value } of pairs) this.#values.set(key, value);
    this.#tell();
  }

  #tell(): void {
    if (this.#end.signal.aborted) return;
    const pairs = [...this.#values].map(([key, value]) => ({ key, value }));
    this.#sessions = readSessions(pairs, this.#options.sessionPrefix);
    this.#options.onChange();
  }

  #set(isCurrent: boolean, why: string): void {
    this.#isCurrent = isCurrent;
    this.#why = why;
    this.#options.onChange();
  }
}
