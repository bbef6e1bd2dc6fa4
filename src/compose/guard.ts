// Our lock, and the way into the network of the project: a container with a fixed name that lives as long as we hold its input. When we die it goes, so it needs no expiry.
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { causeOfError } from '../core/causes.js';
import { UpgradeError } from '../core/errors.js';
import type { Emit } from '../core/events.js';
import { outputOf } from '../runner/process.js';
import type { Docker } from './docker.js';
import { withoutHints } from './docker-messages.js';
import { HeldLockContainer, readOther, RUN_LABEL, type LockContainer, type Other } from './held-guard.js';

export type { LockContainer } from './held-guard.js';

/** A container starts in a second; one whose image is to be pulled first takes longer. */
const START_SECONDS = 180;
/** The daemon notices within this that the run on the other side is dead. */
const PATIENCE_SECONDS = 20;
const OBSERVATION_MILLISECONDS = 1_000;
/** One that goes away right now. */
const SOON_MILLISECONDS = 200;
/** Once it speaks it has been started; `cat` ends with its input, and the container with it. */
const SCRIPT = 'echo ready; exec cat >/dev/null';

export interface LockContainerOptions {
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
  /** Called when the lock is lost, so that a run that waits can end. */
  readonly onLost?: () => void;
  /** How long another guard is waited for. */
  readonly patienceSeconds?: number;
}

/** Takes the lock. Another run that holds it is refused by name (`run-in-progress`); one that has just died is waited out. */
export async function acquireLockContainer(options: LockContainerOptions): Promise<LockContainer> {
  const name = `milvus-upgrade-guard-${options.project}`;
  const until = Date.now() + (options.patienceSeconds ?? PATIENCE_SECONDS) * 1000;
  let said = false;
  for (;;) {
    if (options.signal.aborted) throw cancelled();
    const lockContainer = await tryStart(options, name);
    if (lockContainer) return lockContainer;
    const other = await readOther(options.docker, name);
    const isOver = Date.now() >= until;
    if (await removedDead(options.docker, other, isOver)) continue;
    if (isOver) throw inProgress(options.project, other);
    if (!said) options.emit({ type: 'noted', message: `${other.run} holds the lock of the project ${options.project}; waiting in case it has just died` });
    said = true;
    await new Promise((resolve) => setTimeout(resolve, other.id === '' ? SOON_MILLISECONDS : OBSERVATION_MILLISECONDS));
  }
}

/** Null when another container has the name. */
async function tryStart(options: LockContainerOptions, name: string): Promise<LockContainer | null> {
  const child = options.docker.start([
    ...['run', '--interactive', '--rm', '--name', name, '--label', `milvus-upgrade/guard-of=${options.project}`, '--label', `${RUN_LABEL}=${options.run}`],
    // An image that Compose built hands the labels of a service down: Compose has to know that this is none.
    ...['--label', 'com.docker.compose.oneoff=True', '--no-healthcheck', '--network', options.network, '--entrypoint', 'sh', options.image, '-c', SCRIPT],
  ]);
  const started = await waitReady(child, options.signal);
  if (started.state === 'ready') return new HeldLockContainer(options, { name, child });
  if (started.state === 'ended' && /name "[^"]*" is already in use/i.test(started.stderr)) return null;
  // It may be there by now, or come yet.
  if (started.state === 'waiting') await new HeldLockContainer(options, { name, child }).release();
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
