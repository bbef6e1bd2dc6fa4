// Fetches one published file and vouches for it: from the cache of this machine, which other jobs can write to, or from the network.
import { existsSync, statSync } from 'node:fs';
import { copyFile, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { cacheFile, downloadTool, find, HTTPError } from '@actions/tool-cache';
import { UpgradeError } from '../core/errors.js';
import type { Emit } from '../core/events.js';
import type { Download } from '../core/tool-downloads.js';
import { sha256Of } from './checksum.js';
import { within } from './within.js';

export interface FetchOptions {
  readonly download: Download;
  /** SHA-256 in lower-case hexadecimal digits. */
  readonly sum: string;
  /** A folder of this job alone. */
  readonly directory: string;
  readonly emit: Emit;
  readonly signal: AbortSignal;
  /** For tests; MAX_DOWNLOAD_BYTES without. */
  readonly maxBytes?: number;
}

/** The largest official build has 60 MB. */
const MAX_DOWNLOAD_BYTES = 300 << 20;
const SIZE_MILLISECONDS = 100;
/** All tries of a download together. */
const DOWNLOAD_SECONDS = 300;
const PROGRESS_MILLISECONDS = 10_000;

/**
 * Gives the path of the file in `folder`. The cache keeps the file as it was downloaded, and each job verifies a copy of its own against the published sum:
 * a sum that lay beside it in the cache could be changed along with it. A half-written, torn or changed copy is thrown away, said, and downloaded again.
 */
export async function fetchVerified(options: FetchOptions): Promise<string> {
  const { download, emit } = options;
  const file = join(options.directory, download.file);
  const name = `${download.tool} ${download.version}`;
  chooseCache();
  if (await fromCache(file, options)) {
    emit({ type: 'noted', message: `${name} from the cache; its SHA-256 is right` });
    return file;
  }
  const startedAt = performance.now();
  await fromNetwork(file, options);
  const megabytes = (statSync(file).size / 1e6).toFixed(1);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  emit({ type: 'noted', message: `${name} downloaded from ${download.url}: ${megabytes} MB in ${seconds} s; its SHA-256 is right` });
  await intoCache(file, options);
  return file;
}

/** Of our own name: what others cache as `helm` is an unpacked program, which cannot be verified. */
function cacheName({ tool }: Download): string {
  return `milvus-upgrade-${tool}`;
}

/** Outside of a runner there is no tool cache; then one of this user. */
function chooseCache(): void {
  const managed = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'milvus-upgrade');
  process.env.RUNNER_TOOL_CACHE ||= managed;
}

async function fromCache(file: string, { download, sum, emit }: FetchOptions): Promise<boolean> {
  const directory = find(cacheName(download), download.version);
  if (directory === '') return false;
  const cached = join(directory, download.file);
  try {
    await copyFile(cached, file);
  } catch {
    // Another job is just replacing it, or it may not be read: then it is as good as absent.
    return false;
  }
  const found = await sha256Of(file);
  if (found === sum) return true;
  emit({ type: 'warned', message: `${cached} is not what was published (its SHA-256 is ${found}, not ${sum}). It is thrown away and downloaded again.` });
  await Promise.all([file, directory, `${directory}.complete`].map((path) => rm(path, { recursive: true, force: true }).catch(() => undefined)));
  return false;
}

async function intoCache(file: string, { download, emit }: FetchOptions): Promise<void> {
  try {
    await cacheFile(file, download.file, cacheName(download), download.version);
  } catch (error) {
    // The next job downloads once more; this one has what it needs.
    emit({ type: 'noted', message: `${download.file} could not be kept in the cache: ${messageOf(error)}` });
  }
}

async function fromNetwork(file: string, options: FetchOptions): Promise<void> {
  const { download, sum } = options;
  try {
    // Three tries, after 5xx, 408, 429 and broken connections; through HTTPS_PROXY where it is set (actions/toolkit, packages/tool-cache and http-client).
    await reportingChanges(downloadTool(download.url, file), file, options);
  } catch (error) {
    await rm(file, { force: true });
    throw downloadFailed(options, error);
  }
  const found = await sha256Of(file);
  if (found === sum) return;
  await rm(file, { force: true });
  throw new UpgradeError({
    code: 'checksum-wrong',
    what: `${download.url} was downloaded and thrown away`,
    why: `its SHA-256 is ${found}, not ${sum}`,
    remedy: `Run again in case the download was cut short. If it stays so, do not use this source: compare ${download.checksumInput} and download-mirror with what the makers publish.`,
  });
}

/** Tells how far a download is, and gives up one that is larger than any build. */
async function reportingChanges(
  downloading: Promise<unknown>,
  file: string,
  { download, emit, signal, maxBytes = MAX_DOWNLOAD_BYTES }: FetchOptions,
): Promise<void> {
  const bytes = (): number => (existsSync(file) ? statSync(file).size : 0);
  const progress = setInterval(() => {
    emit({ type: 'noted', message: `${download.tool} ${download.version}: ${(bytes() / 1e6).toFixed(1)} MB of ${download.url} so far` });
  }, PROGRESS_MILLISECONDS);
  let watching: NodeJS.Timeout | undefined;
  const tooLarge = new Promise<never>((_, reject) => {
    const error = new Error(`it has more than ${maxBytes >> 20} MiB`);
    watching = setInterval(() => (bytes() > maxBytes ? reject(error) : undefined), SIZE_MILLISECONDS);
    void downloading.then(() => (bytes() > maxBytes ? reject(error) : undefined)).catch(() => undefined);
  });
  try {
    await Promise.race([
      tooLarge,
      within(
        downloading.then(() => undefined),
        { seconds: DOWNLOAD_SECONDS, signal },
      ),
    ]);
  } finally {
    clearInterval(progress);
    clearInterval(watching);
  }
}

function downloadFailed({ download, signal }: FetchOptions, error: unknown): UpgradeError {
  const why = error instanceof HTTPError ? `the server answered ${error.httpStatusCode ?? 'something else than HTTP'}` : messageOf(error);
  const remedy = `Check that the runner reaches this address (HTTPS_PROXY, download-mirror), or install ${download.tool} before this step and set ${download.tool}-version: installed.`;
  return new UpgradeError(
    { code: signal.aborted ? 'cancelled' : 'download-failed', what: `${download.url} could not be downloaded`, why, remedy },
    { cause: error },
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
