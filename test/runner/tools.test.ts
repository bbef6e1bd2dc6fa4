// Installing helm and kubectl, from a stand-in for the official hosts on this machine.
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { UpgradeError } from '../../src/core/errors.js';
import type { EventDraft } from '../../src/core/events.js';
import { downloadOf, systemOf } from '../../src/core/tool-downloads.js';
import type { ToolsConfig } from '../../src/core/tools.js';
import { fetchVerified } from '../../src/runner/tool-store.js';
import { prepareKubectl, prepareTools } from '../../src/runner/tools.js';
import { archiveOf, DownloadHost, sumOf } from '../fakes/download-host.js';

const system = systemOf(process.platform, process.arch) ?? { os: 'linux', arch: 'amd64' };
const VERSION = '9.9.9';
const HELM = downloadOf('helm', VERSION, system, '');
const KUBECTL = downloadOf('kubectl', VERSION, system, '');
const script = (text: string): string => `#!/bin/sh\necho ${text}\n`;
const archive = archiveOf(HELM.inArchive ?? '', script('v9.9.9'));
const before = { ...process.env };

/** A runner: its temporary folder is new for each job, its tool cache stays. */
let root: string;
let host: DownloadHost;
let told: EventDraft[];
let cancel: AbortController;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'tools-'));
  host = await DownloadHost.open();
  host.serve(HELM.url, archive);
  told = [];
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
  told = [];
}

const options = () => ({ emit: (event: EventDraft) => void told.push(event), directory: root, signal: cancel.signal });
const messages = (): string => told.map((event) => ('message' in event ? `${event.type}: ${event.message}` : event.type)).join('\n');
const cached = (): string => join(root, 'cache', 'milvus-upgrade-helm', VERSION, process.arch, HELM.file);

function requested(written: Partial<ToolsConfig> = {}): ToolsConfig {
  const helm = { kind: 'exact', version: VERSION } as const;
  return { helm, kubectl: { kind: 'installed' }, helmChecksum: sumOf(archive), kubectlChecksum: null, mirror: host.address, ...written };
}

async function problemOf(work: Promise<unknown>): Promise<UpgradeError> {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof UpgradeError) return error;
  throw new Error(`not an UpgradeError: ${String(error)}`);
}

/** Everything below the runner's folders that has this name. */
const filesCalled = (name: string): string[] => readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith(name));

describe('an exact helm', () => {
  it('is downloaded, verified, can be run, and is on the PATH of later steps', async () => {
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

  it('that is not what was published is deleted, and nothing of it is unpacked or kept', async () => {
    const problem = await problemOf(prepareTools(requested({ helmChecksum: 'a'.repeat(64) }), options()));
    expect(problem.code).toBe('checksum-wrong');
    expect(problem.message).toContain(`${host.address}/${HELM.file}`);
    expect(problem.message).toContain(sumOf(archive));
    expect([...filesCalled(HELM.file), ...filesCalled('/helm')]).toEqual([]);
  });

  it('without a known sum is not even asked for, and the message says how to give it', async () => {
    const problem = await problemOf(prepareTools(requested({ helmChecksum: null }), options()));
    expect(problem.code).toBe('checksum-unknown');
    expect(problem.remedy).toContain('helm-checksum');
    expect(host.requested).toEqual([]);
  });

  it('that is not there names the address and the answer, and is asked for once', async () => {
    const problem = await problemOf(prepareTools(requested({ mirror: `${host.address}/elsewhere` }), options()));
    expect(problem.code).toBe('download-failed');
    expect(problem.message).toMatch(`${host.address}/elsewhere/${HELM.file} could not be downloaded: the server answered 404`);
    expect(host.requested).toHaveLength(1);
  });

  it('is asked for again after an answer of 5xx', async () => {
    for (const status of [500, 503]) host.next((response) => response.writeHead(status).end());
    await prepareTools(requested(), options());
    expect(host.requested).toHaveLength(3);
  });

  it('names the address after three answers of 5xx', async () => {
    for (const status of [500, 500, 502]) host.next((response) => response.writeHead(status).end());
    expect((await problemOf(prepareTools(requested(), options()))).message).toContain(`${HELM.file} could not be downloaded: the server answered 502`);
  });

  it('is asked for again when the connection breaks in the middle', async () => {
    host.next((response, content) => {
      response.writeHead(200, { 'content-length': content.length });
      response.write(content.subarray(0, 20));
      setTimeout(() => response.destroy(), 20);
    });
    const program = await prepareTools(requested(), options());
    expect(execFileSync(program, { encoding: 'utf8' })).toBe('v9.9.9\n');
  });

  it('that was cut short without anyone noticing is refused', async () => {
    host.next((response, content) => response.end(content.subarray(0, 20)));
    expect((await problemOf(prepareTools(requested(), options()))).code).toBe('checksum-wrong');
  });

  it('whose archive has no helm names what is missing', async () => {
    const other = archiveOf('other/tool', 'x');
    host.serve(HELM.url, other);
    const problem = await problemOf(prepareTools(requested({ helmChecksum: sumOf(other) }), options()));
    expect(problem.code).toBe('download-failed');
    expect(problem.why).toContain(HELM.inArchive ?? '');
  });

  it('whose archive is none says so', async () => {
    const page = Buffer.from('<html>Please log in</html>');
    host.serve(HELM.url, page);
    const problem = await problemOf(prepareTools(requested({ helmChecksum: sumOf(page) }), options()));
    expect(problem.code).toBe('command-failed');
    expect(problem.message).toContain('tar -xf');
  });

  it('ends at once when the run is cancelled', async () => {
    host.next(() => setTimeout(() => cancel.abort(), 20));
    const problem = await problemOf(prepareTools(requested(), options()));
    expect(problem).toMatchObject({ code: 'cancelled', why: 'the run was cancelled' });
  });

  it('goes through the proxy of the environment', async () => {
    process.env.http_proxy = host.address;
    await prepareTools(requested({ mirror: 'http://tools.invalid' }), options());
    expect(host.proxied).toEqual(['tools.invalid:80']);
  });

  it('outside of a runner is kept in the cache of this user', async () => {
    for (const name of ['RUNNER_TEMP', 'RUNNER_TOOL_CACHE', 'GITHUB_PATH']) Reflect.deleteProperty(process.env, name);
    process.env.XDG_CACHE_HOME = join(root, 'xdg');
    const program = await prepareTools(requested(), options());
    expect(execFileSync(program, { encoding: 'utf8' })).toBe('v9.9.9\n');
    expect(program.startsWith(root)).toBe(true);
    expect(filesCalled(HELM.file).filter((path) => path.startsWith(join('xdg', 'milvus-upgrade')))).toHaveLength(1);
  });

  it('is had although the cache cannot be written', async () => {
    writeFileSync(join(root, 'cache'), 'not a folder');
    const program = await prepareTools(requested(), options());
    expect(execFileSync(program, { encoding: 'utf8' })).toBe('v9.9.9\n');
    expect(messages()).toContain('could not be kept in the cache');
  });
});

describe('what lies in the cache', () => {
  it('is thrown away, said, and downloaded again when someone has changed it', async () => {
    await prepareTools(requested(), options());
    writeFileSync(cached(), archiveOf(HELM.inArchive ?? '', script('evil')));
    nextJob();
    const program = await prepareTools(requested(), options());
    expect(execFileSync(program, { encoding: 'utf8' })).toBe('v9.9.9\n');
    expect(messages()).toMatch(/warned: .*is not what was published.*thrown away/);
    expect(sumOf(readFileSync(cached()))).toBe(sumOf(archive));
  });

  it('is not used by a job that gives another sum', async () => {
    await prepareTools(requested(), options());
    nextJob();
    expect((await problemOf(prepareTools(requested({ helmChecksum: 'b'.repeat(64) }), options()))).code).toBe('checksum-wrong');
  });

  it('is passed over when a job was killed while it was written', async () => {
    mkdirSync(join(cached(), '..'), { recursive: true });
    writeFileSync(cached(), archive.subarray(0, 20));
    const program = await prepareTools(requested(), options());
    expect(execFileSync(program, { encoding: 'utf8' })).toBe('v9.9.9\n');
    expect(sumOf(readFileSync(cached()))).toBe(sumOf(archive));
  });

  it('serves again after a kill between the file and its mark, or with a mark and no file', async () => {
    await prepareTools(requested(), options());
    rmSync(cached());
    nextJob();
    await prepareTools(requested(), options());
    expect(existsSync(cached())).toBe(true);
    expect(messages()).not.toContain('warned');
  });

  it('is good after two jobs installed at the same time, and so is what both of them got', async () => {
    const jobs = await Promise.all([1, 2, 3].map(() => prepareTools(requested(), options())));
    expect(new Set(jobs).size).toBe(3);
    for (const program of jobs) expect(execFileSync(program, { encoding: 'utf8' })).toBe('v9.9.9\n');
    nextJob();
    await prepareTools(requested(), options());
    expect(messages()).not.toContain('thrown away');
  });
});

/** Puts a program on the PATH that prints this, and nothing else there. */
function onThePath(name: string, text: string): void {
  const directory = join(root, 'bin');
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, name), script(`'${text}'`));
  chmodSync(join(directory, name), 0o755);
  process.env.PATH = directory;
}

describe('the installed helm', () => {
  const installed = () => prepareTools(requested({ helm: { kind: 'installed' }, helmChecksum: null }), options());

  it.each(['v3.14.0', 'v3.21.4', 'v4.2.4'])('is used when it is %s, and told', async (version) => {
    onThePath('helm', version);
    expect(await installed()).toBe(join(root, 'bin', 'helm'));
    expect(messages()).toContain(`helm ${version.slice(1)} of the PATH`);
    expect(host.requested).toEqual([]);
  });

  it.each(['v3.13.3', 'v2.17.0', 'something else'])('is refused when it says %s', async (version) => {
    onThePath('helm', version);
    expect(await problemOf(installed())).toMatchObject({ code: 'tool-too-old', why: expect.stringContaining(version.replace(/^v/, '')) });
  });

  it('that is missing is told with the ways to get one', async () => {
    process.env.PATH = root;
    expect(await problemOf(installed())).toMatchObject({ code: 'tool-missing', remedy: expect.stringContaining('Leave helm-version out') });
  });
});

describe('kubectl', () => {
  const program = Buffer.from(script('kubectl'));
  const exact = (): ToolsConfig => requested({ kubectl: { kind: 'exact', version: VERSION }, kubectlChecksum: sumOf(program) });
  const auto = (): ToolsConfig => requested({ kubectl: { kind: 'auto' } });
  it('in an exact version is put on the PATH of later steps', async () => {
    host.serve(KUBECTL.url, program);
    await prepareTools(exact(), options());
    const directories = readFileSync(join(root, 'path'), 'utf8').trim().split('\n');
    const at = directories.map((directory) => join(directory, KUBECTL.program)).find((path) => existsSync(path)) ?? '';
    expect(execFileSync(at, { encoding: 'utf8' })).toBe('kubectl\n');
  });

  it('in an exact version that cannot be had ends the run before anything is touched', async () => {
    expect((await problemOf(prepareTools(exact(), options()))).code).toBe('download-failed');
  });

  it('of the PATH is enough when it has the minor version of the server', async () => {
    onThePath('kubectl', '{"clientVersion": {"gitVersion": "v1.33.4-dispatcher"}}');
    await prepareKubectl(auto(), '1.33', options());
    expect(messages()).toContain('kubectl 1.33.4-dispatcher of the PATH fits the server');
    expect(host.requested).toEqual([]);
  });

  it('of the server’s minor version is asked for when the PATH has another', async () => {
    onThePath('kubectl', '{"clientVersion": {"gitVersion": "v1.30.1"}}');
    await prepareKubectl(auto(), '1.36', options());
    expect(host.requested).toEqual([expect.stringMatching(/^\/release\/v1\.36\.\d+\/bin\/.*kubectl/)]);
  });

  it.each([
    ['its download fails', '1.36', 'could not be downloaded'],
    ['no version of it is known', '1.99', 'server of version 1.99'],
    ['the server does not say', '', 'does not tell'],
  ])('is a warning and not an error when %s', async (_, minor, why) => {
    process.env.PATH = root;
    await prepareKubectl(auto(), minor, options());
    expect(messages()).toMatch(/^warned: No kubectl for your later steps/);
    expect(messages()).toContain(why);
  });

  it.each(['installed', 'exact'] as const)('is left alone when %s is wished for', async (kind) => {
    const kubectl = kind === 'installed' ? { kind } : { kind, version: VERSION };
    await prepareKubectl(requested({ kubectl }), '1.36', options());
    expect(told).toEqual([]);
  });
});

describe('a download that does not end', () => {
  it('is given up and removed when it is larger than any build', async () => {
    host.next((response) => {
      const piece = Buffer.alloc(1 << 16);
      const more = (): void => void (response.destroyed || response.write(piece, () => setTimeout(more, 1)));
      more();
    });
    const directory = mkdtempSync(join(root, 'download-'));
    const download = downloadOf('helm', VERSION, system, host.address);
    const failure = fetchVerified({ ...options(), download, sum: sumOf(archive), directory, maxBytes: 1 << 20 });
    await expect(failure).rejects.toMatchObject({ code: 'download-failed', why: 'it has more than 1 MiB' });
    expect(existsSync(join(directory, download.file))).toBe(false);
  });
});
