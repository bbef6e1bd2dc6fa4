// Two runs on one project on real Docker: whatever happens to the first one, it changes nothing after the second one
// has acquired the lock. A stand-in imitates Milvus, etcd is real.
import { describe, expect } from '@jest/globals';
import {
  docker,
  expectEnd,
  PLAYED,
  tell,
  toldBy,
  type Done,
  type Project,
  type Running,
  type Story,
} from './compose-stage.js';
import { DockerFaultProxy } from './docker-fault-proxy.js';

/** The start of the new version takes so long that the first run still waits when the second one holds the lock. */
const SLOW = 'v2.2.16:ready-after=12';
const WAITING = '▶ wait-healthy';
/** Longer than a command that was delayed needs. */
const SETTLE_MILLISECONDS = 3_000;

const guardOf = ({ name }: Project): string => `milvus-upgrade-guard-${name}`;
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, SETTLE_MILLISECONDS));

/** The state that a run could have changed, with the ID and start time of the containers. */
async function stateOf(project: Project): Promise<string> {
  const [runs, standalone, etcd] = await Promise.all([
    project.runs(),
    project.identity('standalone'),
    project.identity('etcd'),
  ]);
  return [project.files(), project.notes().join(), ...runs, standalone, etcd].join('\n');
}

interface Stage {
  readonly project: Project;
  readonly proxy: DockerFaultProxy;
  readonly first: Running;
}

/** A first run that waits for the new version; its connections to the daemon go through a proxy. */
async function stage(project: Project): Promise<Stage> {
  await project.up('played-standalone', 'v2.2.12', { PLAY_STANDALONE: SLOW });
  const proxy = await DockerFaultProxy.start();
  const first = project.start('upgrade', { 'docker-host': proxy.address });
  await first.says(WAITING);
  return { project, proxy, first };
}

async function expectUpgraded(project: Project): Promise<void> {
  expect(await project.runs()).toEqual([`standalone ${PLAYED}:v2.2.16 running`]);
  expect(project.files()).not.toContain('v2.2.12');
  expect([project.notes(), await project.helpers()]).toEqual([[], []]);
}

function expectLockLost(done: Done, why: string): void {
  expectEnd(done, 'failed');
  expect(done.report.problem?.code).toBe('lock-lost');
  expect(toldBy(done)).toContain(why);
}

/** What happens to the first run: before the second one starts, and after that one has ended. */
interface Interruption {
  readonly what: string;
  readonly begin: (stage: Stage) => Promise<void> | void;
  readonly end: (stage: Stage) => Promise<void> | void;
  /** The reason with which the first run ends. */
  readonly why: string;
}

const LOST: readonly Interruption[] = [
  {
    what: 'is stopped (SIGSTOP) while its lock container is removed',
    begin: async ({ project, first }) => {
      first.child.kill('SIGSTOP');
      await docker('rm', '-f', guardOf(project));
    },
    end: ({ first }) => void first.child.kill('SIGCONT'),
    why: 'the connection to the container',
  },
  {
    what: 'is partitioned from the daemon, which closes its connections',
    begin: async ({ project, first, proxy }) => {
      first.child.kill('SIGSTOP');
      proxy.cut();
      await project.guardGone();
    },
    end: ({ first }) => void first.child.kill('SIGCONT'),
    why: 'the connection to the container',
  },
];

function toLostStory({ what, begin, end, why }: Interruption): Story {
  return {
    what: `a run that ${what} undoes nothing of the second run`,
    play: async (project) => {
      const staged = await stage(project);
      try {
        await begin(staged);
        const second = await project.run('upgrade');
        expectEnd(second, 'succeeded');
        const after = await stateOf(project);
        await end(staged);
        expectLockLost(await staged.first.finished, why);
        await settle();
        expect(await stateOf(project)).toBe(after);
        await expectUpgraded(project);
      } finally {
        staged.proxy.close();
      }
    },
  };
}

/** The lock is still held: the second run must not start, and the first one ends as if nothing had happened. */
const HELD: readonly Omit<Interruption, 'why'>[] = [
  {
    what: 'is stopped (SIGSTOP)',
    begin: ({ first }) => void first.child.kill('SIGSTOP'),
    end: ({ first }) => void first.child.kill('SIGCONT'),
  },
  {
    what: 'is partitioned from a daemon that keeps its connections',
    begin: ({ proxy }) => proxy.freeze(),
    end: ({ proxy }) => proxy.thaw(),
  },
];

function toHeldStory({ what, begin, end }: Omit<Interruption, 'why'>): Story {
  return {
    what: `a run that ${what} keeps the lock, and continues`,
    play: async (project) => {
      const staged = await stage(project);
      try {
        const before = await stateOf(project);
        await begin(staged);
        const second = await project.run('upgrade');
        expectEnd(second, 'failed');
        expect(second.report.problem?.code).toBe('run-in-progress');
        expect(await stateOf(project)).toBe(before);
        await end(staged);
        expectEnd(await staged.first.finished, 'succeeded');
        await expectUpgraded(project);
      } finally {
        staged.proxy.close();
      }
    },
  };
}

const FOREIGN: readonly Story[] = [
  {
    what: 'a run whose lock container is removed stops, and the next run completes the upgrade',
    play: async (project) => {
      const { first, proxy } = await stage(project);
      await docker('rm', '-f', guardOf(project));
      expectLockLost(await first.finished, 'the connection to the container');
      proxy.close();
      expect(await project.runs()).toEqual([`standalone ${PLAYED}:v2.2.16 running`]);
      expectEnd(await project.run('upgrade'), 'succeeded');
      await expectUpgraded(project);
    },
  },
  {
    what: 'a run whose lock container is replaced stops, and does not touch the other one',
    play: async (project) => {
      const { first, proxy } = await stage(project);
      const guard = guardOf(project);
      await docker('rm', '-f', guard);
      const label = ['--label', 'milvus-upgrade/run=other-run', '--label', `milvus-upgrade/guard-of=${project.name}`];
      await docker('run', '-d', '--name', guard, ...label, '--entrypoint', 'sleep', `${PLAYED}:v2.2.12`, '600');
      expectLockLost(await first.finished, 'the connection to the container');
      proxy.close();
      const second = await project.run('upgrade');
      expect(second.report.problem?.code).toBe('run-in-progress');
      expect(toldBy(second)).toContain('other-run holds the lock');
      expect(await docker('inspect', '-f', '{{.State.Status}}', guard)).toBe('running');
      await docker('rm', '-f', guard);
      expectEnd(await project.run('upgrade'), 'succeeded');
      await expectUpgraded(project);
    },
  },
  {
    what: 'a run whose lock container is paused changes nothing more, and the next run completes the upgrade',
    play: async (project) => {
      const { first, proxy } = await stage(project);
      const guard = guardOf(project);
      await docker('pause', guard);
      expectLockLost(await first.finished, 'is not running');
      proxy.close();
      await docker('rm', '-f', guard).catch(() => '');
      expect(await project.runs()).toEqual([`standalone ${PLAYED}:v2.2.16 running`]);
      expectEnd(await project.run('upgrade'), 'succeeded');
      await expectUpgraded(project);
    },
  },
];

describe('two runs on one Docker Compose project', () => {
  tell('fencing', [...LOST.map(toLostStory), ...HELD.map(toHeldStory), ...FOREIGN]);
});
