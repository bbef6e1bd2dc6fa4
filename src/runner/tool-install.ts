// Installs one program for this job, from the cache or the network, verifies it, and adds it to the PATH of later
// steps.
import { constants } from 'node:fs';
import { access, chmod, mkdir, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import * as core from '@actions/core';
import { extractTar, extractZip } from '@actions/tool-cache';
import { UpgradeError } from '../core/model/error.js';
import { knownSum, newestKubectl } from '../core/knowledge/tool-sums.js';
import { downloadOf, systemOf, type Download, type System, type Tool } from '../core/config/tool-downloads.js';
import type { ToolsConfig } from '../core/config/tools.js';
import { catchingStart } from './exec-start.js';
import { fetchVerified } from './tool-store.js';
import { temporaryDirectory } from './private-folder.js';
import type { ToolOptions } from './tool-options.js';
import { within } from './within.js';

/**
 * Returns the path of the program. It is unpacked for this job from a file whose checksum was just verified: a file
 * that another job left in the cache is never run unverified. Throws `checksum-unknown` before a download, and
 * `checksum-wrong` or `download-failed` after it.
 */
export async function installTool(
  tool: Tool,
  version: string,
  requested: ToolsConfig,
  options: ToolOptions,
): Promise<string> {
  const download = downloadOf(tool, version, thisSystem(), requested.mirror);
  const sum =
    (tool === 'helm' ? requested.helmChecksum : requested.kubectlChecksum) ?? knownSum(tool, version, download.system);
  if (!sum) throw sumUnknown(download);
  const directory = await makeDirectory(tool, options.directory);
  const file = await fetchVerified({ ...options, download, sum, directory });
  const program =
    download.inArchive === null ? file : await unpack(download, file, { directory, signal: options.signal });
  await chmod(program, 0o755);
  offerToLaterSteps(join(program, '..'));
  return program;
}

/** The newest kubectl of a minor version that has a known checksum for this system. */
export function newestFor(minor: string): string {
  const system = thisSystem();
  const version = newestKubectl(minor, system);
  if (version) return version;
  throw new UpgradeError({
    code: 'checksum-unknown',
    what:
      minor === ''
        ? 'The server does not report its version to this user'
        : `No kubectl can be installed for server version ${minor}`,
    why: `the action has no checksum of a kubectl for ${system.os}-${system.arch}`,
    remedy: 'Set kubectl-version and kubectl-checksum.',
  });
}

function thisSystem(): System {
  const system = systemOf(process.platform, process.arch);
  if (system) return system;
  throw new UpgradeError({
    code: 'tool-missing',
    what: 'helm and kubectl cannot be downloaded',
    why: `no build of them is known for ${process.platform} on ${process.arch}`,
    remedy: 'Install them before this step and set helm-version and kubectl-version to installed.',
  });
}

/**
 * On a runner the directory is below RUNNER_TEMP, which the runner empties after the job; elsewhere it is removed at
 * the end of the run.
 */
async function makeDirectory(tool: Tool, directory: string): Promise<string> {
  const parent = process.env.RUNNER_TEMP ? temporaryDirectory() : directory;
  return mkdtemp(join(parent, `milvus-upgrade-tool-${tool}-`));
}

interface Unpacking {
  readonly directory: string;
  readonly signal: AbortSignal;
}

/** Time for the largest official build on a slow disk. */
const UNPACK_SECONDS = 120;

/**
 * Unpacks a file whose checksum was verified. Helm is published as zip for Windows and as tar for every other system.
 * Both programs inherit the environment of this process, from which readInputs removed the secrets.
 */
async function unpack(
  { inArchive, url, file: name }: Download,
  file: string,
  { directory, signal }: Unpacking,
): Promise<string> {
  const into = join(directory, 'unpacked');
  await mkdir(into);
  const extract = name.endsWith('.zip') ? extractZip : extractTar;
  try {
    await within(
      catchingStart(() => extract(file, into)),
      { seconds: UNPACK_SECONDS, signal },
    );
  } catch (error) {
    throw notUnpacked(file, signal, error);
  }
  const program = join(into, ...(inArchive ?? '').split('/'));
  try {
    await access(program, constants.R_OK);
  } catch (error) {
    const remedy =
      'Check the address of download-mirror, and that helm-checksum is the checksum of an official archive.';
    throw new UpgradeError(
      {
        code: 'download-failed',
        what: `${url} cannot be used`,
        why: `the archive does not contain ${inArchive ?? ''}`,
        remedy,
      },
      { cause: error },
    );
  }
  return program;
}

function notUnpacked(file: string, signal: AbortSignal, error: unknown): UpgradeError {
  const why = error instanceof Error ? error.message : String(error);
  const remedy =
    'Check that tar and gzip, on Windows PowerShell, are on PATH, and that the checksum is that of an official archive. Nothing was changed.';
  return new UpgradeError(
    { code: signal.aborted ? 'cancelled' : 'command-failed', what: `${file} could not be unpacked`, why, remedy },
    { cause: error },
  );
}

function offerToLaterSteps(directory: string): void {
  // Without GITHUB_PATH, addPath would print a workflow command.
  if (process.env.GITHUB_PATH) core.addPath(directory);
}

function sumUnknown({ tool, version, system, checksumInput, file }: Download): UpgradeError {
  return new UpgradeError({
    code: 'checksum-unknown',
    what: `${tool} ${version} is not installed`,
    why: `the action has no checksum of it for ${system.os}-${system.arch}, and does not run unverified programs`,
    remedy: `Set ${checksumInput} to the SHA-256 of ${file}, which is published next to it, or choose a version that is listed in src/core/knowledge/tool-sums.json.`,
  });
}
