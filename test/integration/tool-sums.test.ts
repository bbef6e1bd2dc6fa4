// Tests the script that updates the table of known checksums, with a stand-in for the official hosts.
import { execFile } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DownloadHost } from '../support/download-host.js';

type Table = Record<'helm' | 'kubectl', [string, string, string, string][]>;

const OLD = 'src/core/knowledge/tool-sums.json';
const old = JSON.parse(readFileSync(OLD, 'utf8')) as Table;
const SUM = 'c'.repeat(64);
let directory: string;
let table: string;
let host: DownloadHost;

const text = (path: string, content: string): void => host.serve(path, Buffer.from(content));

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'sums-'));
  table = join(directory, 'tool-sums.json');
  copyFileSync(OLD, table);
  host = await DownloadHost.open();
  text('/helm3-latest-version', 'v3.21.5\n');
  text('/helm4-latest-version', 'v4.2.4\n');
  text('/release/stable.txt', 'v1.37.2');
  for (let minor = 29; minor <= 37; minor += 1)
    text(`/release/stable-1.${minor}.txt`, `v1.${minor}.${minor === 37 ? 2 : 0}`);
  for (const [version, system, sum] of old.helm) {
    const file = `helm-v${version}-${system}.${system.startsWith('windows') ? 'zip' : 'tar.gz'}`;
    text(`/${file}.sha256sum`, `${sum}  ${file}\n`);
  }
  text('/helm-v3.21.5-linux-amd64.tar.gz.sha256sum', `${SUM}  helm-v3.21.5-linux-amd64.tar.gz\n`);
  text('/release/v1.37.2/bin/windows/amd64/kubectl.exe.sha256', `${SUM.replaceAll('c', 'd')}`);
});

afterEach(() => {
  host.close();
  rmSync(directory, { recursive: true });
});

function renew(): Promise<{ exitCode: number; said: string }> {
  const env = { PATH: process.env.PATH ?? '', SUMS_HELM_HOST: host.address, SUMS_KUBECTL_HOST: host.address };
  return new Promise((resolve) => {
    execFile(process.execPath, ['.github/renew-tool-sums.mjs', '--table', table], { env }, (error, stdout, stderr) => {
      resolve({ exitCode: error ? 1 : 0, said: stdout + stderr });
    });
  });
}

const renewed = (): Table => JSON.parse(readFileSync(table, 'utf8')) as Table;

describe('the update of the table of known checksums', () => {
  it('adds new versions with their source, and marks the rows that it has verified', async () => {
    expect(await renew()).toMatchObject({ exitCode: 0 });
    const { helm, kubectl } = renewed();
    expect(helm).toContainEqual(['3.21.5', 'linux-amd64', SUM, 'official']);
    expect(kubectl).toContainEqual(['1.37.2', 'windows-amd64', 'd'.repeat(64), 'official']);
    expect(
      helm.find(([version, system]) => version === '3.21.4' && system === 'linux-amd64')?.[3].split(' '),
    ).toContain('official');
  });

  it('keeps a row unchanged if its version is no longer published', async () => {
    await renew();
    const kept = renewed().kubectl.filter(([version]) => version === '1.36.4');
    expect(kept).toEqual(old.kubectl.filter(([version]) => version === '1.36.4'));
  });

  it('changes nothing when it is run again', async () => {
    await renew();
    const once = readFileSync(table, 'utf8');
    await renew();
    expect(readFileSync(table, 'utf8')).toBe(once);
  });

  it('writes one row per line', async () => {
    await renew();
    expect(
      readFileSync(table, 'utf8')
        .split('\n')
        .filter((line) => line.includes('"3.21.4", "linux-amd64"')),
    ).toHaveLength(1);
  });

  it('fails and writes nothing if a published checksum has changed', async () => {
    text('/helm-v3.21.4-linux-amd64.tar.gz.sha256sum', SUM);
    const { exitCode, said } = await renew();
    expect(exitCode).toBe(1);
    expect(said).toContain('helm 3.21.4 for linux-amd64');
    expect(readFileSync(table, 'utf8')).toBe(readFileSync(OLD, 'utf8'));
  });

  it('fails if a host returns something other than a checksum', async () => {
    text('/helm-v3.21.5-linux-arm64.tar.gz.sha256sum', '<html>Please log in</html>');
    const { exitCode, said } = await renew();
    expect(exitCode).toBe(1);
    expect(said).toContain('holds no SHA-256');
  });
});
