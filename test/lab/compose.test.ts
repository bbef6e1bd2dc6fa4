// Upgrades of Docker Compose projects on a real Docker: changes of the files, checks that refuse an upgrade, rollback
// of a version that does not serve, and runs that are killed and completed by the next one. Stand-ins imitate Milvus
// (lab/images/player.c).
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from '@jest/globals';
import type { Tiered } from './tier.js';
import {
  docker,
  expectEnd,
  PLAYED,
  tell,
  toldBy,
  until,
  type Inputs,
  type Operation,
  type Project,
  type Story,
} from './compose-stage.js';

const [OLD, NEW] = [`${PLAYED}:v2.2.12`, `${PLAYED}:v2.2.16`];
const ROLES = ['datacoord', 'datanode', 'indexcoord', 'indexnode', 'proxy', 'querycoord', 'querynode', 'rootcoord'];
const cluster = (image: string): string[] => ROLES.map((each) => `${each} ${image} running`);
const standalone = (image: string): string[] => [`standalone ${image} running`];
/** The files with the new version in place of the old one: in .env, or in the image. */
const moved = (files: string): string =>
  files.replaceAll(/(MILVUS_VERSION=|image: "?lab\/milvus-played:)v2\.2\.12/g, '$1v2.2.16');
/** Exceeded by the step that never ends only, also while both cores are busy. */
const SHORT: Inputs = { 'step-timeout': '60s' };

/** A run has left nothing but the directory that contains the .gitignore. */
async function expectTidy(project: Project, names: readonly string[]): Promise<void> {
  expect(project.notes()).toEqual([]);
  expect(readdirSync(project.directory).filter((each) => each !== '.milvus-upgrade')).toEqual(
    names.filter((each) => each !== '.milvus-upgrade'),
  );
  await project.guardGone();
  expect(await project.helpers()).toEqual([]);
}

/** A snapshot of files, containers and upgrade state, to verify later that nothing has changed. */
async function snapshot(project: Project, service = 'standalone'): Promise<object> {
  const names = readdirSync(project.directory).filter((each) => each !== '.milvus-upgrade');
  return {
    files: project.files(),
    names,
    runs: await project.runs(),
    identity: await project.identity(service),
    notes: project.notes(),
  };
}

const STRATEGY_TEXTS: readonly Story[] = [
  {
    what: 'changes only the version in .env, and leaves nothing that a second run or a `docker compose up` would change',
    play: async (project) => {
      await project.up('played', 'v2.2.12');
      const [files, etcd] = [project.files(), await project.identity('etcd')];
      expectEnd(await project.run('upgrade'), 'succeeded');
      expect(project.files()).toBe(moved(files));
      expect(files).not.toBe(moved(files));
      expect(await project.runs()).toEqual(cluster(NEW));
      expect(await project.identity('etcd')).toBe(etcd);
      const proxy = await project.identity('proxy');
      expectEnd(await project.run('upgrade'), 'unchanged');
      expectEnd(await project.run('verify'), 'succeeded');
      await project.compose('up', '-d');
      expect([await project.identity('proxy'), await project.identity('etcd'), project.files()]).toEqual([
        proxy,
        etcd,
        moved(files),
      ]);
    },
  },
  {
    what: 'reports the diff in a plan, and changes nothing',
    play: async (project) => {
      await project.up('played-standalone', 'v2.2.12');
      const before = await snapshot(project);
      const done = await project.run('plan');
      expectEnd(done, 'planned');
      const [change] = done.report.changes;
      expect(change?.name).toBe('docker-compose.yml');
      expect(change?.diff.join('\n')).toMatch(
        /^-.*image: lab\/milvus-played:v2\.2\.12 # the version.*\n\+.*image: lab\/milvus-played:v2\.2\.16 # the version/m,
      );
      expectEnd(await project.run('verify'), 'failed');
      expect(await snapshot(project)).toEqual(before);
    },
  },
  {
    what: 'changes the override file if it sets the image',
    play: async (project) => {
      writeFileSync(
        project.path('docker-compose.override.yml'),
        `services:\n  standalone:\n    image: "${OLD}" # ours\n`,
      );
      await project.up('played-standalone', 'v2.1.4');
      const files = project.files();
      expectEnd(await project.run('upgrade'), 'succeeded');
      expect(project.files()).toBe(moved(files));
      expect(project.text('docker-compose.yml')).toContain(`${PLAYED}:v2.1.4`);
      expect(await project.runs()).toEqual(standalone(NEW));
    },
  },
  {
    what: 'finds a project by its project-name',
    options: { name: 'other-name' },
    play: async (project) => {
      await project.up('played-standalone', 'v2.2.12');
      // There is no container for the name of the directory.
      expectEnd(await project.run('upgrade'), 'refused');
      expect(await project.runs()).toEqual(standalone(OLD));
      expectEnd(await project.run('upgrade', { 'project-name': 'other-name' }), 'succeeded');
      expect(await project.runs()).toEqual(standalone(NEW));
    },
  },
  {
    what: 'keeps the two containers of a service that was scaled manually',
    full: true,
    play: async (project) => {
      await project.up('played', 'v2.2.12');
      const unnamed = project.text('docker-compose.yml').replace(/ *container_name:.*querynode\n/, '');
      writeFileSync(project.path('docker-compose.yml'), unnamed);
      await project.compose('up', '-d', '--scale', 'querynode=2');
      await until(
        'both are there',
        async () => (await project.runs()).filter((each) => each === `querynode ${OLD} running`).length === 2,
      );
      expectEnd(await project.run('upgrade'), 'succeeded');
      expect(await project.runs()).toEqual([...cluster(NEW), `querynode ${NEW} running`].sort());
    },
  },
  {
    what: 'keeps the Windows line endings of a file, with docker-host',
    play: async (project) => {
      await project.up('played-standalone', 'v2.2.12');
      const windows = project.text('docker-compose.yml').replaceAll('\n', '\r\n');
      writeFileSync(project.path('docker-compose.yml'), windows);
      expectEnd(await project.run('upgrade', { 'docker-host': 'unix:///var/run/docker.sock' }), 'succeeded');
      expect(project.text('docker-compose.yml')).toBe(moved(windows));
      expect(await project.runs()).toEqual(standalone(NEW));
    },
  },
  {
    what: 'reports the version of Compose, and upgrades and rolls back with it',
    full: true,
    play: async (project) => {
      await project.up('played', 'v2.2.12');
      const [files, etcd] = [project.files(), await project.identity('etcd')];
      const done = await project.run('upgrade');
      expectEnd(done, 'succeeded');
      const version = (await project.compose('version', '--short')).trim().replace(/^v/, '');
      expect(done.log).toContain(`Docker Compose ${version}`);
      expect(version.startsWith(process.env.LAB_COMPOSE ?? '')).toBe(true);
      expect([project.files(), await project.identity('etcd')]).toEqual([moved(files), etcd]);
      expect(await project.runs()).toEqual(cluster(NEW));
      await project.up('played', 'v2.2.12', { PLAY_QUERYNODE: 'v2.2.16:never-ready' });
      const again = project.files();
      expectEnd(await project.run('upgrade', SHORT), 'rolled-back');
      expect([project.files(), await project.identity('etcd')]).toEqual([again, etcd]);
      expect(await project.runs()).toEqual(cluster(OLD));
    },
  },
];

const UNDONE: readonly Story[] = [
  {
    what: 'restores the old files, byte for byte, and the old version if the new one never becomes healthy',
    play: async (project) => {
      await project.up('played-standalone', 'v2.2.12', { PLAY_STANDALONE: 'v2.2.16:never-ready' });
      const [files, names, etcd] = [project.files(), readdirSync(project.directory), await project.identity('etcd')];
      const done = await project.run('upgrade', SHORT);
      expectEnd(done, 'rolled-back');
      expect(done.report.problem?.code).toBe('step-timed-out');
      expect(toldBy(done)).toContain('abnormal');
      expect([project.files(), await project.identity('etcd')]).toEqual([files, etcd]);
      expect(await project.runs()).toEqual(standalone(OLD));
      await expectTidy(project, names);
    },
  },
  {
    what: 'reports the exit code of the new version, and rolls back all eight services',
    play: async (project) => {
      await project.up('played', 'v2.2.12', { PLAY_QUERYNODE: 'v2.2.16:crash-after=1 exit-code=3' });
      const files = project.files();
      const done = await project.run('upgrade');
      expectEnd(done, 'rolled-back');
      expect(done.report.causes).toContainEqual(
        expect.objectContaining({ code: 'CRASH_LOOP', deployment: 'querynode', certain: true }),
      );
      expect(toldBy(done)).toMatch(/querynode.*exited with code 3/);
      expect(project.files()).toBe(files);
      expect(await project.runs()).toEqual(cluster(OLD));
    },
  },
];

const REFUSED: readonly Story[] = [
  {
    what: 'refuses a version whose image does not exist, before anything is changed',
    play: async (project) => {
      await project.up('played-standalone', 'v2.2.12');
      const before = await snapshot(project);
      const done = await project.run('upgrade', { 'target-version': '2.2.15' });
      expectEnd(done, 'refused');
      expect(toldBy(done)).toContain(`image-probe: ${PLAYED}:v2.2.15 cannot be used`);
      expect(await snapshot(project)).toEqual(before);
    },
  },
  {
    what: 'refuses files on a read-only file system',
    play: async (project) => {
      await project.up('played-standalone', 'v2.2.12');
      const before = await snapshot(project);
      execFileSync('mount', ['--bind', project.directory, project.directory]);
      execFileSync('mount', ['-o', 'remount,ro,bind', project.directory]);
      const done = await project.run('upgrade');
      expectEnd(done, 'refused');
      expect(toldBy(done)).toMatch(/files-writable: .*docker-compose\.yml cannot be written \(EROFS\)/);
      expect(await snapshot(project)).toEqual(before);
    },
  },
  {
    what: 'refuses a full disk, and does not damage the files if that check is skipped',
    play: async (project) => {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', project.directory]);
      const elsewhere = { DOCKER_VOLUME_DIRECTORY: `${project.directory}.volumes` };
      await project.up('played-standalone', 'v2.2.12', elsewhere);
      try {
        execFileSync('sh', ['-c', `dd if=/dev/zero of=${project.path('filler')} bs=4k 2>/dev/null || true`]);
        const before = await snapshot(project);
        const refused = await project.run('upgrade', {}, elsewhere);
        expectEnd(refused, 'refused');
        expect(toldBy(refused)).toContain('disk-room: 0 MiB are free');
        expect(await snapshot(project)).toEqual(before);
        const done = await project.run('upgrade', { 'skip-checks': 'disk-room' }, elsewhere);
        expect(['failed', 'rolled-back']).toContain(done.outcome);
        expect(toldBy(done)).toContain('ENOSPC');
        expect(done.log).not.toContain(' at Object.');
        expect(await snapshot(project)).toEqual(before);
        rmSync(project.path('filler'));
        expectEnd(await project.run('upgrade', {}, elsewhere), 'succeeded');
      } finally {
        await project.remove();
        rmSync(elsewhere.DOCKER_VOLUME_DIRECTORY, { recursive: true, force: true });
      }
    },
  },
  {
    what: 'refuses if a variable that sets the data directory of Milvus is missing',
    play: async (project) => {
      const elsewhere = { DOCKER_VOLUME_DIRECTORY: project.path('data') };
      await project.up('played-standalone', 'v2.2.12', elsewhere);
      const before = await snapshot(project);
      const done = await project.run('upgrade');
      expectEnd(done, 'refused');
      expect(toldBy(done)).toMatch(
        /mounts-would-change: standalone has .*\/data\/volumes\/milvus at \/var\/lib\/milvus, but the files mount .*\/volumes\/milvus/,
      );
      expect(await snapshot(project)).toEqual(before);
      expectEnd(await project.run('upgrade', {}, elsewhere), 'succeeded');
    },
  },
  {
    what: 'refuses if a variable of the environment takes precedence over the .env that it would edit',
    play: async (project) => {
      await project.up('played', 'v2.2.12');
      const before = await snapshot(project, 'proxy');
      const done = await project.run('upgrade', {}, { MILVUS_VERSION: 'v2.2.12' });
      expectEnd(done, 'refused');
      expect(toldBy(done)).toMatch(/image-not-editable: .*MILVUS_VERSION/);
      expect(await snapshot(project, 'proxy')).toEqual(before);
    },
  },
  {
    what: 'refuses to migrate metadata while etcd is down, and keeps Milvus running',
    play: async (project) => {
      await project.up('played-standalone', 'v2.1.4');
      await docker('stop', '-t', '1', `${project.name}-etcd`);
      const before = await snapshot(project);
      const done = await project.run('upgrade', { 'migration-image': 'lab/meta-migration:v2.2.0' });
      expectEnd(done, 'refused');
      expect(toldBy(done)).toContain('etcd');
      expect(await snapshot(project)).toEqual(before);
    },
  },
  {
    what: 'refuses while another run is active, reports its name, and does not disturb it',
    play: async (project) => {
      await project.up('played-standalone', 'v2.2.12', { PLAY_STANDALONE: 'v2.2.16:ready-after=45' });
      const first = project.start('upgrade');
      await first.says('▶ edit-files');
      const label = await docker(
        'inspect',
        '-f',
        '{{index .Config.Labels "milvus-upgrade/run"}}',
        `milvus-upgrade-guard-${project.name}`,
      );
      const second = await project.run('upgrade');
      expect(second.report.problem?.code).toBe('run-in-progress');
      expect(toldBy(second)).toContain(label);
      expect(label).not.toBe('');
      expectEnd(await first.finished, 'succeeded');
      expect(await project.runs()).toEqual(standalone(NEW));
    },
  },
];

interface Kill extends Tiered {
  readonly at: string | RegExp;
  readonly next?: Operation;
  readonly kind?: 'played' | 'played-standalone';
  /** An additional condition before the run is killed. */
  readonly once?: (project: Project) => Promise<void>;
  readonly what?: 'all' | 'run';
  readonly play?: string;
}

const STOPPED = /\$ docker-compose .* stop /;
const begunAnew = (project: Project): Promise<void> =>
  until('the first new container is there', async () => (await project.runs()).some((each) => each.includes(NEW)));
const KILLS: readonly Kill[] = [
  { at: '▶ edit-files', full: true },
  { at: '✓ edit-files' },
  { at: '✓ edit-files', next: 'rollback', full: true },
  { at: STOPPED, kind: 'played', full: true },
  { at: STOPPED, once: begunAnew, kind: 'played', full: true },
  { at: STOPPED, once: begunAnew, kind: 'played', what: 'run' },
  { at: STOPPED, next: 'rollback', kind: 'played', once: begunAnew },
  { at: '✓ recreate', full: true },
  { at: '✓ recreate', next: 'rollback', full: true },
  { at: '▶ wait-healthy', play: 'v2.2.16:ready-after=4', full: true },
  { at: '▶ finalize' },
];

function toStory({
  at,
  next = 'upgrade',
  kind = 'played-standalone',
  once,
  what = 'all',
  play = '',
  full = false,
}: Kill): Story {
  const moment = `${at === STOPPED ? 'when the old version is stopped' : `at ${String(at)}`}${once ? ' and some new containers exist' : ''}`;
  return {
    full,
    what: `is completed by ${next === 'upgrade' ? 'another run' : 'operation: rollback'} if it is killed ${moment}${what === 'run' ? ', and Compose continues' : ''}`,
    play: async (project) => {
      await project.up(kind, 'v2.2.12', play === '' ? {} : { PLAY_STANDALONE: play });
      const [files, names, etcd] = [project.files(), readdirSync(project.directory), await project.identity('etcd')];
      const first = project.start('upgrade');
      await first.says(at);
      await once?.(project);
      await first.kill(what);
      const { child } = first;
      await until('the run has ended', () => child.exitCode !== null || child.signalCode !== null);
      // The signal can arrive when the last step has already removed the upgrade state.
      const isComplete = at === '▶ finalize' && readdirSync(project.directory).join() === names.join();
      expectEnd(await project.run(next), isComplete ? 'unchanged' : 'succeeded');
      await first.finished;
      const image = next === 'upgrade' ? NEW : OLD;
      expect(await project.runs()).toEqual(kind === 'played' ? cluster(image) : standalone(image));
      expect(project.files()).toBe(next === 'upgrade' ? moved(files) : files);
      expect(await project.identity('etcd')).toBe(etcd);
      await expectTidy(project, names);
    },
  };
}

describe('an upgrade of a Docker Compose project', () => {
  mkdirSync(join('.lab', 'compose-tests'), { recursive: true });
  tell('ways', [...STRATEGY_TEXTS, ...UNDONE, ...REFUSED, ...KILLS.map(toStory)]);
});
