// The write probe of a run: writes before the first change and after every upgrade, and queries in between.
import { randomBytes } from 'node:crypto';
import { probeCollection, unwritable, writesFailed, type QueryCount } from '../core/data/write-probe.js';
import type { CheckResult } from '../core/model/check-result.js';
import type { Emit } from '../core/model/event.js';
import { limited } from '../etcd/limited.js';
import type { MilvusApi } from '../milvus/api.js';
import { chooseQuery, type LightQuery } from '../milvus/light-query.js';
import { dropLeftovers, probeWrites } from '../milvus/write-probe.js';
import { interruptible, interruptionOf } from './deadline.js';
import { openApi, reasonOf, withApi, type DataSource } from './milvus-client.js';
import { QueryLoop } from './query-loop.js';

/** Before the first change, Milvus serves, so that it answers soon. */
const FIRST_MILLISECONDS = 60_000;
/** After an upgrade, for the time in which a client may still meet a component that is not ready. */
const AFTER_MILLISECONDS = 120_000;
const RETRY_MILLISECONDS = 2000;
/** A query that takes longer counts as failed. */
const QUERY_MILLISECONDS = 5000;
const WAITING_FOR = 'the write probe';

export interface WriteProbeTools {
  readonly source: Omit<DataSource, 'signal'>;
  readonly emit: Emit;
  readonly monotonic: () => number;
  readonly wait: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  readonly signal: AbortSignal;
}

export class WriteProbe {
  readonly #tools: WriteProbeTools;
  #isFirst = true;
  #queries: ProbeQueries | null = null;
  constructor(tools: WriteProbeTools) {
    this.#tools = tools;
  }

  /**
   * Before the first change; later calls do nothing. Returns the failed check if Milvus does not accept rows. That is
   * only a warning while Milvus is not ready, since this run may have to complete an upgrade that was interrupted.
   */
  async before(version: string, { isReady }: { readonly isReady: boolean }): Promise<readonly CheckResult[]> {
    const { source, signal, monotonic, emit } = this.#tools;
    if (!source.data.writeProbe || !this.#isFirst) return [];
    this.#isFirst = false;
    try {
      const query = await this.#limited(FIRST_MILLISECONDS, chooseQuery);
      await this.#write(version, monotonic() + FIRST_MILLISECONDS);
      this.#queries = new ProbeQueries(query, { ...source, signal }, monotonic);
      return [];
    } catch (error) {
      this.#throwIfInterrupted();
      if (isReady) return [unwritable(reasonOf(error))];
      const message = `Milvus is not ready, and the write probe failed before the upgrade: ${reasonOf(error)}`;
      emit({ type: 'warned', message });
      return [];
    }
  }

  /** After an upgrade. Throws UpgradeError if Milvus does not accept and find rows within two minutes. */
  async after(version: string): Promise<void> {
    const { source, monotonic, wait, signal } = this.#tools;
    if (!source.data.writeProbe) return;
    const until = monotonic() + AFTER_MILLISECONDS;
    for (;;) {
      try {
        return await this.#write(version, until);
      } catch (error) {
        this.#throwIfInterrupted();
        if (monotonic() >= until) throw writesFailed(version, reasonOf(error));
        await wait(RETRY_MILLISECONDS, signal);
      }
    }
  }

  /** Ends the queries, if they have begun. */
  async end(): Promise<void> {
    const queries = this.#queries;
    this.#queries = null;
    if (queries) this.#tools.emit({ type: 'queries-counted', queries: await queries.end() });
  }

  /** Writes once. `until` is when the written rows have to be visible. */
  async #write(version: string, until: number): Promise<void> {
    const { monotonic, wait, signal, emit } = this.#tools;
    const startedAt = monotonic();
    const name = probeCollection(randomBytes(4).toString('hex'));
    const isOver = (): boolean => monotonic() >= until;
    const waitFor = (milliseconds: number): Promise<void> => wait(milliseconds, signal);
    await this.#limited(Math.max(until - startedAt, 0) + FIRST_MILLISECONDS, async (api) => {
      await dropLeftovers(api);
      await probeWrites(name, { api, wait: waitFor, isOver });
    });
    emit({ type: 'write-probed', write: { version, tookSeconds: (monotonic() - startedAt) / 1000 } });
  }

  #limited<Result>(milliseconds: number, work: (api: MilvusApi) => Promise<Result>): Promise<Result> {
    const { source, signal } = this.#tools;
    this.#throwIfInterrupted();
    return interruptible(withApi({ ...source, signal }, milliseconds, work), { signal, waitingFor: WAITING_FOR });
  }

  #throwIfInterrupted(): void {
    const { signal } = this.#tools;
    if (signal.aborted) throw interruptionOf(signal, WAITING_FOR);
  }
}

/** The queries during the run, over a connection that is opened again after a failure. */
class ProbeQueries {
  readonly #query: LightQuery;
  readonly #source: DataSource;
  readonly #loop: QueryLoop;
  #connection = new AbortController();
  #api: MilvusApi | null = null;
  constructor(query: LightQuery, source: DataSource, monotonic: () => number) {
    this.#query = query;
    this.#source = source;
    const { signal } = source;
    this.#loop = new QueryLoop({ what: query.what, query: () => this.#send(), monotonic, signal });
  }

  async end(): Promise<QueryCount> {
    const count = await this.#loop.end();
    this.#close();
    return { ...count, lastFailure: count.lastFailure && reasonOf(new Error(count.lastFailure)) };
  }

  async #send(): Promise<void> {
    const { signal: run } = this.#source;
    const signal = AbortSignal.any([run, this.#connection.signal]);
    try {
      await limited({ milliseconds: QUERY_MILLISECONDS, signal }, async () => {
        this.#api ??= await openApi({ ...this.#source, signal });
        await this.#query.send(this.#api);
      });
    } catch (error) {
      this.#close();
      throw error;
    }
  }

  #close(): void {
    this.#connection.abort();
    this.#connection = new AbortController();
    this.#api?.close();
    this.#api = null;
  }
}
