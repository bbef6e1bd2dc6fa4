// Tests the script that updates the table of charts and releases, with a stand-in for the public hosts.
import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DownloadHost } from '../support/download-host.js';

interface Table {
  readonly charts: Record<string, string>;
  readonly latest: { readonly version: string; readonly source: string }[];
  readonly reviewed: Record<string, string>;
}

const OLD = 'src/core/knowledge/milvus-releases.json';
const old = JSON.parse(readFileSync(OLD, 'utf8')) as Table;
let directory: string;
let table: string;
let issue: string;
let host: DownloadHost;

function serveCharts(...charts: readonly (readonly [version: string, milvus: string])[]): void {
  const milvus = charts.map(([version, appVersion]) => ({ version, appVersion }));
  host.serve('/milvus-helm/index.yaml', Buffer.from(JSON.stringify({ entries: { milvus } })));
}

function serveReleases(...tags: readonly string[]): void {
  const found = tags.map((tag) => ({ tag_name: tag, prerelease: tag.includes('rc'), draft: false }));
  host.serve('/repos/milvus-io/milvus/releases?per_page=100&page=1', Buffer.from(JSON.stringify(found)));
}

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'knowledge-'));
  table = join(directory, 'milvus-releases.json');
  issue = join(directory, 'issue.md');
  copyFileSync(OLD, table);
  host = await DownloadHost.open();
  serveCharts(['5.0.19', '2.6.15'], ['5.0.20', 'v2.6.16']);
  serveReleases('milvus-2.6.22');
});

afterEach(() => {
  host.close();
  rmSync(directory, { recursive: true });
});

function renew(): Promise<{ exitCode: number; said: string }> {
  const env = { PATH: process.env.PATH ?? '', KNOWLEDGE_HELM_HOST: host.address, KNOWLEDGE_API_HOST: host.address };
  const options = ['--table', table, '--issue', issue];
  return new Promise((resolve) => {
    execFile(process.execPath, ['.github/renew-knowledge.mjs', ...options], { env }, (error, stdout, stderr) => {
      resolve({ exitCode: error ? 1 : 0, said: stdout + stderr });
    });
  });
}

const renewed = (): Table => JSON.parse(readFileSync(table, 'utf8')) as Table;

describe('the update of the known charts and releases', () => {
  it('changes nothing if everything is known, and opens no issue', async () => {
    expect(await renew()).toMatchObject({ exitCode: 0 });
    expect(readFileSync(table, 'utf8')).toBe(readFileSync(OLD, 'utf8'));
    expect(existsSync(issue)).toBe(false);
  });

  it('adds new charts at their place, and a new minor version of the chart', async () => {
    serveCharts(
      ['5.0.21', '2.6.17'],
      ['5.0.29', '3.0.2'],
      ['5.1.0', '3.0.2'],
      ['5.0.30-rc1', '3.0.3'],
      ['2.4.1', '1.1.1'],
    );
    await renew();
    const { charts } = renewed();
    expect(charts['5.0']).toBe(`${old.charts['5.0']!.replace(' 23=', ' 21=2.6.17 23=')} 29=3.0.2`);
    expect(charts['5.1']).toBe('0=3.0.2');
    expect(Object.keys(charts)).toEqual([...Object.keys(old.charts), '5.1']);
  });

  it('ends without a change if a published chart has another Milvus version than before', async () => {
    serveCharts(['5.0.19', '2.6.16'], ['5.0.29', '3.0.2']);
    const { exitCode, said } = await renew();
    expect(exitCode).toBe(1);
    expect(said).toContain('chart 5.0.19: Milvus 2.6.15 became 2.6.16');
    expect(readFileSync(table, 'utf8')).toBe(readFileSync(OLD, 'utf8'));
  });

  it('raises the latest patch of a known minor version, and ignores pre-releases and new minor versions', async () => {
    serveReleases('v2.5.28', 'milvus-2.6.3', 'v3.0.9-rc1', 'v3.1.0', 'client/v2.6.99');
    await renew();
    expect(renewed().latest).toEqual(
      old.latest.map((row) =>
        row.version.startsWith('2.5.') ? { version: '2.5.28', source: 'milvus-io/milvus releases: v2.5.28' } : row,
      ),
    );
  });

  it('writes an issue for the releases that neither an advisory nor a review covers', async () => {
    serveReleases('v2.6.22', 'v2.6.23', 'v2.6.24', 'v3.1.0', 'v2.3.22');
    writeFileSync(table, JSON.stringify({ ...old, reviewed: { '2.6': '2.6.23', '2.3': '2.3.22' } }));
    await renew();
    expect(readFileSync(issue, 'utf8').match(/tag\/v\S+/g)).toEqual(['tag/v2.6.24', 'tag/v3.1.0']);
    expect(renewed().reviewed).toEqual({ '2.6': '2.6.23', '2.3': '2.3.22' });
  });

  it('fails if a host does not answer, without a change', async () => {
    host.next((response) => response.writeHead(500).end());
    expect(await renew()).toMatchObject({ exitCode: 1, said: expect.stringContaining('answered 500') });
    expect(readFileSync(table, 'utf8')).toBe(readFileSync(OLD, 'utf8'));
  });
});
