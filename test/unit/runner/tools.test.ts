// Installs helm and kubectl from a stand-in for the official download hosts on this machine.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { UpgradeError } from '../../../src/core/model/error.js';
import type { EventDraft } from '../../../src/core/model/event.js';
import { downloadOf, systemOf } from '../../../src/core/config/tool-downloads.js';
import type { ToolsConfig } from '../../../src/core/config/tools.js';
import { fetchVerified } from '../../../src/runner/tool-store.js';
import { prepareKubectl, prepareTools } from '../../../src/runner/tools.js';
import { archiveOf, DownloadHost, sumOf } from '../../support/download-host.js';

const system = systemOf(process.platform, process.arch) ?? { os: 'linux', arch: 'amd64' };
const VERSION = '9.9.9';
const HELM = downloadOf('helm', VERSION, system, '');
const KUBECTL = downloadOf('kubectl', VERSION, system, '');
const script = (text: string): string => `#!/bin/sh\necho ${text}\n`;
const archive = archiveOf(HELM.inArchive ?? '', script('v9.9.9'));
const before = { ...process.env };

/** A runner: its temporary directory is new for each job, its tool cache persists. */
let root: string;
let host: DownloadHost;
let events: EventDraft[];
let cancel: AbortController;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'tools-'));
  host = await DownloadHost.open();
  host.serve(HELM.url, archive);
  events = [];
  cancel = new AbortController();
  process.env.RUNNER_TOOL_CACHE = join(root, 'cache');
  process.env.GITHUB_PATH = join(root, 'path');
  nextJob();
  // A retry would wait 10 to 20 s.
  Object.assign(globalThis, { TEST_DOWNLOAD_TOOL_RETRY_MIN_SECONDS: 0, TEST_DOWNLOAD_TOOL_RETRY_MAX_SECONDS: 0 });
});

afterEach(() => {
  host.close();
  process.env = { ...before };
  rmSync(root, { recursive: true, force: true });
});

function nextJob(): void {
  process.env.RUNNER_TEMP = mkdtempSync(join(root, 'job-'));
  writeFileSync(join(root, 'path'), '');
  events = [];
}

const options = () => ({
  emit: (event: EventDraft) => void events.push(event),
  directory: root,
  signal: cancel.signal,
});
const messages = (): string =>
  events.map((event) => ('message' in event ? `${event.type}: ${event.message}` : event.type)).join('\n');
const cached = (): string => join(root, 'cache', 'milvus-upgrade-helm', VERSION, process.arch, HELM.file);

function requested(written: Partial<ToolsConfig> = {}): ToolsConfig {
  const helm = { kind: 'exact', version: VERSION } as const;
  return {
    helm,
    kubectl: { kind: 'installed' },
    helmChecksum: sumOf(archive),
    kubectlChecksum: null,
    mirror: host.address,
    ...written,
  };
}

async function problemOf(work: Promise<unknown>): Promise<UpgradeError> {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof UpgradeError) return error;
  throw new Error(`not an UpgradeError: ${String(error)}`);
}

/** Every file in the directories of the runner whose path ends like this. */
const filesCalled = (name: string): string[] =>
  readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith(name));

describe('an exact helm', () => {
  it('is downloaded, verified, executable, and on the PATH of later steps', async () => {
    const program = await prepareTools(requested(), options());
    expect(execFileSync(program, { encoding: 'utf8' })).toBe('v9.9.9\n');
    expect(readFileSync(join(root, 'path'), 'utf8').trim()).toBe(join(program, '..'));
    expect(messages()).toContain(`helm 9.9.9 downloaded from ${host.address}/${HELM.file}`);
  });

  it('comes from the cache in the next job', async () => {
    await prepareTools(requested(), options());
    nextJob();
    const program = await prepareTools(requested(), options());
    expect(execFileSync(program, { encoding: 'utf8' })).toBe('v9.9.9\n');
    expect(host.requested).toHaveLength(1);
    expect(messages()).toContain('from the cache');
  });

  it('is deleted without being unpacked or cached if its checksum does not match', async () => {
    const problem = await problemOf(prepareTools(requested({ helmChecksum: 'a'.repeat(64) }), options()));
    expect(problem.code).toBe('checksum-wrong');
    expect(problem.message).toContain(`${host.address}/${HELM.file}`);
    expect(problem.message).toContain(sumOf(archive));
    expect([...filesCalled(HELM.file), ...filesCalled('/helm')]).toEqual([]);
  });

  it('is not requested without a known checksum, and the message explains how to set one', async () => {
    const problem = await problemOf(prepareTools(requested({ helmChecksum: null }), options()));
    expect(problem.code).toBe('checksum-unknown');
    expect(problem.remedy).toContain('helm-checksum');
    expect(host.requested).toEqual([]);
  });

  it('is requested once if the host answers 404, and the error names the address and the answer', async () => {
    const problem = await problemOf(prepareTools(requested({ mirror: `${host.address}/elsewhere` }), options()));
    expect(problem.code).toBe('download-failed');
    expect(problem.message).toMatch(
      `${host.address}/elsewhere/${HELM.file} could not be downloaded: the server answered 404`,
    );
    expect(host.requested).toHaveLength(1);
  });

  it('is requested again after a response of 5xx', async () => {
    for (const status of [500, 503]) host.next((response) => response.writeHead(status).end());
    await prepareTools(requested(), options());
    expect(host.requested).toHaveLength(3);
  });

  it('fails after three responses of 5xx with an error that names the address', async () => {
    for (const status of [500, 500, 502]) host.next((response) => response.writeHead(status).end());
    expect((await problemOf(prepareTools(requested(), options()))).message).toContain(
      `${HELM.file} could not be downloaded: the server answered 502`,
    );
  });

  it('is requested again when the connection breaks during the download', async () => {
    host.next((response, content) => {
      response.writeHead(200, { 'content-length': content.length });
      response.write(content.subarray(0, 20));
      setTimeout(() => response.destroy(), 20);
    });
    const program = await prepareTools(requested(), options());
    expect(execFileSync(program, { encoding: 'utf8' })).toBe('v9.9.9\n');
  });

  it('is rejected if the download is incomplete without a network error', async () => {
    host.next((response, content) => response.end(content.subarray(0, 20)));
    expect((await problemOf(prepareTools(requested(), options()))).code).toBe('checksum-wrong');
  });

  it('fails with the missing path if the archive does not contain helm', async () => {
    const other = archiveOf('other/tool', 'x');
    host.serve(HELM.url, other);
    const problem = await problemOf(prepareTools(requested({ helmChecksum: sumOf(other) }), options()));
    expect(problem.code).toBe('download-failed');
    expect(problem.why).toContain(HELM.inArchive ?? '');
  });

  it('fails with the failing program and the file if that is not an archive', async () => {
    const page = Buffer.from('<html>Please log in</html>');
    host.serve(HELM.url, page);
    const problem = await problemOf(prepareTools(requested({ helmChecksum: sumOf(page) }), options()));
    expect(problem.code).toBe('command-failed');
    expect(problem.message).toMatch(/helm-v9\.9\.9-.* could not be unpacked: .*tar.* failed with exit code/);
  });

  it('is abandoned immediately when the run is cancelled', async () => {
    host.next(() => setTimeout(() => cancel.abort(), 20));
    const problem = await problemOf(prepareTools(requested(), options()));
    expect(problem).toMatchObject({ code: 'cancelled', why: 'the run was cancelled' });
  });

  it('is downloaded through the proxy of the environment', async () => {
    process.env.http_proxy = host.address;
    await prepareTools(requested({ mirror: 'http://tools.invalid' }), options());
    expect(host.proxied).toEqual(['tools.invalid:80']);
  });

  it('is stored in the cache of this user outside of a runner', async () => {
    for (const name of ['RUNNER_TEMP', 'RUNNER_TOOL_CACHE', 'GITHUB_PATH']) Reflect.deleteProperty(process.env, name);
    process.env.XDG_CACHE_HOME = join(root, 'xdg');
    const program = await prepareTools(requested(), options());
    expect(execFileSync(program, { encoding: 'utf8' })).toBe('v9.9.9\n');
    expect(program.startsWith(root)).toBe(true);
    expect(filesCalled(HELM.file).filter((path) => path.startsWith(join('xdg', 'milvus-upgrade')))).toHaveLength(1);
  });

  it('is installed even if the cache cannot be written', async () => {
    writeFileSync(join(root, 'cache'), 'not a directory');
    const program = await prepareTools(requested(), options());
    expect(execFileSync(program, { encoding: 'utf8' })).toBe('v9.9.9\n');
    expect(messages()).toContain('could not be added to the cache');
  });
});

describe('a file in the tool cache', () => {
  it('is deleted with a warning and downloaded again if it was changed', async () => {
    await prepareTools(requested(), options());
    writeFileSync(cached(), archiveOf(HELM.inArchive ?? '', script('evil')));
    nextJob();
    const program = await prepareTools(requested(), options());
    expect(execFileSync(program, { encoding: 'utf8' })).toBe('v9.9.9\n');
    expect(messages()).toMatch(/warned: .*differs from the published file.*It is deleted/);
    expect(sumOf(readFileSync(cached()))).toBe(sumOf(archive));
  });

  it('is not used by a job with another checksum', async () => {
    await prepareTools(requested(), options());
    nextJob();
    expect((await problemOf(prepareTools(requested({ helmChecksum: 'b'.repeat(64) }), options()))).code).toBe(
      'checksum-wrong',
    );
  });

  it('is ignored if a job was killed while writing it', async () => {
    mkdirSync(join(cached(), '..'), { recursive: true });
    writeFileSync(cached(), archive.subarray(0, 20));
    const program = await prepareTools(requested(), options());
    expect(execFileSync(program, { encoding: 'utf8' })).toBe('v9.9.9\n');
    expect(sumOf(readFileSync(cached()))).toBe(sumOf(archive));
  });

  it('is usable again after a job was killed before its marker was written, or if only the marker exists', async () => {
    await prepareTools(requested(), options());
    rmSync(cached());
    nextJob();
    await prepareTools(requested(), options());
    expect(existsSync(cached())).toBe(true);
    expect(messages()).not.toContain('warned');
  });

  it('stays valid when two jobs install concurrently, and so do their programs', async () => {
    const jobs = await Promise.all([1, 2, 3].map(() => prepareTools(requested(), options())));
    expect(new Set(jobs).size).toBe(3);
    for (const program of jobs) expect(execFileSync(program, { encoding: 'utf8' })).toBe('v9.9.9\n');
    nextJob();
    await prepareTools(requested(), options());
    expect(messages()).not.toContain('It is deleted');
  });
});

/** Makes a program that prints this text the only one on the PATH. */
function onThePath(name: string, text: string): void {
  const directory = join(root, 'bin');
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, name), script(`'${text}'`));
  chmodSync(join(directory, name), 0o755);
  process.env.PATH = directory;
}

describe('the installed helm', () => {
  const installed = () => prepareTools(requested({ helm: { kind: 'installed' }, helmChecksum: null }), options());

  it.each(['v3.14.0', 'v3.21.4', 'v4.2.4'])('is used and reported for version %s', async (version) => {
    onThePath('helm', version);
    expect(await installed()).toBe(join(root, 'bin', 'helm'));
    expect(messages()).toContain(`helm ${version.slice(1)} from PATH`);
    expect(host.requested).toEqual([]);
  });

  it.each(['v3.13.3', 'v2.17.0', 'something else'])('is rejected if it reports %s', async (version) => {
    onThePath('helm', version);
    expect(await problemOf(installed())).toMatchObject({
      code: 'tool-too-old',
      why: expect.stringContaining(version.replace(/^v/, '')),
    });
  });

  it('is reported as missing with instructions to install it', async () => {
    process.env.PATH = root;
    expect(await problemOf(installed())).toMatchObject({
      code: 'tool-missing',
      remedy: expect.stringContaining('Remove helm-version'),
    });
  });
});

describe('kubectl', () => {
  const program = Buffer.from(script('kubectl'));
  const exact = (): ToolsConfig =>
    requested({ kubectl: { kind: 'exact', version: VERSION }, kubectlChecksum: sumOf(program) });
  const auto = (): ToolsConfig => requested({ kubectl: { kind: 'auto' } });
  it('is added to the PATH of later steps in the exact version', async () => {
    host.serve(KUBECTL.url, program);
    await prepareTools(exact(), options());
    const directories = readFileSync(join(root, 'path'), 'utf8').trim().split('\n');
    const at = directories.map((directory) => join(directory, KUBECTL.program)).find((path) => existsSync(path)) ?? '';
    expect(execFileSync(at, { encoding: 'utf8' })).toBe('kubectl\n');
  });

  it('ends the run before any change if the exact version is not available', async () => {
    expect((await problemOf(prepareTools(exact(), options()))).code).toBe('download-failed');
  });

  it('is used from PATH if it has the minor version of the server', async () => {
    onThePath('kubectl', '{"clientVersion": {"gitVersion": "v1.33.4-dispatcher"}}');
    await prepareKubectl(auto(), '1.33', options());
    expect(messages()).toContain('kubectl 1.33.4-dispatcher from PATH matches the server version');
    expect(host.requested).toEqual([]);
  });

  it('is downloaded in the minor version of the server if PATH has another', async () => {
    onThePath('kubectl', '{"clientVersion": {"gitVersion": "v1.30.1"}}');
    await prepareKubectl(auto(), '1.36', options());
    expect(host.requested).toEqual([expect.stringMatching(/^\/release\/v1\.36\.\d+\/bin\/.*kubectl/)]);
  });

  it.each([
    ['its download fails', '1.36', 'could not be downloaded'],
    ['no version is known for the server', '1.99', 'server version 1.99'],
    ['the server does not report its version', '', 'does not report its version'],
  ])('is skipped with a warning when %s', async (_, minor, why) => {
    process.env.PATH = root;
    await prepareKubectl(auto(), minor, options());
    expect(messages()).toMatch(/^warned: kubectl was not installed for later steps/);
    expect(messages()).toContain(why);
  });

  it.each(['installed', 'exact'] as const)('is left unchanged when %s is requested', async (kind) => {
    const kubectl = kind === 'installed' ? { kind } : { kind, version: VERSION };
    await prepareKubectl(requested({ kubectl }), '1.36', options());
    expect(events).toEqual([]);
  });
});

describe('a download without an end', () => {
  it('is aborted and deleted when it is larger than any official build', async () => {
    host.next((response) => {
      const piece = Buffer.alloc(1 << 16);
      const more = (): void => void (response.destroyed || response.write(piece, () => setTimeout(more, 1)));
      more();
    });
    const directory = mkdtempSync(join(root, 'download-'));
    const download = downloadOf('helm', VERSION, system, host.address);
    const failure = fetchVerified({ ...options(), download, sum: sumOf(archive), directory, maxBytes: 1 << 20 });
    await expect(failure).rejects.toMatchObject({ code: 'download-failed', why: 'it is larger than 1 MiB' });
    expect(existsSync(join(directory, download.file))).toBe(false);
  });
});
