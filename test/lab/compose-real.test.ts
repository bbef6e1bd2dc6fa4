// The built command on Docker Compose projects with real Milvus, etcd and Kafka, and with real rows.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { environment, lab } from './lab.js';

let env: NodeJS.ProcessEnv = {};
let directory = '';

beforeAll(() => {
  lab('node', 'up');
  env = environment('node');
}, 600_000);

afterEach(() => {
  lab('compose', 'down', directory);
  rmSync(join(directory, '..'), { recursive: true, force: true });
}, 120_000);

/** Starts the project and writes 3,000 rows. Returns the result of a search. */
function begin(name: string, version: string): string {
  directory = join(mkdtempSync(join(tmpdir(), 'compose-')), `real-${name}`);
  lab('compose', 'up', name, version, directory);
  return lab('rows', 'make', host());
}

function host(): string {
  return lab('compose', 'host', directory);
}

function upgrade(to: string): string {
  const words = [
    'dist/cli.js',
    'upgrade',
    '--platform',
    'compose',
    '--project-directory',
    directory,
    '--target-version',
    to,
  ];
  return execFileSync(process.execPath, words, { env, encoding: 'utf8' });
}

function idOf(service: string): string {
  return execFileSync('docker', ['ps', '--no-trunc', '--quiet', '--filter', `name=^real-.*-${service}$`], {
    env,
    encoding: 'utf8',
  });
}

describe('a Docker Compose project with real Milvus', () => {
  it.each([
    { name: 'standalone', from: '2.2.16', to: '2.3.5', services: 'its service is ready', file: 'docker-compose.yml' },
    { name: 'cluster', from: '2.2.12', to: '2.2.16', services: 'all 8 services are ready', file: '.env' },
  ])(
    'is upgraded from $from to $to as a $name, returns the same search result, and keeps its etcd and its files',
    ({ name, from, to, services, file }) => {
      const rows = begin(name, from);
      const [etcd, text] = [idOf('etcd'), readFileSync(join(directory, file), 'utf8')];
      const log = upgrade(to);
      expect(log).toContain(`now runs ${to} (was ${from}), ${services}`);
      // Searched immediately: the run has waited for the loaded collections.
      expect(lab('rows', 'check', host())).toBe(rows);
      expect(idOf('etcd')).toBe(etcd);
      expect(readFileSync(join(directory, file), 'utf8')).toBe(text.replace(`v${from}`, `v${to}`));
      expect(upgrade(to)).toContain('Nothing was changed.');
    },
    900_000,
  );
});
