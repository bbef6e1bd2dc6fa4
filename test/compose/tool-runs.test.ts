// What is known of the runs of the migration tool, also when their containers are gone.
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { StateDirectory } from '../../src/compose/notes-folder.js';
import { ToolRuns, type ToolSpec } from '../../src/compose/tool-runs.js';
import { ANSWERS, DockerProgram } from '../fakes/docker-program.js';

const NAME = 'milvus-upgrade-milvus-backup-1';
const COPY = '"cp "*) case "$3" in *:*) cat "$2/backup.yaml" >"$FAKE/config" ;; esac ;;';
const journal = { run: 'r', since: 's', from: '2.1.4', to: '2.2.16', image: 'x', revision: 0, rootPath: 'by-dev', replicas: {}, closed: false };
const wish: ToolSpec = {
  kind: 'backup',
  attempt: 1,
  number: 1,
  image: 'milvusdb/meta-migration:v2.2.0',
  network: 'milvus',
  seconds: 60,
  journal,
  endpoints: ['etcd:2379'],
  user: { name: 'root', password: 'hunter2-of-etcd' },
  generations: { standalone: 1 },
  sha256: '',
};

let fake: DockerProgram;
let directory = '';
beforeEach(() => {
  fake = new DockerProgram();
  directory = mkdtempSync(join(tmpdir(), 'notes-'));
});
afterEach(() => {
  fake.remove();
  rmSync(directory, { recursive: true, force: true });
});

/** `inspected` is what docker tells of its container; null where it is gone. */
async function runs(inspected: string | null): Promise<ToolRuns> {
  const observation =
    inspected === null ? '"ps --all") : ;;' : `"ps --all") echo ${NAME} ;;\n"inspect --format") echo "${inspected}" ;;\n"logs --tail") echo "last words" ;;`;
  fake.program('docker', [ANSWERS, observation, COPY, `"rm --force"|"create --name"|"start ${NAME}") echo ok ;;`].join('\n'));
  const tool = new ToolRuns({ docker: await fake.find(), project: 'milvus', notes: new StateDirectory(directory, 'milvus') });
  await tool.start(wish);
  return tool;
}

describe('a run of the migration tool', () => {
  it('has the password of etcd in a file, and in no argument', async () => {
    await runs('running 0');
    expect(readFileSync(join(fake.directory, 'config'), 'utf8')).toContain('hunter2-of-etcd');
    expect(fake.calls.join('\n')).not.toContain('hunter2');
    expect(JSON.stringify(fake.told)).not.toContain('hunter2');
  });

  it.each([
    ['is at work', 'running 0', { state: 'running' }],
    ['has come through', 'exited 0', { state: 'succeeded', log: ['last words'] }],
    ['has failed', 'exited 2', { state: 'failed', reason: 'exit code 2: last words' }],
    ['was too slow', 'exited 124', { state: 'failed', reason: 'it took longer than step-timeout allows' }],
    ['nobody knows the end of', null, { state: 'failed', reason: 'its container is gone, so that nobody knows how it ended' }],
  ])('%s', async (_, inspected, expected) => {
    expect(await (await runs(inspected)).read()).toMatchObject([{ kind: 'backup', attempt: 1, number: 1, ...expected }]);
  });

  it('that was made and never started has not begun', async () => {
    expect(await (await runs('created 0')).read()).toEqual([]);
  });

  it('is known when its container is gone, once it was seen to end', async () => {
    const tool = await runs('exited 0');
    await tool.read();
    fake.program('docker', [ANSWERS, '"ps --all") : ;;'].join('\n'));
    expect(await tool.read()).toMatchObject([{ state: 'succeeded' }]);
  });

  it('is not taken for gone when the daemon does not answer', async () => {
    const tool = await runs('running 0');
    fake.program('docker', [ANSWERS, '"ps --all") echo "Cannot connect to the Docker daemon" >&2; exit 1 ;;'].join('\n'));
    await expect(tool.read()).rejects.toMatchObject({ code: 'command-failed' });
    fake.program('docker', [ANSWERS, `"ps --all") echo ${NAME} ;;`, '"inspect --format") echo "running 0" ;;'].join('\n'));
    expect(await tool.read()).toMatchObject([{ state: 'running' }]);
  });

  it('whose backup was changed since is told before it is restored', async () => {
    const tool = await runs('exited 0');
    const notes = new StateDirectory(directory, 'milvus');
    const backup = { file: tool.backupPath(1), bytes: 1, sha256: 'c'.repeat(64), entries: 1 };
    notes.write('tool-backup-1-1.json', JSON.stringify({ ...wish, state: 'succeeded', reason: '', backup, log: [] }));
    expect(await tool.whyChanged(1)).toBe('it is not there');
    writeFileSync(tool.backupPath(1), 'x');
    expect(await tool.whyChanged(1)).toMatch(/^its SHA-256 is \w{64}, and was c{64}$/);
    expect(statSync(notes.path).mode & 0o777).toBe(0o700);
  });

  it('is observed by a plan without a write: the run that holds the lock records how it ended, and removes its container', async () => {
    await runs('exited 2');
    const before = fake.calls.length;
    const record = (): string => readFileSync(join(directory, '.milvus-upgrade', 'milvus', 'tool-backup-1-1.json'), 'utf8');
    const running = record();
    const plan = new ToolRuns({ docker: await fake.find(), project: 'milvus', notes: new StateDirectory(directory, 'milvus'), isLocked: () => false });
    expect(await plan.read()).toMatchObject([{ state: 'failed', reason: 'exit code 2: last words' }]);
    expect(record()).toBe(running);
    expect(fake.calls.slice(before).filter((call) => /^docker (rm|create|start|cp)/.test(call))).toEqual([]);
  });
});
