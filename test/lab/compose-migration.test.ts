// Metadata migrations of Docker Compose projects on a real Docker with a real etcd: there and back, each fault of the tool and of what is around it, and a kill -9 at
// each step. Whatever happens, a version has to serve at the end on metadata that are whole. The tool is a stand-in that keeps its contract; stand-ins play Milvus.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect } from '@jest/globals';
import { renderComposePage, type ComposeRow } from './compose-fault-table.js';
import { Metadata, NEW, OLD } from './compose-metadata.js';
import { tell, toldBy, TOOL, until, type Done, type Inputs, type Operation, type Project, type Running, type Story } from './compose-stage.js';

/** So many projects at the same time. */
const AT_ONCE = 3;
const SHORT: Inputs = { 'step-timeout': '30s' };
const moved = (files: string): string => files.replaceAll('v2.1.4', 'v2.2.16');

function expectEnd(done: Done, outcome: string): void {
  if (done.outcome !== outcome) throw new Error(`${done.outcome || `exit code ${done.exitCode}`} in place of ${outcome}: ${toldBy(done)}\n${done.log}`);
}

/** No lock, no container of the tool, no notes of something that is under way; the backup stays. */
async function expectTidy(project: Project): Promise<void> {
  await project.guardGone();
  expect(await project.helpers()).toEqual([]);
  expect(project.notes()).not.toContain('upgrade.json');
  expect(project.notes()).not.toContain('loaded.json');
  if (project.notes().includes('journal.json')) expect(project.text(join('.milvus-upgrade', project.name, 'journal.json'))).toContain('"closed":true');
}

const WAYS: readonly Story[] = [
  {
    what: 'goes there, back with `rollback`, and there again',
    play: async (project) => {
      const stage = new Metadata(project);
      await stage.setUp();
      const [keys, files, etcd] = [await stage.keys(), project.files(), await project.identity('etcd')];
      const done = await stage.run('upgrade');
      expectEnd(done, 'succeeded');
      expect(done.report.backup).toMatch(/backup-1\.bak$/);
      const there = { keys, files: moved(files), runs: stage.expected(NEW) };
      const shown = async (): Promise<object> => ({ keys: await stage.keys(), files: project.files(), runs: await project.runs() });
      expect(await shown()).toEqual(there);
      expect(await stage.migrations()).toBe(1);
      expectEnd(await stage.run('rollback'), 'succeeded');
      expect(await shown()).toEqual({ keys, files, runs: stage.expected(OLD) });
      expectEnd(await stage.run('upgrade'), 'succeeded');
      expect(await shown()).toEqual(there);
      expect([await stage.migrations(), await project.identity('etcd')]).toEqual([2, etcd]);
      await expectTidy(project);
    },
  },
  {
    what: 'takes a cluster of eight services there and back',
    play: async (project) => {
      const stage = new Metadata(project, 'played');
      await stage.setUp();
      const [keys, files] = [await stage.keys(), project.files()];
      expectEnd(await stage.run('upgrade'), 'succeeded');
      expect([await stage.keys(), project.files(), await project.runs()]).toEqual([keys, moved(files), stage.expected(NEW)]);
      expectEnd(await stage.run('rollback'), 'succeeded');
      expect([await stage.keys(), project.files(), await project.runs()]).toEqual([keys, files, stage.expected(OLD)]);
      await expectTidy(project);
    },
  },
  {
    what: 'waits for a session of the old version that is still in etcd',
    play: async (project) => {
      const stage = new Metadata(project);
      await stage.setUp();
      const keys = await stage.keys();
      const lease = await stage.session(7, await stage.address(), 15);
      const running = stage.start('upgrade');
      const stops = running.says('▶ stop').then(() => true);
      while (!(await Promise.race([stops, stage.renew(lease).then(() => false)])));
      const done = await running.finished;
      expectEnd(done, 'succeeded');
      expect(done.log).toMatch(/▶ stop[^]*sessions in etcd to run out: [^\n]*proxy[^]*✓ stop[^]*▶ back-up/);
      expect([await stage.keys(), await project.runs()]).toEqual([keys, stage.expected(NEW)]);
    },
  },
  {
    what: 'ends such a session at once where that is wished',
    play: async (project) => {
      const stage = new Metadata(project);
      await stage.setUp();
      await stage.session(7, await stage.address(), 600);
      const done = await stage.run('upgrade', { 'revoke-sessions': 'true' });
      expectEnd(done, 'succeeded');
      expect(done.seconds).toBeLessThan(300);
      expect(await project.runs()).toEqual(stage.expected(NEW));
    },
  },
  {
    what: 'leaves no backup and no journal with clean-up',
    play: async (project) => {
      const stage = new Metadata(project);
      await stage.setUp();
      expectEnd(await stage.run('upgrade', { 'clean-up': 'true' }), 'succeeded');
      expect(project.notes()).toEqual([]);
      await expectTidy(project);
      expectEnd(await stage.run('rollback'), 'refused');
      expect(await project.runs()).toEqual(stage.expected(NEW));
    },
  },
];

interface Fault {
  readonly what: string;
  readonly inputs?: Inputs;
  readonly play?: string;
  readonly before?: (stage: Metadata) => Promise<unknown>;
  readonly during?: (stage: Metadata, running: Running) => Promise<unknown>;
  readonly outcome: 'rolled-back' | 'refused' | 'failed';
  /** What the user reads. */
  readonly reads: string | RegExp;
  /** False where nothing of it is stopped. */
  readonly stops: boolean;
  readonly isRare?: boolean;
}

const withTool = (fault: string): Pick<Fault, 'inputs' | 'outcome' | 'stops'> => ({
  inputs: { 'migration-image': `${TOOL}-${fault}` },
  outcome: 'rolled-back',
  stops: true,
});
const FAULTS: readonly Fault[] = [
  {
    what: 'another Milvus uses the same root path, beside ours',
    before: async (stage) => {
      await stage.session(7, await stage.address());
      await stage.session(9, '10.9.9.9');
    },
    outcome: 'rolled-back',
    stops: false,
    reads: /another Milvus uses this root path in etcd: .*10\.9\.9\.9/,
  },
  {
    what: 'another Milvus uses the same root path, and ours has no session',
    isRare: true,
    before: (stage) => stage.session(9, '10.9.9.9'),
    outcome: 'rolled-back',
    stops: true,
    reads: /another Milvus uses this root path in etcd: .*10\.9\.9\.9/,
  },
  {
    isRare: true,
    what: 'the tool fails before it touches the metadata',
    ...withTool('before'),
    reads: /migrate\/\S+#1 cannot go on.*etcdserver: request timed out/,
  },
  { what: 'the tool fails while it deletes', ...withTool('during'), reads: /migrate\/\S+#1 cannot go on.*etcdserver: request timed out/ },
  {
    isRare: true,
    what: 'the tool fails when everything is deleted',
    ...withTool('after-clean'),
    reads: /migrate\/\S+#1 cannot go on.*etcdserver: request timed out/,
  },
  {
    what: 'the tool hangs',
    ...withTool('hang'),
    inputs: { 'migration-image': `${TOOL}-hang`, ...SHORT },
    reads: /migrate\/\S+#1.*(longer than step-timeout|still waiting)/,
  },
  { what: 'the backup is cut off', ...withTool('corrupt'), reads: /the backup did not pass: it is cut off after entry \d of 5/ },
  { isRare: true, what: 'there is no room for the backup where the tool runs', ...withTool('no-space'), reads: 'no space left on device' },
  {
    what: 'the image of the tool is not there',
    inputs: { 'migration-image': 'lab/meta-migration:v0.0.0' },
    outcome: 'refused',
    stops: false,
    reads: 'image-probe: lab/meta-migration:v0.0.0 cannot be used',
  },
  {
    what: 'the image is none of the tool',
    isRare: true,
    inputs: { 'migration-image': 'quay.io/coreos/etcd:v3.5.5' },
    outcome: 'refused',
    stops: false,
    reads: /image-probe: quay\.io\/coreos\/etcd:v3\.5\.5 cannot be used: .*meta-migration/,
  },
  { what: 'etcd does not run', before: (stage) => stage.etcd('stop'), outcome: 'refused', stops: false, reads: 'etcd-sessions' },
  {
    what: 'etcd is gone when Milvus is stopped',
    inputs: SHORT,
    during: async (stage, running) => {
      await running.says('▶ stop');
      await stage.etcd('stop');
    },
    outcome: 'rolled-back',
    stops: true,
    reads: /etcd/,
  },
  {
    what: 'etcd is gone when the tool backs up',
    isRare: true,
    during: async (stage, running) => {
      await running.says('▶ back-up');
      await stage.etcd('stop');
    },
    outcome: 'rolled-back',
    stops: true,
    reads: /back-up\/\S+#1 cannot go on/,
  },
  {
    what: 'etcd answers nothing for a while when the tool backs up',
    during: async (stage, running) => {
      await running.says('▶ back-up');
      await stage.etcd('pause');
      await running.says(/⤺|going back|Going back|migration tool \(back-up.*failed/);
      await stage.etcd('unpause');
    },
    outcome: 'rolled-back',
    stops: true,
    reads: /back-up\/\S+#1 cannot go on.*timed out/,
  },
  {
    what: 'the new version is never well',
    play: 'v2.2.16:never-ready',
    inputs: SHORT,
    outcome: 'rolled-back',
    stops: true,
    reads: /still waiting for standalone .*abnormal/,
  },
  {
    what: 'the new version ends by itself before it is well',
    play: 'v2.2.16:never-ready v2.2.16:crash-after=1 exit-code=3',
    outcome: 'rolled-back',
    stops: true,
    reads: /CRASH_LOOP.*exit code 3/,
  },
];

const rows = new Map<string, ComposeRow>();
/** Rows of what is no fault of the upgrade alone. */
const AFTERWARDS = ['restore', 'another backup'];

function toFaultStory(fault: Fault): Story {
  const { what, inputs = {}, play = '', before, during, outcome, reads, stops, isRare = false } = fault;
  return {
    isRare,
    what: `ends with every key, the old files and the old version when ${what}`,
    play: async (project) => {
      const stage = new Metadata(project);
      await stage.setUp(play);
      const [keys, files, old] = [await stage.keys(), project.files(), await project.identity('standalone')];
      await before?.(stage);
      const running = stage.start('upgrade', inputs);
      const meanwhile = during?.(stage, running).catch(() => undefined);
      const done = await running.finished;
      await meanwhile;
      await stage.etcd('start').catch(() => '');
      await until('etcd answers again', () =>
        project.etcdctl('endpoint', 'health').then(
          () => true,
          () => false,
        ),
      );
      const [kept, sameFiles, runs] = [(await stage.keys()) === keys, project.files() === files, await project.runs()];
      const told = toldBy(done).replaceAll(project.folder, 'project').replaceAll(project.name, 'project');
      rows.set(what, { what, outcome: done.outcome, told, runs, sameFiles, kept });
      expectEnd(done, outcome);
      expect(`${toldBy(done)}\n${done.log}`).toMatch(reads);
      expect({ kept, sameFiles, runs }).toEqual({ kept: true, sameFiles: true, runs: stage.expected(OLD) });
      expect((await project.identity('standalone')) !== old).toBe(stops);
      await expectTidy(project);
    },
  };
}

const RESTORES: readonly Story[] = [
  {
    what: 'asks before it goes back where the new version was well for a moment, and goes back when it is told to',
    play: async (project) => {
      const stage = new Metadata(project);
      await stage.setUp('v2.2.16:crash-after=8 exit-code=3');
      const [keys, files] = [await stage.keys(), project.files()];
      const first = stage.start('upgrade');
      await first.says('▶ close');
      await first.kill();
      await until('the new version has ended', async () => (await project.runs()).join() === `standalone ${NEW} exited`);
      const done = await stage.run('upgrade');
      // It is started again, and may be well for long enough.
      expect(['succeeded', 'failed']).toContain(done.outcome);
      expect(project.files()).toBe(moved(files));
      expectEnd(await stage.run('rollback'), 'succeeded');
      expect([await stage.keys(), project.files(), await project.runs()]).toEqual([keys, files, stage.expected(OLD)]);
      await expectTidy(project);
    },
  },
  {
    what: 'tells that the metadata are not back where the restore fails, starts nothing on them, and a second one mends it',
    play: async (project) => {
      const stage = new Metadata(project);
      await stage.setUp('v2.2.16:never-ready');
      const [keys, files] = [await stage.keys(), project.files()];
      const done = await stage.run('upgrade', { 'migration-image': `${TOOL}-restore`, ...SHORT });
      rows.set('restore', {
        what: 'the new version is never well, and the restore fails as well; the next run is `rollback`',
        outcome: done.outcome,
        told: toldBy(done).replaceAll(project.folder, 'project').replaceAll(project.name, 'project'),
        runs: (await project.runs()).filter((each) => each.endsWith(' running')),
        sameFiles: project.files() === files,
        kept: (await stage.keys()) === keys,
      });
      expectEnd(done, 'failed');
      expect((await project.runs()).filter((each) => each.endsWith(' running'))).toEqual([]);
      expectEnd(await stage.run('rollback'), 'succeeded');
      expect([await stage.keys(), project.files(), await project.runs()]).toEqual([keys, files, stage.expected(OLD)]);
      await expectTidy(project);
    },
  },
  {
    what: 'touches no metadata where the backup is another one than was verified',
    play: async (project) => {
      const stage = new Metadata(project);
      await stage.setUp();
      expectEnd(await stage.run('upgrade'), 'succeeded');
      const keys = await stage.keys();
      writeFileSync(project.path(join('.milvus-upgrade', project.name, 'backup-1.bak')), 'something else');
      const done = await stage.run('rollback');
      expect(done.outcome).toBe('refused');
      expect(`${toldBy(done)}\n${done.log}`).toMatch(/backup: \S+backup-1\.bak cannot be restored: its SHA-256 is \w{64}, and was \w{64}/);
      expect(await stage.keys()).toBe(keys);
      rows.set('another backup', {
        what: 'after the upgrade the backup was changed, and then `rollback`',
        outcome: done.outcome,
        told: toldBy(done).replaceAll(project.folder, 'project').replaceAll(project.name, 'project'),
        runs: await project.runs(),
        sameFiles: project.files().includes('v2.1.4'),
        kept: true,
      });
      expect(await project.runs()).toEqual(stage.expected(NEW));
    },
  },
];

interface Kill {
  readonly killed: 'upgrade' | 'rollback';
  /** What the log says when it is killed. */
  readonly at: string | RegExp;
  readonly next: Operation;
  /** How often the tool migrates in all. */
  readonly migrations: number;
  /** Containers that have ended are taken away after the kill, once this run of the tool has ended. */
  readonly pruned?: 'back-up' | 'migrate' | 'restore';
  readonly isRare?: boolean;
  readonly play?: string;
}

const upgrade = (at: string | RegExp, next: Operation, migrations = 1): Kill => ({ killed: 'upgrade', at, next, migrations });
const rollback = (at: string | RegExp, next: Operation, migrations = 1): Kill => ({ killed: 'rollback', at, next, migrations });
/** The tool is at work, or has just ended. */
const [BACKING_UP, MIGRATING, RESTORING] = [/migration tool \(back-up.*\): /, /migration tool \(migrate.*\): /, /migration tool \(restore.*\): /];
const KILLS: readonly Kill[] = [
  { ...upgrade('▶ make-ready', 'upgrade'), isRare: true },
  { ...upgrade('▶ stop', 'upgrade'), isRare: true },
  { ...upgrade('▶ back-up', 'upgrade'), isRare: true },
  { ...upgrade(BACKING_UP, 'upgrade'), isRare: true },
  { ...upgrade('▶ migrate', 'upgrade'), isRare: true },
  upgrade(MIGRATING, 'upgrade'),
  upgrade('▶ edit-files', 'upgrade'),
  { ...upgrade('▶ recreate', 'upgrade'), isRare: true },
  { ...upgrade('▶ serve', 'upgrade'), play: 'v2.2.16:ready-after=4', isRare: true },
  { ...upgrade('▶ close', 'upgrade'), isRare: true },
  { ...upgrade('▶ stop', 'rollback', 0), isRare: true },
  upgrade(MIGRATING, 'rollback'),
  { ...upgrade('✓ recreate', 'rollback'), isRare: true },
  { ...upgrade(BACKING_UP, 'upgrade'), pruned: 'back-up', isRare: true },
  { ...upgrade(MIGRATING, 'upgrade', 2), pruned: 'migrate' },
  { ...rollback('▶ stop', 'rollback'), isRare: true },
  { ...rollback('▶ restore', 'rollback'), isRare: true },
  rollback(RESTORING, 'rollback'),
  { ...rollback('▶ edit-files', 'rollback'), isRare: true },
  { ...rollback('✓ recreate', 'rollback'), isRare: true },
  rollback(RESTORING, 'upgrade', 2),
];

function toKillStory({ killed, at, next, migrations, pruned, play, isRare = false }: Kill): Story {
  return {
    isRare,
    what: `comes to its end with ${next} when ${killed === 'upgrade' ? 'an upgrade' : 'a rollback'} is killed at ${String(at)}${pruned ? ' and what has ended is pruned' : ''}`,
    play: async (project) => {
      const stage = new Metadata(project);
      await stage.setUp(play);
      const [keys, files, etcd] = [await stage.keys(), project.files(), await project.identity('etcd')];
      if (killed === 'rollback') expectEnd(await stage.run('upgrade'), 'succeeded');
      const first = stage.start(killed);
      await first.says(at);
      await first.kill();
      if (pruned) await until('the tool has ended', () => stage.toolEnded(pruned));
      if (pruned) await stage.prune();
      // What the killed run has seen to end and written down is known without its container.
      const isKnown = pruned === 'migrate' && stage.toolState('migrate') === 'succeeded';
      expectEnd(await stage.run(next), 'succeeded');
      expect(await project.runs()).toEqual(stage.expected(next === 'upgrade' ? NEW : OLD));
      expect(project.files()).toBe(next === 'upgrade' ? moved(files) : files);
      expect(await stage.keys()).toBe(keys);
      expect([await stage.migrations(), await project.identity('etcd')]).toEqual([isKnown ? 1 : migrations, etcd]);
      await expectTidy(project);
    },
  };
}

describe('a metadata migration of a Docker Compose project', () => {
  tell('moves', AT_ONCE, [...FAULTS.map(toFaultStory), ...WAYS, ...RESTORES, ...KILLS.map(toKillStory)]);
  afterAll(() => {
    const known = [...FAULTS.map(({ what }) => what), ...AFTERWARDS].flatMap((each) => rows.get(each) ?? []);
    if (process.env.COMPOSE_FAULTS_TABLE) writeFileSync(process.env.COMPOSE_FAULTS_TABLE, renderComposePage(known));
  });
});
