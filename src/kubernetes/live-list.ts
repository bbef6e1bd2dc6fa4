// A list of Kubernetes objects that stays current: listed once, then watched, with bookmarks, resumed where it broke. Reading it costs no request.
import { ListWatch, type KubernetesListObject, type KubernetesObject } from '@kubernetes/client-node';
import { UpgradeError } from '../core/errors.js';
import { interruptible, NO_LIMIT, pause } from '../deadline.js';
import { apiError } from './api-error.js';
import type { LoginConfig } from './login-config.js';
import { CheckedWatch } from './transport/checked-watch.js';

const RETRY_MILLISECONDS = [500, 1000, 2000, 5000, 10_000, 30_000];
/** A watch that is denied so often within this time will not be granted by itself. */
const MOST_DENIALS = 4;
const DENIAL_MILLISECONDS = 60_000;
/** The first list may fail so often before the run gives up. */
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

  /** Throws UpgradeError when the login was lost for good: what was seen before grows old, and nobody would notice. */
  items(): readonly T[] {
    if (this.#denied) throw this.#denied;
    return this.#watch?.list() ?? [];
  }

  /** False while the watch is broken: what is seen may be old by now. */
  isCurrent(): boolean {
    return !this.#isLost;
  }

  /**
   * Whether something may be missing that was there at this time (of `performance.now()`): the watch is broken, or the list was requested before.
   * Events do not count: after the process was stopped those of an earlier time are still to be read.
   */
  isOlderThan(monotonic: number): boolean {
    return this.#isLost || this.#listedAt < monotonic;
  }

  /** Lists anew and watches from there: afterwards nothing is older than this call. Throws what the API says when it says no, or after some tries, and the interruption. */
  async refresh(signal = NO_LIMIT): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      const failure = await this.#begin(signal);
      if (failure === null) return;
      if (isDenial(failure) || tries === FIRST_TRIES) throw failure;
      await pause(RETRY_MILLISECONDS[tries] ?? 0, signal);
    }
  }

  stop(): void {
    // Ending a watch breaks its connection, which is no loss.
    this.#stopped = true;
    if (this.#retry) clearTimeout(this.#retry);
    void this.#watch?.stop();
  }

  /** The first failure, or null when the list is there and the watch runs. */
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

  /** What was seen stays seen; the watch goes on from the last version it knew, and lists anew when that is too old. */
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
    if (this.#denials.length < MOST_DENIALS) return;
    const { config, path, onChange } = this.#options;
    const meaning = apiError(error, `watch ${path.split('/').at(-1) ?? ''}`, config.getCurrentCluster()?.server ?? '');
    this.#denied = meaning instanceof Error ? meaning : error;
    onChange();
  }
}

/** The server knows the login no longer, or a plugin gives none. */
function isDenial(error: Error): boolean {
  const { statusCode, code } = error as { statusCode?: unknown; code?: unknown };
  return error instanceof UpgradeError || [401, 403].includes((statusCode ?? code) as number);
}
