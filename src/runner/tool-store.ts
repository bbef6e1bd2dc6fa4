// Fetches one published file and verifies it: from the cache of this machine, which other jobs can write to, or from
// the network.
import { existsSync, statSync } from 'node:fs';
import { copyFile, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { cacheFile, downloadTool, find, HTTPError } from '@actions/tool-cache';
import { UpgradeError } from '../core/model/error.js';
import type { Emit } from '../core/model/event.js';
import type { Download } from '../core/config/tool-downloads.js';
import { sha256Of } from './checksum.js';
import { within } from './within.js';

export interface FetchOptions {
  readonly download: Download;
  /** SHA-256 in lower-case hexadecimal digits. */
  readonly sum: string;
  /** A directory that only this job uses. */
  readonly directory: string;
  readonly emit: Emit;
  readonly signal: AbortSignal;
  /** For tests; the default is MAX_DOWNLOAD_BYTES. */
  readonly maxBytes?: number;
}

/** The largest official build has 60 MB. */
const MAX_DOWNLOAD_BYTES = 300 << 20;
const SIZE_MILLISECONDS = 100;
/** All attempts of a download together. */
const DOWNLOAD_SECONDS = 300;
const PROGRESS_MILLISECONDS = 10_000;

/**
 * Returns the path of the file in `folder`. The cache keeps the file as it was downloaded, and each job verifies a copy
 * of its own against the published checksum: a checksum in the cache could be changed together with the file. A file
 * that is incomplete or was changed is deleted with a warning and downloaded again.
 */
export async function fetchVerified(options: FetchOptions): Promise<string> {
  const { download, emit } = options;
  const file = join(options.directory, download.file);
  const name = `${download.tool} ${download.version}`;
  chooseCache();
  if (await fromCache(file, options)) {
    emit({ type: 'noted', message: `${name} from the cache; its SHA-256 matches` });
    return file;
  }
  const startedAt = performance.now();
  await fromNetwork(file, options);
  const megabytes = (statSync(file).size / 1e6).toFixed(1);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  emit({
    type: 'noted',
    message: `${name} downloaded from ${download.url}: ${megabytes} MB in ${seconds} s; its SHA-256 matches`,
  });
  await intoCache(file, options);
  return file;
}

/** A name of this action: other actions cache an unpacked program as `helm`, which cannot be verified. */
function cacheName({ tool }: Download): string {
  return `milvus-upgrade-${tool}`;
}

/** Outside of a runner there is no tool cache; then a directory of this user is the cache. */
function chooseCache(): void {
  const defaultCache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'milvus-upgrade');
  process.env.RUNNER_TOOL_CACHE ||= defaultCache;
}

async function fromCache(file: string, { download, sum, emit }: FetchOptions): Promise<boolean> {
  const directory = find(cacheName(download), download.version);
  if (directory === '') return false;
  const cached = join(directory, download.file);
  try {
    await copyFile(cached, file);
  } catch {
    // Another job replaces it at this moment, or it cannot be read: treated as not cached.
    return false;
  }
  const found = await sha256Of(file);
  if (found === sum) return true;
  emit({
    type: 'warned',
    message: `${cached} differs from the published file (its SHA-256 is ${found}, not ${sum}). It is deleted and downloaded again.`,
  });
  await Promise.all(
    [file, directory, `${directory}.complete`].map((path) =>
      rm(path, { recursive: true, force: true }).catch(() => undefined),
    ),
  );
  return false;
}

async function intoCache(file: string, { download, emit }: FetchOptions): Promise<void> {
  try {
    await cacheFile(file, download.file, cacheName(download), download.version);
  } catch (error) {
    // This job has its file; the next job downloads it again.
    emit({ type: 'noted', message: `${download.file} could not be added to the cache: ${messageOf(error)}` });
  }
}

async function fromNetwork(file: string, options: FetchOptions): Promise<void> {
  const { download, sum } = options;
  try {
    // Three attempts, after 5xx, 408, 429 and broken connections; through HTTPS_PROXY where it is set (actions/toolkit,
    // packages/tool-cache and http-client).
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
    what: `${download.url} was downloaded and deleted`,
    why: `its SHA-256 is ${found}, not ${sum}`,
    remedy: `Run again in case the download was incomplete. If the error persists, do not use this source: compare ${download.checksumInput} and download-mirror with the official release.`,
  });
}

/** Reports the progress of a download, and aborts one that is larger than any official build. */
async function reportingChanges(
  downloading: Promise<unknown>,
  file: string,
  { download, emit, signal, maxBytes = MAX_DOWNLOAD_BYTES }: FetchOptions,
): Promise<void> {
  const bytes = (): number => (existsSync(file) ? statSync(file).size : 0);
  const progress = setInterval(() => {
    emit({
      type: 'noted',
      message: `${download.tool} ${download.version}: ${(bytes() / 1e6).toFixed(1)} MB downloaded from ${download.url}`,
    });
  }, PROGRESS_MILLISECONDS);
  let watching: NodeJS.Timeout | undefined;
  const tooLarge = new Promise<never>((_, reject) => {
    const error = new Error(`it is larger than ${maxBytes >> 20} MiB`);
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
  const why =
    error instanceof HTTPError
      ? `the server answered ${error.httpStatusCode ?? 'something other than HTTP'}`
      : messageOf(error);
  const remedy = `Check that the runner reaches this address (HTTPS_PROXY, download-mirror), or install ${download.tool} before this step and set ${download.tool}-version: installed.`;
  return new UpgradeError(
    {
      code: signal.aborted ? 'cancelled' : 'download-failed',
      what: `${download.url} could not be downloaded`,
      why,
      remedy,
    },
    { cause: error },
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
