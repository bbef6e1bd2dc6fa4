import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { acquireLockContainer } from '../../../../src/compose/lock/lock-container.js';
import type { LockContainer } from '../../../../src/compose/lock/held-lock-container.js';
import { ANSWERS, DockerProgram } from '../../../support/docker-program.js';

/**
 * One container: the directory `held` with its run, its state and the process that holds its input open. A second one
 * of the same name is refused as by the engine.
 */
const ENGINE = `${ANSWERS}
"run --interactive")
  if [ -e "$FAKE/broken" ]; then cat "$FAKE/broken" >&2; exit 125; fi
  if ! mkdir "$FAKE/held" 2>/dev/null; then
    echo 'docker: Error response from daemon: Conflict. The container name "/milvus-upgrade-guard-mine" is already in use by container "c0ffee".' >&2
    exit 125
  fi
  while [ $# -gt 0 ]; do case "$1" in milvus-upgrade/run=*) printf %s "\${1#*=}" >"$FAKE/held/run" ;; esac; shift; done
  printf running >"$FAKE/held/state"
  [ -e "$FAKE/slow" ] || echo ready
  cat >/dev/null
  rm -rf "$FAKE/held" ;;
"inspect --type")
  if [ -e "$FAKE/dies" ]; then rm -rf "$FAKE/held" "$FAKE/dies"; fi
  if [ -e "$FAKE/held" ]; then
    printf '[{"Id":"c0ffee","Created":"2026-01-15T03:00:00.5Z","State":{"Status":"%s"},"Config":{"Labels":{"milvus-upgrade/run":"%s"}}}]' "$(cat "$FAKE/held/state")" "$(cat "$FAKE/held/run")"
  else echo '[]'; exit 1; fi ;;
"ps --all")
  if [ -e "$FAKE/silent" ]; then echo 'Cannot connect to the Docker daemon' >&2; exit 1; fi
  if [ -e "$FAKE/held" ]; then
    case "$(cat "$FAKE/held/state")" in running) status='Up 5 minutes' ;; paused) status='Up 5 minutes (Paused)' ;; *) status='Exited (137) 2 seconds ago' ;; esac
    echo "$(cat "$FAKE/held/run") $status"
  fi ;;
"rm --force") rm -rf "$FAKE/held" ;;
"volume prune") echo pruned ;;`;

let fake: DockerProgram;
let guards: LockContainer[];
beforeEach(() => {
  fake = new DockerProgram().program('docker', ENGINE);
  guards = [];
});
afterEach(async () => {
  await Promise.all(guards.map((lockContainer) => lockContainer.release()));
  fake.remove();
});

async function take(
  run: string,
  over: { readonly patienceSeconds?: number; readonly signal?: AbortSignal; readonly onLost?: () => void } = {},
): Promise<LockContainer> {
  const docker = await fake.find();
  const { signal } = fake.cancel;
  const lockContainer = await acquireLockContainer({
    docker,
    project: 'mine',
    network: 'milvus',
    image: 'sha256:9174',
    run,
    emit: (draft) => void fake.emitted.push(draft),
    signal,
    ...over,
  });
  guards.push(lockContainer);
  return lockContainer;
}

/** Creates a container of another run. */
function leave(run: string, state: string): void {
  mkdirSync(join(fake.directory, 'held'));
  writeFileSync(join(fake.directory, 'held', 'run'), run);
  writeFileSync(join(fake.directory, 'held', 'state'), state);
}

const holder = (): string => readFileSync(join(fake.directory, 'held', 'run'), 'utf8');
const state = (text: string): void => writeFileSync(join(fake.directory, 'held', 'state'), text);
const isHeld = (): boolean => existsSync(join(fake.directory, 'held'));

describe('the lock of a project', () => {
  it('is held until it is released', async () => {
    const lockContainer = await take('run-1');
    lockContainer.assertNotLost();
    expect(lockContainer.name).toBe('milvus-upgrade-guard-mine');
    expect(holder()).toBe('run-1');
    await lockContainer.release();
    expect(isHeld()).toBe(false);
    expect(() => lockContainer.assertNotLost()).toThrow(expect.objectContaining({ code: 'lock-lost' }));
    await (await take('run-2')).release();
  });

  it('is a container in the network of the project, and not one of its services', async () => {
    await take('run-1');
    const words = fake.calls.find((call) => call.startsWith('docker run')) ?? '';
    expect(words).toMatch(/ --network milvus .*--entrypoint sh sha256:9174 -c /);
    expect(words).not.toContain('com.docker.compose.project');
  });

  it('refuses a second run, and reports the name of the first', async () => {
    await take('run-1');
    await expect(take('run-2', { patienceSeconds: 0 })).rejects.toMatchObject({
      code: 'run-in-progress',
      what: 'Another run is upgrading the project mine',
      why: 'run-1 holds the lock since 2026-01-15T03:00:00Z',
    });
    expect(holder()).toBe('run-1');
  });

  it('is acquired by only one of two concurrent runs', async () => {
    const both = await Promise.allSettled([
      take('run-1', { patienceSeconds: 0 }),
      take('run-2', { patienceSeconds: 0 }),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('waits for a run that has just died, and reports that', async () => {
    leave('run-1', 'running');
    const taking = take('run-2');
    while (fake.emitted.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    writeFileSync(join(fake.directory, 'dies'), '');
    await taking;
    expect(holder()).toBe('run-2');
    expect(fake.emitted[0]).toMatchObject({
      type: 'noted',
      message: expect.stringContaining('run-1 holds the lock of the project mine'),
    });
  });

  it('removes a container that a crash of the daemon left, by its ID', async () => {
    leave('run-1', 'exited');
    await take('run-2', { patienceSeconds: 0 });
    expect(holder()).toBe('run-2');
    expect(fake.calls).toContain('docker rm --force c0ffee');
  });

  it('is reported as lost if a user removes the container', async () => {
    // The engine ends the program when its container is removed; here the program polls for that.
    fake.program('docker', ENGINE.replace('cat >/dev/null', 'while [ -e "$FAKE/held" ]; do sleep 0.02; done'));
    let onLost = (): void => undefined;
    const woken = new Promise<void>((resolve) => (onLost = resolve));
    const lockContainer = await take('run-1', { onLost });
    await (await fake.find()).run(['rm', '--force', lockContainer.name]);
    await woken;
    expect(() => lockContainer.assertNotLost()).toThrow(
      expect.objectContaining({ code: 'lock-lost', what: 'The lock of the project mine is lost' }),
    );
  });

  it.each([
    ['was removed', () => rmSync(join(fake.directory, 'held'), { recursive: true }), /was removed/],
    ['was stopped', () => state('exited'), /is not running \(Exited \(137\)/],
    ['was paused', () => state('paused'), /is not running/],
    [
      'was replaced by the lock of another run',
      () => writeFileSync(join(fake.directory, 'held', 'run'), 'run-2'),
      /replaced by that of run-2/,
    ],
  ])('prevents further writes once its container %s, although its connection is open', async (_, happens, why) => {
    const docker = await fake.find();
    const lockContainer = await take('run-1');
    docker.fence = lockContainer;
    await docker.run(['volume', 'prune']);
    happens();
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    const lost = expect.objectContaining({ code: 'lock-lost', why: expect.stringMatching(why) });
    await expect(docker.run(['volume', 'prune'])).rejects.toEqual(lost);
    await expect(docker.compose(['up', '--detach'])).rejects.toEqual(lost);
    expect(fake.calls.filter((call) => /prune|up --detach/.test(call))).toHaveLength(1);
    // Read-only commands still work.
    await docker.run(['ps', '--all']);
  });

  it('prevents further writes if the daemon does not report whether its container exists', async () => {
    const docker = await fake.find();
    const lockContainer = await take('run-1');
    docker.fence = lockContainer;
    fake.file('silent', '');
    await expect(docker.run(['volume', 'prune'])).rejects.toMatchObject({
      code: 'lock-lost',
      why: expect.stringContaining('Cannot connect to the Docker daemon'),
    });
    expect(fake.calls.some((call) => call.includes('prune'))).toBe(false);
  });

  it('is verified again after the process was stopped for longer than a verification is valid', async () => {
    const lockContainer = await take('run-1');
    await lockContainer.prove();
    const proofs = (): number => fake.calls.filter((call) => call.startsWith('docker ps --all')).length;
    const before = proofs();
    await lockContainer.prove();
    expect(proofs()).toBe(before);
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    await lockContainer.prove();
    expect(proofs()).toBe(before + 1);
  });

  it('is lost for a run that waits if its container is paused', async () => {
    const lockContainer = await take('run-1');
    await lockContainer.check();
    state('paused');
    // The check before is still valid.
    await lockContainer.check();
    const later = jest.spyOn(performance, 'now').mockReturnValue(performance.now() + 10_001);
    try {
      await expect(lockContainer.check()).rejects.toMatchObject({
        code: 'lock-lost',
        why: expect.stringContaining('is not running (Up 5 minutes (Paused))'),
      });
    } finally {
      later.mockRestore();
    }
  });

  it('is not lost for a run that waits if the daemon does not respond', async () => {
    const lockContainer = await take('run-1');
    fake.file('silent', '');
    await lockContainer.check();
    lockContainer.assertNotLost();
  });

  it('refuses a second run while the container of the first is paused, and reports how it ends', async () => {
    await take('run-1');
    state('paused');
    await expect(take('run-2', { patienceSeconds: 0 })).rejects.toMatchObject({
      code: 'run-in-progress',
      why: 'run-1 holds the lock since 2026-01-15T03:00:00Z; its container milvus-upgrade-guard-mine is paused',
      remedy: expect.stringContaining('docker unpause milvus-upgrade-guard-mine'),
    });
    state('running');
  });

  it('cancels a command that writes when it is lost, and reports that', async () => {
    fake.program(
      'docker',
      ENGINE.replace('cat >/dev/null', 'while [ -e "$FAKE/held" ]; do sleep 0.02; done').replace(
        'echo pruned',
        'exec sleep 60',
      ),
    );
    const docker = await fake.find();
    const lockContainer = await take('run-1');
    docker.fence = lockContainer;
    const writing = docker.run(['volume', 'prune']);
    writing.catch(() => undefined);
    while (!fake.calls.some((call) => call.includes('prune'))) await new Promise((resolve) => setTimeout(resolve, 20));
    rmSync(join(fake.directory, 'held'), { recursive: true });
    await expect(writing).rejects.toMatchObject({ code: 'lock-lost' });
  });

  it('does not remove the container of another run when it is released', async () => {
    // As over a dead network: the program that holds the input does not end with it.
    fake.program('docker', ENGINE.replace('cat >/dev/null', 'exec sleep 60'));
    const lockContainer = await take('run-1');
    writeFileSync(join(fake.directory, 'held', 'run'), 'run-2');
    await lockContainer.release();
    expect(holder()).toBe('run-2');
  }, 20_000);

  it('reports the message of docker if it cannot be started', async () => {
    fake.file(
      'broken',
      "docker: Error response from daemon: network milvus not found.\n\nRun 'docker run --help' for more information\n",
    );
    await expect(take('run-1')).rejects.toMatchObject({
      code: 'command-failed',
      why: 'docker: Error response from daemon: network milvus not found.',
    });
  });

  it('leaves no container when the run is cancelled before it is held', async () => {
    fake.file('slow', '');
    const taking = take('run-1');
    while (!isHeld()) await new Promise((resolve) => setTimeout(resolve, 20));
    fake.cancel.abort();
    await expect(taking).rejects.toMatchObject({ code: 'cancelled' });
    expect(isHeld()).toBe(false);
  });

  it('is not waited for after a cancellation', async () => {
    leave('run-1', 'running');
    const taking = take('run-2');
    while (fake.emitted.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    fake.cancel.abort();
    await expect(taking).rejects.toMatchObject({ code: 'cancelled' });
    expect(holder()).toBe('run-1');
  });

  it('can be released after a cancellation', async () => {
    const lockContainer = await take('run-1');
    fake.cancel.abort();
    await lockContainer.release();
    expect(isHeld()).toBe(false);
  });
});
