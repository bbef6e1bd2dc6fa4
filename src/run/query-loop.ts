// Queries Milvus twice a second, and counts how many queries succeed and for how long none does.
import { setTimeout as sleep } from 'node:timers/promises';
import type { QueryCount } from '../core/data/write-probe.js';

export interface Queries {
  readonly what: string;
  /** Throws if the query fails. */
  readonly query: () => Promise<void>;
  readonly monotonic: () => number;
  /** A query that is cancelled does not count. */
  readonly signal: AbortSignal;
}

const INTERVAL_MILLISECONDS = 500;

export class QueryLoop {
  readonly #queries: Queries;
  readonly #ended = new AbortController();
  readonly #loop: Promise<void>;
  #calls = 0;
  #failed = 0;
  #lastFailure = '';
  #longestGap = 0;
  #lastSuccess: number;
  /** Begins immediately. */
  constructor(queries: Queries) {
    this.#queries = queries;
    this.#lastSuccess = queries.monotonic();
    this.#loop = this.#run();
  }

  /** Waits for the query that is being sent. */
  async end(): Promise<QueryCount> {
    this.#ended.abort();
    await this.#loop;
    // The time since the last success counts as well: it may be the longest.
    this.#measureGap();
    return {
      what: this.#queries.what,
      calls: this.#calls,
      failed: this.#failed,
      longestGapSeconds: this.#longestGap / 1000,
      lastFailure: this.#lastFailure,
    };
  }

  async #run(): Promise<void> {
    const signal = AbortSignal.any([this.#ended.signal, this.#queries.signal]);
    while (!signal.aborted) {
      const next = sleep(INTERVAL_MILLISECONDS, undefined, { signal }).catch(() => undefined);
      await this.#queryOnce();
      await next;
    }
  }

  async #queryOnce(): Promise<void> {
    const { query, monotonic, signal } = this.#queries;
    try {
      await query();
      this.#calls += 1;
      this.#measureGap();
      this.#lastSuccess = monotonic();
    } catch (error) {
      if (signal.aborted) return;
      this.#calls += 1;
      this.#failed += 1;
      this.#lastFailure = error instanceof Error ? error.message : String(error);
    }
  }

  #measureGap(): void {
    this.#longestGap = Math.max(this.#longestGap, this.#queries.monotonic() - this.#lastSuccess);
  }
}
