// The state of runs of the migration tool, including those whose containers no longer exist.
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { StateDirectory } from '../../../../src/compose/project/state-directory.js';
import { ToolRuns } from '../../../../src/compose/migration/tool-runs.js';
import type { ToolSpec } from '../../../../src/compose/migration/tool-script.js';
import { ANSWERS, DockerProgram } from '../../../support/docker-program.js';

const NAME = 'milvus-upgrade-milvus-backup-1';
const COPY = '"cp "*) case "$3" in *:*) cat "$2"/* >"$FAKE/config" ;; esac ;;';
const journal = {
  run: 'r',
  since: 's',
  from: '2.1.4',
  to: '2.2.16',
  image: 'x',
  rootPath: 'by-dev',
  replicas: {},
  closed: false,
};
const spec: ToolSpec = {
  kind: 'backup',
  attempt: 1,
  number: 1,
  image: 'milvusdb/meta-migration:v2.2.0',
  network: 'milvus',
  seconds: 60,
  journal,
  endpoints: ['etcd:2379'],
  user: { name: 'root', password: 'hunter2-of-etcd' },
  tls: { files: { certificate: 'CERT', key: 'hunter2-of-tls', authority: 'CA' }, minVersion: '1.2' },
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

/** `inspected` is the output of docker for its container; null if it no longer exists. */
async function runs(inspected: string | null): Promise<ToolRuns> {
  const observation =
    inspected === null
      ? '"ps --all") : ;;'
      : `"ps --all") echo ${NAME} ;;\n"inspect --format") echo "${inspected}" ;;\n"logs --tail") echo "last words" ;;`;
  fake.program(
    'docker',
    [ANSWERS, observation, COPY, `"rm --force"|"create --name"|"start ${NAME}") echo ok ;;`].join('\n'),
  );
  const tool = new ToolRuns({
    docker: await fake.find(),
    project: 'milvus',
    stateDirectory: new StateDirectory(directory, 'milvus'),
  });
  await tool.start(spec);
  return tool;
}

describe('a run of the migration tool', () => {
  it('receives the password and the key for etcd in files, and in no argument', async () => {
    await runs('running 0');
    const files = readFileSync(join(fake.directory, 'config'), 'utf8');
    for (const part of ['hunter2-of-etcd', 'hunter2-of-tls', 'tlsKey: /tmp/milvus-upgrade/key', 'tlsMinVersion: "1.2"'])
      expect(files).toContain(part);
    expect(fake.calls.join('\n')).not.toContain('hunter2');
    expect(JSON.stringify(fake.emitted)).not.toContain('hunter2');
  });

  it.each([
    ['is reported as running', 'running 0', { state: 'running' }],
    ['is reported as succeeded', 'exited 0', { state: 'succeeded', log: ['last words'] }],
    ['is reported as failed, with its log', 'exited 2', { state: 'failed', reason: 'exit code 2: last words' }],
    [
      'is reported as failed after its timeout',
      'exited 124',
      { state: 'failed', reason: 'it took longer than step-timeout allows' },
    ],
    [
      'is reported as failed without its container',
      null,
      { state: 'failed', reason: 'its container no longer exists, so its result is unknown' },
    ],
  ])('%s', async (_, inspected, expected) => {
    expect(await (await runs(inspected)).read()).toMatchObject([
      { kind: 'backup', attempt: 1, number: 1, ...expected },
    ]);
  });

  it('is pending if its container was created and never started', async () => {
    expect(await (await runs('created 0')).read()).toEqual([]);
  });

  it('keeps its result without its container, once it was observed as finished', async () => {
    const tool = await runs('exited 0');
    await tool.read();
    fake.program('docker', [ANSWERS, '"ps --all") : ;;'].join('\n'));
    expect(await tool.read()).toMatchObject([{ state: 'succeeded' }]);
  });

  it('is not reported as failed if the daemon does not respond', async () => {
    const tool = await runs('running 0');
    fake.program(
      'docker',
      [ANSWERS, '"ps --all") echo "Cannot connect to the Docker daemon" >&2; exit 1 ;;'].join('\n'),
    );
    await expect(tool.read()).rejects.toMatchObject({ code: 'command-failed' });
    fake.program(
      'docker',
      [ANSWERS, `"ps --all") echo ${NAME} ;;`, '"inspect --format") echo "running 0" ;;'].join('\n'),
    );
    expect(await tool.read()).toMatchObject([{ state: 'running' }]);
  });

  it('detects a changed backup before it is restored', async () => {
    const tool = await runs('exited 0');
    const notes = new StateDirectory(directory, 'milvus');
    const backup = { file: tool.backupPath(1), bytes: 1, sha256: 'c'.repeat(64), entries: 1 };
    notes.write('tool-backup-1-1.json', JSON.stringify({ ...spec, state: 'succeeded', reason: '', backup, log: [] }));
    expect(await tool.whyChanged(1)).toBe('it does not exist');
    writeFileSync(tool.backupPath(1), 'x');
    expect(await tool.whyChanged(1)).toMatch(/^its SHA-256 is \w{64}, expected c{64}$/);
    expect(statSync(notes.path).mode & 0o777).toBe(0o700);
  });

  it('is observed by a plan without a write: the run that holds the lock records its result, and removes its container', async () => {
    await runs('exited 2');
    const before = fake.calls.length;
    const record = (): string =>
      readFileSync(join(directory, '.milvus-upgrade', 'milvus', 'tool-backup-1-1.json'), 'utf8');
    const running = record();
    const plan = new ToolRuns({
      docker: await fake.find(),
      project: 'milvus',
      stateDirectory: new StateDirectory(directory, 'milvus'),
      isLocked: () => false,
    });
    expect(await plan.read()).toMatchObject([{ state: 'failed', reason: 'exit code 2: last words' }]);
    expect(record()).toBe(running);
    expect(fake.calls.slice(before).filter((call) => /^docker (rm|create|start|cp)/.test(call))).toEqual([]);
  });
});
