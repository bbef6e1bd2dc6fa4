// The lock of a project, which also provides access to its network: a container with a fixed name that runs as long as
// this process holds its input open. It ends with this process, so the lock needs no expiry.
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { causeOfError } from '../../core/model/cause.js';
import { UpgradeError } from '../../core/model/error.js';
import type { Emit } from '../../core/model/event.js';
import { outputOf } from '../../runner/process.js';
import type { Docker } from '../docker/docker.js';
import { withoutHints } from '../docker/messages.js';
import { HeldLockContainer, readOther, RUN_LABEL, type LockContainer, type Other } from './held-lock-container.js';

/** A container usually starts within a second; it takes longer if its image must be pulled first. */
const START_SECONDS = 180;
/** The daemon detects within this time that the other run has died. */
const PATIENCE_SECONDS = 20;
const OBSERVATION_MILLISECONDS = 1_000;
/** Poll interval for a container that is being removed. */
const SOON_MILLISECONDS = 200;
/** Output shows that the container has started. `cat` ends with its input, and the container with it. */
const SCRIPT = 'echo ready; exec cat >/dev/null';

export interface LockContainerOptions {
  readonly docker: Docker;
  readonly project: string;
  /** The network of the containers of the project. */
  readonly network: string;
  /** Contains sh, cat and, for tunnels, bash; preferably the ID of a local image. */
  readonly image: string;
  /** The name of this run, for other runs. */
  readonly run: string;
  readonly emit: Emit;
  readonly signal: AbortSignal;
  /** Called when the lock is lost, so that a waiting run can end. */
  readonly onLost?: () => void;
  /** How long to wait for another lock container. */
  readonly patienceSeconds?: number;
}

/**
 * Acquires the lock. Throws `run-in-progress`, with the name of the other run, if another run holds it; waits for the
 * lock of a run that has just died.
 */
export async function acquireLockContainer(options: LockContainerOptions): Promise<LockContainer> {
  const name = `milvus-upgrade-guard-${options.project}`;
  const until = Date.now() + (options.patienceSeconds ?? PATIENCE_SECONDS) * 1000;
  let hasReported = false;
  for (;;) {
    if (options.signal.aborted) throw cancelled();
    const lockContainer = await tryStart(options, name);
    if (lockContainer) return lockContainer;
    const other = await readOther(options.docker, name);
    const isOver = Date.now() >= until;
    if (await removedDead(options.docker, other, isOver)) continue;
    if (isOver) throw inProgress(options.project, name, other);
    if (!hasReported)
      options.emit({
        type: 'noted',
        message: `${other.run} holds the lock of the project ${options.project}; waiting, in case that run has just died`,
      });
    hasReported = true;
    await new Promise((resolve) => setTimeout(resolve, other.id === '' ? SOON_MILLISECONDS : OBSERVATION_MILLISECONDS));
  }
}

/** Null if another container has the name. */
async function tryStart(options: LockContainerOptions, name: string): Promise<LockContainer | null> {
  const child = options.docker.start(runArguments(options, name));
  const started = await waitReady(child, options.signal);
  if (started.state === 'ready') return new HeldLockContainer(options, { name, child });
  if (started.state === 'ended' && /name "[^"]*" is already in use/i.test(started.stderr)) return null;
  // The container may already exist, or be created later.
  if (started.state === 'waiting') await new HeldLockContainer(options, { name, child }).release();
  if (options.signal.aborted) throw cancelled();
  const seconds = started.state === 'waiting' ? START_SECONDS : 0;
  const ending = started.state === 'waiting' ? 'timed-out' : 'by-itself';
  outputOf(['docker', 'run', name], {
    exitCode: child.exitCode || 1,
    stdout: '',
    stderr: withoutHints(started.stderr),
    seconds,
    ending,
  });
  return null;
}

function runArguments({ project, run, network, image }: LockContainerOptions, name: string): string[] {
  return [
    ...['run', '--interactive', '--rm', '--name', name],
    ...['--label', `milvus-upgrade/guard-of=${project}`, '--label', `${RUN_LABEL}=${run}`],
    // Containers of an image that Compose built inherit the labels of a service. This label prevents Compose from
    // treating them as that service.
    ...['--label', 'com.docker.compose.oneoff=True', '--no-healthcheck', '--network', network],
    ...['--entrypoint', 'sh', image, '-c', SCRIPT],
  ];
}

interface Started {
  readonly state: 'ready' | 'ended' | 'waiting';
  readonly stderr: string;
}

function waitReady(child: ChildProcessWithoutNullStreams, signal: AbortSignal): Promise<Started> {
  return new Promise((resolve) => {
    let stderr = '';
    const finish = (state: Started['state']): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      resolve({ state, stderr });
    };
    const stop = (): void => finish('waiting');
    const timer = setTimeout(stop, START_SECONDS * 1000);
    signal.addEventListener('abort', stop, { once: true });
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.stdout.once('data', () => finish('ready'));
    child.on('error', (error) => (stderr += error.message));
    child.once('close', () => finish('ended'));
  });
}

/**
 * Removes a lock container that a daemon crash left behind. A container in state `created` may still be about to start.
 * Uses the ID, because the name may have been reused.
 */
async function removedDead(docker: Docker, { id, state }: Other, isOver: boolean): Promise<boolean> {
  if (state !== 'exited' && state !== 'dead' && !(state === 'created' && isOver)) return false;
  await docker.run(['rm', '--force', id], { allowFailure: true });
  return true;
}

function inProgress(project: string, name: string, { run, since, state }: Other): UpgradeError {
  const paused = state === 'paused' ? `; its container ${name} is paused` : '';
  return new UpgradeError({
    code: 'run-in-progress',
    what: `Another run is upgrading the project ${project}`,
    why: `${run} holds the lock${since && ` since ${since}`}${paused}`,
    remedy: paused
      ? `Run docker unpause ${name}: the lock ends with that run. Then run again.`
      : 'Wait until that run has ended, or cancel it, and run again.',
  });
}

function cancelled(): UpgradeError {
  const why = 'it was waiting for the lock';
  const causes = [causeOfError('CANCELLED', why, new Date().toISOString())];
  return new UpgradeError({
    code: 'cancelled',
    what: 'The run was cancelled',
    why,
    remedy: 'Nothing was changed.',
    causes,
  });
}
