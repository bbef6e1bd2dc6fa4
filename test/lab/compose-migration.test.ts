// Metadata migrations and rollbacks of Docker Compose projects on a real Docker with a real etcd. The tool is a
// stand-in with the same contract; stand-ins imitate Milvus.
import { join } from 'node:path';
import { describe, expect } from '@jest/globals';
import { expectTidy, Metadata, moved, NEW, OLD } from './compose-metadata.js';
import { expectEnd, tell, type Story } from './compose-stage.js';

const PASSWORD = 'hunter2-of-etcd';

const STRATEGY_TEXTS: readonly Story[] = [
  {
    what: 'succeeds, can be rolled back, and succeeds again',
    play: async (project) => {
      const stage = new Metadata(project);
      await stage.setUp();
      const [keys, files, etcd] = [await stage.keys(), project.files(), await project.identity('etcd')];
      const done = await stage.run('upgrade');
      expectEnd(done, 'succeeded');
      expect(done.report.backup).toMatch(/backup-1\.bak$/);
      const there = { keys, files: moved(files), runs: stage.expected(NEW) };
      const shown = async (): Promise<object> => ({
        keys: await stage.keys(),
        files: project.files(),
        runs: await project.runs(),
      });
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
    what: 'upgrades and rolls back a cluster of eight services',
    full: true,
    play: async (project) => {
      const stage = new Metadata(project, 'played');
      await stage.setUp();
      const [keys, files] = [await stage.keys(), project.files()];
      expectEnd(await stage.run('upgrade'), 'succeeded');
      expect([await stage.keys(), project.files(), await project.runs()]).toEqual([
        keys,
        moved(files),
        stage.expected(NEW),
      ]);
      expectEnd(await stage.run('rollback'), 'succeeded');
      expect([await stage.keys(), project.files(), await project.runs()]).toEqual([keys, files, stage.expected(OLD)]);
      await expectTidy(project);
    },
  },
  {
    what: 'waits for a session of the old version that is still in etcd, with revoke-sessions: false',
    play: async (project) => {
      const stage = new Metadata(project);
      await stage.setUp();
      const keys = await stage.keys();
      const lease = await stage.session(7, await stage.address(), 15);
      const running = stage.start('upgrade', { 'revoke-sessions': 'false' });
      const stops = running.says('▶ scale-down').then(() => true);
      while (!(await Promise.race([stops, stage.renew(lease).then(() => false)])));
      const done = await running.finished;
      expectEnd(done, 'succeeded');
      expect(done.log).toMatch(/▶ scale-down[^]*etcd sessions to expire: [^\n]*proxy[^]*✓ scale-down[^]*▶ backup/);
      expect([await stage.keys(), await project.runs()]).toEqual([keys, stage.expected(NEW)]);
    },
  },
  {
    what: 'ends such a session immediately by default',
    full: true,
    play: async (project) => {
      const stage = new Metadata(project);
      await stage.setUp();
      await stage.session(7, await stage.address(), 600);
      const done = await stage.run('upgrade');
      expectEnd(done, 'succeeded');
      expect(done.seconds).toBeLessThan(300);
      expect(await project.runs()).toEqual(stage.expected(NEW));
    },
  },
  {
    what: 'upgrades and rolls back if etcd requires a password, and never prints it',
    play: async (project) => {
      const stage = new Metadata(project);
      await stage.setUp('', { ETCD_AUTH_ENABLED: 'true', ETCD_AUTH_USERNAME: 'root', ETCD_AUTH_PASSWORD: PASSWORD });
      const [keys, files] = [await stage.keys(), project.files()];
      await stage.setPassword(PASSWORD);
      const there = await stage.run('upgrade');
      expectEnd(there, 'succeeded');
      const back = await stage.run('rollback');
      expectEnd(back, 'succeeded');
      await stage.forgetPassword(PASSWORD);
      expect([await stage.keys(), project.files(), await project.runs()]).toEqual([keys, files, stage.expected(OLD)]);
      expect(await stage.migrations()).toBe(1);
      for (const { log, report } of [there, back]) expect(log + JSON.stringify(report)).not.toContain(PASSWORD);
      expect(
        project.notes().filter((each) => project.text(join('.milvus-upgrade', project.name, each)).includes(PASSWORD)),
      ).toEqual([]);
      await expectTidy(project);
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

describe('a metadata migration of a Docker Compose project', () => {
  tell('moves', STRATEGY_TEXTS);
});
