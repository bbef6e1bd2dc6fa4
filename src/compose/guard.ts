// Our lock, and the way into the network of the project: a container with a fixed name that lives as long as we hold its input. When we die it goes, so it needs no expiry.
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { causeOfError } from '../core/causes.js';
import { UpgradeError } from '../core/errors.js';
import type { Emit } from '../core/events.js';
import { isTable, valueAt } from '../core/values.js';
import { outputOf } from '../runner/process.js';
import { withoutHints, type Docker } from './docker.js';

/** A container starts in a second; one whose image is to be pulled first takes longer. */
const START_SECONDS = 180;
/** The daemon notices within this that the run on the other side is dead. */
const PATIENCE_SECONDS = 20;
const LOOK_MILLISECONDS = 1_000;
/** One that goes away right now. */
const SOON_MILLISECONDS = 200;
const RELEASE_MILLISECONDS = 5_000;
const RUN_LABEL = 'milvus-upgrade/run';
/** Once it speaks it has been started; `cat` ends with its input, and the container with it. */
const SCRIPT = 'echo ready; exec cat >/dev/null';

export interface GuardOptions {
  readonly docker: Docker;
  readonly project: string;
  /** Where the guard sees what the project's containers see. */
  readonly network: string;
  /** Has sh, cat and, for tunnels, bash; best the id of an image that is there. */
  readonly image: string;
  /** Names this run to others. */
  readonly run: string;
  readonly emit: Emit;
  readonly signal: AbortSignal;
  /** How long another guard is waited for. */
  readonly patienceSeconds?: number;
}

export interface Guard {
  /** Of the container. */
  readonly name: string;
  /** Throws `run-in-progress` when the container is gone. */
  assertHeld(): void;
  /** Works after a cancel as well; may be called twice. */
  release(): Promise<void>;
}

/** Takes the lock. Another run that holds it is refused by name (`run-in-progress`); one that has just died is waited out. */
export async function takeGuard(options: GuardOptions): Promise<Guard> {
  const name = `milvus-upgrade-guard-${options.project}`;
  const until = Date.now() + (options.patienceSeconds ?? PATIENCE_SECONDS) * 1000;
  let said = false;
  for (;;) {
    if (options.signal.aborted) throw cancelled();
    const guard = await tryStart(options, name);
    if (guard) return guard;
    const other = await readOther(options.docker, name);
    const isOver = Date.now() >= until;
    if (await removedDead(options.docker, other, isOver)) continue;
    if (isOver) throw inProgress(options.project, other);
    if (!said) options.emit({ type: 'noted', message: `${other.run} holds the lock of the project ${options.project}; waiting in case it has just died` });
    said = true;
    await new Promise((resolve) => setTimeout(resolve, other.id === '' ? SOON_MILLISECONDS : LOOK_MILLISECONDS));
  }
}

/** Null when another container has the name. */
async function tryStart(options: GuardOptions, name: string): Promise<Guard | null> {
  const child = options.docker.start([
    ...['run', '--interactive', '--rm', '--name', name, '--label', `milvus-upgrade/guard-of=${options.project}`, '--label', `${RUN_LABEL}=${options.run}`],
    // An image that Compose built hands the labels of a service down: Compose has to know that this is none.
    ...['--label', 'com.docker.compose.oneoff=True', '--no-healthcheck', '--network', options.network, '--entrypoint', 'sh', options.image, '-c', SCRIPT],
  ]);
  const started = await waitReady(child, options.signal);
  if (started.state === 'ready') return new HeldGuard(options, { name, child });
  if (started.state === 'ended' && /name "[^"]*" is already in use/i.test(started.stderr)) return null;
  // It may be there by now, or come yet.
  if (started.state === 'waiting') await new HeldGuard(options, { name, child }).release();
  if (options.signal.aborted) throw cancelled();
  const seconds = started.state === 'waiting' ? START_SECONDS : 0;
  const ending = started.state === 'waiting' ? 'timed-out' : 'by-itself';
  outputOf(['docker', 'run', name], { exitCode: child.exitCode || 1, stdout: '', stderr: withoutHints(started.stderr), seconds, ending });
  return null;
}

interface Started {
  readonly state: 'ready' | 'ended' | 'waiting';
  readonly stderr: string;
}

function waitReady(child: ChildProcessWithoutNullStreams, signal: AbortSignal): Promise<Started> {
  return new Promise((resolve) => {
    let stderr = '';
    const tell = (state: Started['state']): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      resolve({ state, stderr });
    };
    const stop = (): void => tell('waiting');
    const timer = setTimeout(stop, START_SECONDS * 1000);
    signal.addEventListener('abort', stop, { once: true });
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.stdout.once('data', () => tell('ready'));
    child.on('error', (error) => (stderr += error.message));
    child.once('close', () => tell('ended'));
  });
}

interface Other {
  /** Empty when it is gone by now. */
  readonly id: string;
  readonly run: string;
  readonly state: string;
  readonly since: string;
}

async function readOther(docker: Docker, name: string): Promise<Other> {
  const found: unknown = JSON.parse((await docker.run(['inspect', '--type', 'container', name], { allowFailure: true })).trim() || '[]');
  const first: unknown = Array.isArray(found) ? found[0] : null;
  const seen = isTable(first) ? first : {};
  const labels = valueAt(seen, 'Config.Labels');
  const run = isTable(labels) ? labels[RUN_LABEL] : undefined;
  const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
  return {
    id: textOf(seen.Id),
    run: textOf(run) || `the container ${name}`,
    state: textOf(valueAt(seen, 'State.Status')),
    since: textOf(seen.Created).replace(/\.\d+Z$/, 'Z'),
  };
}

/** What a crash of the daemon left runs no more. One that is only created may be about to start. By its id: the name may be somebody else's by now. */
async function removedDead(docker: Docker, { id, state }: Other, isOver: boolean): Promise<boolean> {
  if (state !== 'exited' && state !== 'dead' && !(state === 'created' && isOver)) return false;
  await docker.run(['rm', '--force', id], { allowFailure: true });
  return true;
}

function inProgress(project: string, { run, since }: Other): UpgradeError {
  return new UpgradeError({
    code: 'run-in-progress',
    what: `Another run is upgrading the project ${project}`,
    why: `${run} holds the lock${since && ` since ${since}`}`,
    remedy: 'Wait until it has ended, or cancel it, and run again.',
  });
}

function cancelled(): UpgradeError {
  const why = 'it still waited for the lock';
  const causes = [causeOfError('CANCELLED', why, new Date().toISOString())];
  return new UpgradeError({ code: 'cancelled', what: 'The run was cancelled', why, remedy: 'Nothing was changed.', causes });
}

class HeldGuard implements Guard {
  readonly name: string;
  readonly #options: GuardOptions;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #closed: Promise<void>;
  #isGone = false;
  constructor(options: GuardOptions, { name, child }: { readonly name: string; readonly child: ChildProcessWithoutNullStreams }) {
    this.name = name;
    this.#options = options;
    this.#child = child;
    this.#closed = new Promise((resolve) => child.once('close', () => resolve()));
    void this.#closed.then(() => (this.#isGone = true));
    // What it says is of no interest any more, but an unread pipe would never close.
    child.stdout.resume();
  }

  assertHeld(): void {
    if (!this.#isGone) return;
    throw new UpgradeError({
      code: 'run-in-progress',
      what: `The lock of the project ${this.#options.project} is lost`,
      why: `the container ${this.name} is gone, so that another run may have begun: somebody removed it, the daemon was started again, or the connection to it broke`,
      remedy: 'See that no other run is at work, and run the action again: it goes on from what it finds.',
    });
  }

  async release(): Promise<void> {
    this.#child.stdin.end();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, RELEASE_MILLISECONDS)));
    await Promise.race([this.#closed, late]);
    clearTimeout(timer);
    if (this.#isGone) return;
    this.#child.kill('SIGKILL');
    await this.#options.docker.run(['rm', '--force', this.name], { allowFailure: true, signal: new AbortController().signal, timeoutSeconds: 30 });
  }
}
