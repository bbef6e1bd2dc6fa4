// A kill -9 at each step of a metadata migration of a Docker Compose project, and of its rollback, and the next run of
// either operation. etcd is real; the tool is a stand-in with the same contract, and stand-ins imitate Milvus.
import { describe, expect } from '@jest/globals';
import { expectTidy, Metadata, moved, NEW, OLD } from './compose-metadata.js';
import type { Tiered } from './tier.js';
import { expectEnd, tell, until, type Operation, type Story } from './compose-stage.js';

interface Kill extends Tiered {
  readonly killed: 'upgrade' | 'rollback';
  /** The log line at which the run is killed. */
  readonly at: string | RegExp;
  readonly next: Operation;
  /** The total number of migrations. */
  readonly migrations: number;
  /** Exited containers are pruned after the kill, once this run of the tool has ended. */
  readonly pruned?: 'backup' | 'migrate' | 'restore';
  readonly play?: string;
}

const upgrade = (at: string | RegExp, next: Operation, migrations = 1): Kill => ({
  killed: 'upgrade',
  at,
  next,
  migrations,
});
const rollback = (at: string | RegExp, next: Operation, migrations = 1): Kill => ({
  killed: 'rollback',
  at,
  next,
  migrations,
});
/** The tool is running, or has just ended. */
const [BACKING_UP, MIGRATING, RESTORING] = [
  /migration tool \(backup.*\): /,
  /migration tool \(migrate.*\): /,
  /migration tool \(restore.*\): /,
];
const KILLS: readonly Kill[] = [
  { ...upgrade('▶ prepare', 'upgrade'), full: true },
  { ...upgrade('▶ scale-down', 'upgrade'), full: true },
  { ...upgrade('▶ backup', 'upgrade'), full: true },
  { ...upgrade(BACKING_UP, 'upgrade'), full: true },
  { ...upgrade('▶ migrate', 'upgrade'), full: true },
  upgrade(MIGRATING, 'upgrade'),
  { ...upgrade('▶ edit-files', 'upgrade'), full: true },
  { ...upgrade('▶ recreate', 'upgrade'), full: true },
  { ...upgrade('▶ wait-healthy', 'upgrade'), play: 'v2.2.16:ready-after=4', full: true },
  { ...upgrade('▶ finalize', 'upgrade'), full: true },
  { ...upgrade('▶ scale-down', 'rollback', 0), full: true },
  upgrade(MIGRATING, 'rollback'),
  { ...upgrade('✓ recreate', 'rollback'), full: true },
  { ...upgrade(BACKING_UP, 'upgrade'), pruned: 'backup', full: true },
  { ...upgrade(MIGRATING, 'upgrade', 2), pruned: 'migrate' },
  { ...rollback('▶ scale-down', 'rollback'), full: true },
  { ...rollback('▶ restore', 'rollback'), full: true },
  rollback(RESTORING, 'rollback'),
  { ...rollback('▶ edit-files', 'rollback'), full: true },
  { ...rollback('✓ recreate', 'rollback'), full: true },
  rollback(RESTORING, 'upgrade', 2),
];

function toKillStory({ killed, at, next, migrations, pruned, play, full = false }: Kill): Story {
  return {
    full,
    what: `is completed by ${next} if ${killed === 'upgrade' ? 'an upgrade' : 'a rollback'} is killed at ${String(at)}${pruned ? ' and exited containers are pruned' : ''}`,
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
      // A result that the killed run has recorded is known without its container.
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
  tell('kills', KILLS.map(toKillStory));
});
