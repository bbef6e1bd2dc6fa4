// The metadata of a Milvus 2.1.4 in the etcd of a project, and its sessions: written before a migration, to be compared
// with the result.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import {
  docker,
  PLAYED,
  TOOL,
  type Done,
  type Inputs,
  type Kind,
  type Operation,
  type Project,
  type Running,
} from './compose-stage.js';
import { COUNT, keptOf, KEYS, META, valueOf } from './metadata.js';

export const OLD = `${PLAYED}:v2.1.4`;
export const NEW = `${PLAYED}:v2.2.16`;
const SERVICES: Readonly<Record<Kind, readonly string[]>> = {
  'played-standalone': ['standalone'],
  played: ['datacoord', 'datanode', 'indexcoord', 'indexnode', 'proxy', 'querycoord', 'querynode', 'rootcoord'],
};

export class Metadata {
  readonly project: Project;
  readonly kind: Kind;
  constructor(project: Project, kind: Kind = 'played-standalone') {
    this.project = project;
    this.kind = kind;
  }

  /** Sets a separate root path with a variable, as users do. */
  async setUp(play = '', variables: Readonly<Record<string, string>> = {}): Promise<void> {
    const told = Object.entries({ ETCD_ROOTPATH: 'team-a', ...variables }).map(
      ([name, value]) => `      ${name}: "${value}"\n`,
    );
    const own = SERVICES[this.kind].map((each) => `  ${each}:\n    environment:\n${told.join('')}`).join('');
    writeFileSync(this.project.path('docker-compose.override.yml'), `version: '3.5'\nservices:\n${own}`);
    await this.project.up(this.kind, 'v2.1.4', play === '' ? {} : { PLAY_STANDALONE: play });
    for (const key of KEYS) await this.project.etcdctl('put', key, valueOf(key));
  }

  run(operation: Operation, inputs: Inputs = {}): Promise<Done> {
    return this.start(operation, inputs).finished;
  }

  start(operation: Operation, inputs: Inputs = {}): Running {
    return this.project.start(operation, { 'migration-image': TOOL, ...inputs });
  }

  expected(image: string): string[] {
    return SERVICES[this.kind].map((each) => `${each} ${image} running`);
  }

  /** Without sessions, which change all the time. */
  async keys(): Promise<string> {
    return keptOf(await this.project.etcdctl('get', '--prefix', META));
  }

  /** The number of migrations that the tool has run. */
  async migrations(): Promise<number> {
    return Number((await this.project.etcdctl('get', '--print-value-only', COUNT)) || 0);
  }

  /** The address of a container; by default of the Milvus stand-in. */
  address(service = 'standalone'): Promise<string> {
    return docker(
      'inspect',
      '-f',
      '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}',
      `${this.project.name}-${service}`,
    );
  }

  /** Requires the password for all further etcd requests. */
  async setPassword(password: string): Promise<void> {
    const { project } = this;
    await project.etcdctl('user', 'add', `root:${password}`);
    await project.etcdctl('user', 'grant-role', 'root', 'root');
    await project.etcdctl('auth', 'enable');
  }

  async forgetPassword(password: string): Promise<void> {
    await this.project.etcdctl('--user', `root:${password}`, 'auth', 'disable');
  }

  /** Creates a session; with a lease it expires after this time. Resolves with the lease. */
  async session(id: number, address: string, seconds = 0): Promise<string> {
    const { project } = this;
    const lease =
      seconds > 0
        ? (/lease (\S+) granted/.exec(await project.etcdctl('lease', 'grant', String(seconds)))?.[1] ?? '')
        : '';
    const value = JSON.stringify({ ServerID: id, ServerName: 'proxy', Address: `${address}:19530` });
    await project.etcdctl('put', ...(lease === '' ? [] : [`--lease=${lease}`]), `${META}session/proxy-${id}`, value);
    return lease;
  }

  renew(lease: string): Promise<string> {
    return this.project.etcdctl('lease', 'keep-alive', '--once', lease);
  }

  etcd(what: 'stop' | 'start' | 'pause' | 'unpause'): Promise<string> {
    return docker(what, `${this.project.name}-etcd`);
  }

  /**
   * Prunes containers, as another user could at any time. Limited to this project, since others run on this machine.
   */
  async prune(): Promise<void> {
    for (const label of [
      `com.docker.compose.project=${this.project.name}`,
      `milvus-upgrade/migration-of=${this.project.name}`,
    ])
      await docker('container', 'prune', '--force', '--filter', `label=${label}`);
  }

  async toolEnded(kind: 'backup' | 'migrate' | 'restore'): Promise<boolean> {
    const name = `milvus-upgrade-${this.project.name}-${kind}-1`;
    // A run that observes the end of the tool removes its container.
    return ['', 'exited'].includes(
      await docker('ps', '--all', '--filter', `name=^/?${name}$`, '--format', '{{.State}}'),
    );
  }

  /** The recorded state of the tool. */
  toolState(kind: 'backup' | 'migrate' | 'restore'): string {
    const file = this.project.path(join('.milvus-upgrade', this.project.name, `tool-${kind}-1-1.json`));
    return (JSON.parse(readFileSync(file, 'utf8')) as { state: string }).state;
  }
}

/** The files with the new version in place of the old one. */
export const moved = (files: string): string => files.replaceAll('v2.1.4', 'v2.2.16');

/** There is no lock, no container of the tool and no state of an incomplete upgrade; the backup stays. */
export async function expectTidy(project: Project): Promise<void> {
  await project.guardGone();
  expect(await project.helpers()).toEqual([]);
  expect(project.notes()).not.toContain('upgrade.json');
  expect(project.notes()).not.toContain('loaded.json');
  if (project.notes().includes('journal.json'))
    expect(project.text(join('.milvus-upgrade', project.name, 'journal.json'))).toContain('"closed":true');
}
