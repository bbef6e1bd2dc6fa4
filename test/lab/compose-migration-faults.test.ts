// Each fault of the migration tool and its environment, on Docker Compose projects with a real etcd. In every case a
// version must serve at the end, with complete metadata. The tool is a stand-in that fails as requested; stand-ins
// imitate Milvus.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect } from '@jest/globals';
import { expectTidy, Metadata, moved, NEW, OLD } from './compose-metadata.js';
import { raiseAlarmAt } from './etcd-alarm.js';
import {
  docker,
  expectEnd,
  tell,
  toldBy,
  TOOL,
  until,
  type Done,
  type Inputs,
  type Project,
  type Running,
  type Story,
} from './compose-stage.js';
import { withTool, type Fault } from './fault.js';
import type { ComposeFaultRow } from '../../scripts/pages/lab-records.js';
import { isRecording, normalize, readRecord, saveRecord } from './records.js';

/** A tag of the image of the tool that this test removes. */
const LOST_TOOL = 'lab/meta-migration:v2.2.0-lost';

/** Exceeded by the step that never ends only, also while both cores are busy. */
const SHORT: Inputs = { 'step-timeout': '60s' };

interface ComposeFault extends Fault<Metadata, Running, 'failed'> {
  readonly play?: string;
}

const FAULTS: readonly ComposeFault[] = [
  {
    what: 'another Milvus uses the same root path while this one has a session',
    before: async (stage) => {
      await stage.session(7, await stage.address());
      await stage.session(9, '10.9.9.9');
    },
    outcome: 'rolled-back',
    stops: false,
    reads: /another Milvus uses this root path in etcd: .*10\.9\.9\.9/,
  },
  {
    what: 'another Milvus uses the same root path while this one has no session',
    full: true,
    before: (stage) => stage.session(9, '10.9.9.9'),
    outcome: 'rolled-back',
    stops: true,
    reads: /another Milvus uses this root path in etcd: .*10\.9\.9\.9/,
  },
  {
    full: true,
    what: 'the tool fails before it changes the metadata',
    ...withTool(TOOL, 'before'),
    reads: /migrate\/\S+#1 cannot continue.*etcdserver: request timed out/,
  },
  {
    what: 'the tool fails while it deletes the old metadata',
    ...withTool(TOOL, 'during'),
    reads: /migrate\/\S+#1 cannot continue.*etcdserver: request timed out/,
  },
  {
    full: true,
    what: 'the tool fails after it has deleted the old metadata',
    ...withTool(TOOL, 'after-clean'),
    reads: /migrate\/\S+#1 cannot continue.*etcdserver: request timed out/,
  },
  {
    what: 'the tool hangs',
    ...withTool(TOOL, 'hang'),
    inputs: { 'migration-image': `${TOOL}-hang`, ...SHORT },
    reads: /migrate\/\S+#1.*(longer than step-timeout|still waiting)/,
  },
  {
    what: 'the backup is truncated',
    ...withTool(TOOL, 'corrupt'),
    reads: /the backup failed verification: it is truncated after entry \d of 5/,
  },
  {
    full: true,
    what: 'the disk of the tool container is full',
    ...withTool(TOOL, 'no-space'),
    reads: 'no space left on device',
  },
  {
    what: 'the image of the tool does not exist',
    full: true,
    inputs: { 'migration-image': 'lab/meta-migration:v0.0.0' },
    outcome: 'refused',
    stops: false,
    reads: 'image-probe: lab/meta-migration:v0.0.0 cannot be used',
  },
  {
    what: 'the image of the tool is removed after Milvus is stopped',
    inputs: { 'migration-image': LOST_TOOL },
    before: () => docker('tag', TOOL, LOST_TOOL),
    during: async (_stage, running) => {
      await running.says('▶ scale-down');
      await docker('rmi', LOST_TOOL);
    },
    outcome: 'rolled-back',
    stops: true,
    reads: /docker create exited with|Unable to find image|pull access denied|failed to resolve|no such host/,
  },
  {
    what: 'the image does not contain the tool',
    full: true,
    inputs: { 'migration-image': 'quay.io/coreos/etcd:v3.5.5' },
    outcome: 'refused',
    stops: false,
    reads: /image-probe: quay\.io\/coreos\/etcd:v3\.5\.5 cannot be used: .*meta-migration/,
  },
  {
    what: 'etcd is not running',
    before: (stage) => stage.etcd('stop'),
    outcome: 'refused',
    stops: false,
    reads: 'etcd-sessions',
  },
  {
    what: 'etcd has raised an alarm',
    full: true,
    before: async (stage) => raiseAlarmAt(await stage.address('etcd')),
    outcome: 'refused',
    stops: false,
    reads: /etcd-health: etcd has raised NOSPACE/,
  },
  {
    what: 'etcd becomes unavailable when Milvus is stopped',
    full: true,
    inputs: SHORT,
    during: async (stage, running) => {
      await running.says('▶ scale-down');
      await stage.etcd('stop');
    },
    outcome: 'rolled-back',
    stops: true,
    reads: /etcd/,
  },
  {
    what: 'etcd becomes unavailable when the tool backs up',
    full: true,
    during: async (stage, running) => {
      await running.says('▶ backup');
      await stage.etcd('stop');
    },
    outcome: 'rolled-back',
    stops: true,
    reads: /backup\/\S+#1 cannot continue/,
  },
  {
    what: 'etcd does not respond for a while when the tool backs up',
    during: async (stage, running) => {
      await running.says('▶ backup');
      await stage.etcd('pause');
      await running.says(/↩|Rolling back|migration tool \(backup.*failed/);
      await stage.etcd('unpause');
    },
    outcome: 'rolled-back',
    stops: true,
    reads: /backup\/\S+#1 cannot continue.*timed out/,
  },
  {
    what: 'the new version never becomes healthy',
    play: 'v2.2.16:never-ready',
    inputs: SHORT,
    outcome: 'rolled-back',
    stops: true,
    reads: /still waiting for standalone .*abnormal/,
  },
  {
    what: 'the new version exits before it is healthy',
    full: true,
    play: 'v2.2.16:never-ready v2.2.16:crash-after=1 exit-code=3',
    outcome: 'rolled-back',
    stops: true,
    reads: /CRASH_LOOP.*exited with code 3/,
  },
];

/** Removes names and paths that are specific to this run or this machine. */
function namelessly({ directory, name }: Project, done: Done): string {
  const text = toldBy(done)
    .replaceAll(directory, 'project')
    .replaceAll(name, 'project')
    .replace(/: Get "https:.*/, ': Get …');
  return normalize(text);
}

const rows = new Map<string, ComposeFaultRow>();
/** Rows of faults that occur after the upgrade. */
const AFTERWARDS = ['restore', 'another backup'];

function toFaultStory(fault: ComposeFault): Story {
  const { what, inputs = {}, play = '', before, during, outcome, reads, stops, full = false } = fault;
  return {
    full,
    what: `keeps every key, the old files and the old version if ${what}`,
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
        project.etcdctl('get', 'anything').then(
          () => true,
          () => false,
        ),
      );
      const [kept, sameFiles, runs] = [(await stage.keys()) === keys, project.files() === files, await project.runs()];
      const row = { what, outcome: done.outcome, message: namelessly(project, done), runs, sameFiles, kept };
      rows.set(what, row);
      expectEnd(done, outcome);
      expect(`${toldBy(done)}\n${done.log}`).toMatch(reads);
      const { message: _, ...lasting } = row;
      const recorded = readRecord<ComposeFaultRow>('compose-faults').find((known) => known.what === row.what);
      if (!isRecording && recorded) expect(recorded).toMatchObject(lasting);
      expect({ kept, sameFiles, runs }).toEqual({ kept: true, sameFiles: true, runs: stage.expected(OLD) });
      expect((await project.identity('standalone')) !== old).toBe(stops);
      await expectTidy(project);
    },
  };
}

const RESTORES: readonly Story[] = [
  {
    what: 'is rolled back only on request once the new version was healthy for a moment',
    full: true,
    play: async (project) => {
      const stage = new Metadata(project);
      await stage.setUp('v2.2.16:crash-after=8 exit-code=3');
      const [keys, files] = [await stage.keys(), project.files()];
      const first = stage.start('upgrade');
      await first.says('▶ finalize');
      await first.kill();
      await until(
        'the new version has ended',
        async () => (await project.runs()).join() === `standalone ${NEW} exited`,
      );
      const done = await stage.run('upgrade');
      // It is started again, and may be healthy for long enough.
      expect(['succeeded', 'failed']).toContain(done.outcome);
      expect(project.files()).toBe(moved(files));
      expectEnd(await stage.run('rollback'), 'succeeded');
      expect([await stage.keys(), project.files(), await project.runs()]).toEqual([keys, files, stage.expected(OLD)]);
      await expectTidy(project);
    },
  },
  {
    what: 'reports a failed restore, starts no version on incomplete metadata, and a second rollback completes it',
    play: async (project) => {
      const stage = new Metadata(project);
      await stage.setUp('v2.2.16:never-ready');
      const [keys, files] = [await stage.keys(), project.files()];
      const done = await stage.run('upgrade', { 'migration-image': `${TOOL}-restore`, ...SHORT });
      rows.set('restore', {
        what: 'the new version never becomes healthy, and the restore fails as well; the next run is `rollback`',
        outcome: done.outcome,
        message: namelessly(project, done),
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
    what: 'changes no metadata if the backup differs from the verified one',
    play: async (project) => {
      const stage = new Metadata(project);
      await stage.setUp();
      expectEnd(await stage.run('upgrade'), 'succeeded');
      const keys = await stage.keys();
      writeFileSync(project.path(join('.milvus-upgrade', project.name, 'backup-1.bak')), 'something else');
      const done = await stage.run('rollback');
      expect(done.outcome).toBe('refused');
      expect(`${toldBy(done)}\n${done.log}`).toMatch(
        /backup: \S+backup-1\.bak cannot be restored: its SHA-256 is \w{64}, expected \w{64}/,
      );
      expect(await stage.keys()).toBe(keys);
      rows.set('another backup', {
        what: 'the backup is changed after the upgrade, then `rollback`',
        outcome: done.outcome,
        message: namelessly(project, done),
        runs: await project.runs(),
        sameFiles: project.files().includes('v2.1.4'),
        kept: true,
      });
      expect(await project.runs()).toEqual(stage.expected(NEW));
    },
  },
];

describe('a metadata migration of a Docker Compose project', () => {
  tell('faults', [...FAULTS.map(toFaultStory), ...RESTORES]);
  afterAll(() => {
    const known = [...FAULTS.map(({ what }) => what), ...AFTERWARDS].flatMap((each) => rows.get(each) ?? []);
    saveRecord('compose-faults', known, ({ what }) => what);
  });
});
