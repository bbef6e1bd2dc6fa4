// The lock of a project while this run holds it. Before each write the daemon is queried for the lock container; once
// it does not belong to this run, the lock is lost permanently.
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { toProblem, type UpgradeError } from '../../core/model/error.js';
import { lockLost, millisecondsSince, type Instant } from '../../core/model/lock.js';
import { getList, getRecord, getString, recordAt, stringAt } from '../../core/lib/json.js';
import type { Docker, DockerCall } from '../docker/docker.js';

export const RUN_LABEL = 'milvus-upgrade/run';
const RELEASE_MILLISECONDS = 5_000;
/** A verification is valid for writes within this time: no other run can complete its checks that quickly. */
const PROOF_MILLISECONDS = 1_000;
/** The verification is retried if the daemon is busy. */
const PROOF_TRIES = 3;
const RETRY_MILLISECONDS = 1_000;
/** While a run only waits, the container is checked this often. */
const CHECK_MILLISECONDS = 10_000;

export interface LockContainer {
  /** The name of the container. */
  readonly name: string;
  /** Throws `lock-lost` once the lock is known to be lost. */
  assertNotLost(): void;
  /**
   * Verifies that the container exists, belongs to this run and runs. Returns a signal that is aborted when it ends.
   * Throws `lock-lost`, and so does every later call.
   */
  prove(): Promise<AbortSignal>;
  /**
   * For a run that waits: throws `lock-lost` if the container was removed, replaced or paused. What is read through a
   * paused container has no answer. A daemon that does not respond does not end a wait.
   */
  check(): Promise<void>;
  /** Also works after a cancellation; may be called twice. */
  release(): Promise<void>;
}

export interface HeldLockContainerOptions {
  readonly docker: Docker;
  readonly project: string;
  /** Unique to this run. */
  readonly run: string;
  readonly onLost?: () => void;
}

export interface Other {
  /** Empty if the container no longer exists. */
  readonly id: string;
  readonly run: string;
  readonly state: string;
  readonly since: string;
}

export async function readOther(docker: Docker, name: string, call: DockerCall = {}): Promise<Other> {
  const found: unknown = JSON.parse(
    (await docker.run(['inspect', '--type', 'container', name], { ...call, allowFailure: true })).trim() || '[]',
  );
  const container = getRecord(getList(found)[0]);
  return {
    id: stringAt(container, 'Id'),
    run: getString(recordAt(container, 'Config.Labels')[RUN_LABEL]) || `the container ${name}`,
    state: stringAt(container, 'State.Status'),
    since: stringAt(container, 'Created').replace(/\.\d+Z$/, 'Z'),
  };
}

function now(): Instant {
  return { monotonic: performance.now(), wall: Date.now() };
}

export class HeldLockContainer implements LockContainer {
  readonly name: string;
  readonly #options: HeldLockContainerOptions;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #closed: Promise<void>;
  readonly #end = new AbortController();
  #isGone = false;
  #isReleased = false;
  #lost: UpgradeError | null = null;
  #proven: Instant | null = null;
  constructor(
    options: HeldLockContainerOptions,
    { name, child }: { readonly name: string; readonly child: ChildProcessWithoutNullStreams },
  ) {
    this.name = name;
    this.#options = options;
    this.#child = child;
    this.#closed = new Promise((resolve) => child.once('close', () => resolve()));
    void this.#closed.then(() => {
      this.#isGone = true;
      this.#lose(this.#isReleased ? 'it was released' : `the connection to the container ${name} ended`);
    });
    // The output is not used any more, but an unread pipe would never close.
    child.stdout.resume();
  }

  assertNotLost(): void {
    if (this.#lost) throw this.#lost;
  }

  async prove(): Promise<AbortSignal> {
    for (let tries = 1; ; tries += 1) {
      this.assertNotLost();
      if (this.#isProvenWithin(PROOF_MILLISECONDS)) return this.#end.signal;
      const isAnswered = await this.#verify(tries === PROOF_TRIES);
      if (!isAnswered) await new Promise((resolve) => setTimeout(resolve, RETRY_MILLISECONDS));
    }
  }

  async check(): Promise<void> {
    this.assertNotLost();
    if (this.#isProvenWithin(CHECK_MILLISECONDS)) return;
    await this.#verify(false);
    this.assertNotLost();
  }

  async release(): Promise<void> {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.#child.stdin.end();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, RELEASE_MILLISECONDS)));
    await Promise.race([this.#closed, late]);
    clearTimeout(timer);
    if (this.#isGone) return;
    this.#child.kill('SIGKILL');
    const { docker, run } = this.#options;
    const call = { allowFailure: true, unfenced: true, signal: new AbortController().signal, timeoutSeconds: 30 };
    const found = await readOther(docker, this.name, call);
    // The name may already belong to the lock of another run.
    if (found.run === run) await docker.run(['rm', '--force', found.id], call);
  }

  #isProvenWithin(milliseconds: number): boolean {
    return this.#proven !== null && millisecondsSince(this.#proven, now()) < milliseconds;
  }

  /** Records the proof or the loss of the lock. False if the daemon did not respond. */
  async #verify(isLast: boolean): Promise<boolean> {
    const sent = now();
    const why = await this.#whyUnproven(isLast);
    if (why === '') this.#proven = sent;
    else if (why !== null) this.#lose(why);
    return why !== null;
  }

  /**
   * Why the lock is lost; empty if it is verified; null if the daemon did not respond and another attempt may succeed.
   */
  async #whyUnproven(isLast: boolean): Promise<string | null> {
    const { docker, run } = this.#options;
    try {
      // Unlike inspect, this distinguishes a daemon that does not respond from a container that does not exist.
      const format = `{{.Label "${RUN_LABEL}"}} {{.Status}}`;
      const [holder = '', ...status] = (
        await docker.run(['ps', '--all', '--format', format, '--filter', `name=^/?${this.name}$`])
      )
        .trim()
        .split(' ');
      if (holder === '') return `the container ${this.name} was removed`;
      if (holder !== run) return `the container ${this.name} was replaced by that of ${holder}`;
      return status[0] === 'Up' && !status.includes('(Paused)')
        ? ''
        : `the container ${this.name} is not running (${status.join(' ')})`;
    } catch (error) {
      return isLast ? `the container ${this.name} could not be checked: ${toProblem(error).why}` : null;
    }
  }

  #lose(why: string): void {
    this.#lost ??= lockLost(`the project ${this.#options.project}`, why);
    this.#end.abort(this.#lost);
    if (!this.#isReleased) this.#options.onLost?.();
  }
}
