// A list of Kubernetes objects that stays current: listed once, then watched with bookmarks, and resumed after an
// interruption. Reading it costs no request.
import { ListWatch, type KubernetesListObject, type KubernetesObject } from '@kubernetes/client-node';
import { UpgradeError } from '../../core/model/error.js';
import { interruptible, NO_LIMIT, pause } from '../../run/deadline.js';
import { apiError } from './api-error.js';
import type { LoginConfig } from './login-config.js';
import { CheckedWatch } from './transport/checked-watch.js';

const RETRY_MILLISECONDS = [500, 1000, 2000, 5000, 10_000, 30_000];
/** A watch that is denied this many times within this time is considered permanently denied. */
const MAX_DENIALS = 4;
const DENIAL_MILLISECONDS = 60_000;
/** The first list may fail this many times before the run fails. */
const FIRST_TRIES = 3;

export interface LiveListOptions<T extends KubernetesObject> {
  readonly config: LoginConfig;
  readonly path: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly list: () => Promise<KubernetesListObject<T>>;
  readonly onChange: () => void;
  readonly onLost: (why: string) => void;
}

export class LiveList<T extends KubernetesObject> {
  readonly #options: LiveListOptions<T>;
  #watch: ListWatch<T> | null = null;
  #retry: NodeJS.Timeout | null = null;
  #failures = 0;
  #isLost = false;
  #listedAt = Number.NEGATIVE_INFINITY;
  #denials: readonly number[] = [];
  #denied: Error | null = null;
  #stopped = false;
  constructor(options: LiveListOptions<T>) {
    this.#options = options;
  }

  /** Throws UpgradeError if the login was lost permanently: the list would silently become outdated. */
  items(): readonly T[] {
    if (this.#denied) throw this.#denied;
    return this.#watch?.list() ?? [];
  }

  /** False while the watch is interrupted: the list may be outdated. */
  isCurrent(): boolean {
    return !this.#isLost;
  }

  /**
   * Whether something that existed at this time (of `performance.now()`) may be missing: the watch is interrupted, or
   * the list was requested before. Received events do not count: after the process was stopped, earlier events may
   * still be unread.
   */
  isOlderThan(monotonic: number): boolean {
    return this.#isLost || this.#listedAt < monotonic;
  }

  /**
   * Lists again and watches from there: afterwards, nothing is older than this call. Throws the API error if denied or
   * after several attempts, and the interruption.
   */
  async refresh(signal = NO_LIMIT): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      const failure = await this.#begin(signal);
      if (failure === null) return;
      if (isDenial(failure) || tries === FIRST_TRIES) throw failure;
      await pause(RETRY_MILLISECONDS[tries] ?? 0, signal);
    }
  }

  stop(): void {
    // Ending a watch closes its connection, which is not a failure.
    this.#stopped = true;
    if (this.#retry) clearTimeout(this.#retry);
    void this.#watch?.stop();
  }

  /** The first failure, or null when the list is complete and the watch is active. */
  async #begin(signal: AbortSignal): Promise<Error | null> {
    const { config, path, labelSelector, fieldSelector, list } = this.#options;
    const failures: Error[] = [];
    const requestedAt = performance.now();
    let started = false;
    const onOpen = (): void => {
      this.#isLost = false;
    };
    const fresh = new ListWatch<T>(path, new CheckedWatch(config, onOpen), list, false, labelSelector, fieldSelector);
    fresh.on('change', () => {
      if (started) this.#changed();
    });
    fresh.on('error', (error: unknown) => {
      const failure = error instanceof Error ? error : new Error(String(error));
      if (started) this.#lost(fresh, failure);
      else failures.push(failure);
    });
    await interruptible(fresh.start(), { signal }).catch((error: unknown) => failures.unshift(error as Error));
    const [failure = null] = failures;
    if (failure) {
      await fresh.stop();
      return failure;
    }
    started = true;
    this.stop();
    this.#watch = fresh;
    this.#listedAt = requestedAt;
    this.#stopped = false;
    this.#changed();
    return null;
  }

  #changed(): void {
    this.#failures = 0;
    this.#options.onChange();
  }

  /**
   * Keeps the observed objects; the watch resumes from the last known version, and lists again if that version is too
   * old.
   */
  #lost(watch: ListWatch<T>, error: Error): void {
    if (this.#stopped || watch !== this.#watch) return;
    const wait = RETRY_MILLISECONDS[Math.min(this.#failures, RETRY_MILLISECONDS.length - 1)] ?? 0;
    this.#failures += 1;
    this.#isLost = true;
    this.#options.onLost(error.message.split('\n', 1).join(''));
    if (isDenial(error)) this.#countDenial(error);
    this.#retry = setTimeout(() => void watch.start(), wait);
  }

  #countDenial(error: Error): void {
    const now = Date.now();
    this.#denials = [...this.#denials.filter((at) => at > now - DENIAL_MILLISECONDS), now];
    if (this.#denials.length < MAX_DENIALS) return;
    const { config, path, onChange } = this.#options;
    const meaning = apiError(error, `watch ${path.split('/').at(-1) ?? ''}`, config.getCurrentCluster()?.server ?? '');
    this.#denied = meaning instanceof Error ? meaning : error;
    onChange();
  }
}

/** The server no longer accepts the login, or the plugin returns none. */
function isDenial(error: Error): boolean {
  const { statusCode, code } = error as { statusCode?: unknown; code?: unknown };
  return error instanceof UpgradeError || [401, 403].includes((statusCode ?? code) as number);
}
