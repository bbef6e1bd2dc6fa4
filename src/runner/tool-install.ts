// Installs one program for this job: from the cache or the network, verified, and on the PATH of later steps.
import { constants } from 'node:fs';
import { access, chmod, mkdir, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import * as core from '@actions/core';
import { UpgradeError } from '../core/errors.js';
import { knownSum, newestKubectl } from '../core/knowledge/tool-sums.js';
import { downloadOf, systemOf, type Download, type System, type Tool } from '../core/tool-downloads.js';
import type { ToolsConfig } from '../core/tools.js';
import { outputOf, runShort, type Command } from './process.js';
import { fetchVerified } from './tool-store.js';
import type { ToolOptions } from './tools.js';
import { temporaryDirectory } from './private-folder.js';

/**
 * Gives the path of the program, made anew for this job out of a file whose sum was just verified: what another job left in the cache is never run unseen.
 * Throws `checksum-unknown` before anything is downloaded, `checksum-wrong` or `download-failed` after it.
 */
export async function installTool(tool: Tool, version: string, requested: ToolsConfig, options: ToolOptions): Promise<string> {
  const download = downloadOf(tool, version, thisSystem(), requested.mirror);
  const sum = (tool === 'helm' ? requested.helmChecksum : requested.kubectlChecksum) ?? knownSum(tool, version, download.system);
  if (!sum) throw sumUnknown(download);
  const directory = await makeDirectory(tool, options.directory);
  const file = await fetchVerified({ ...options, download, sum, directory });
  const program = download.inArchive === null ? file : await unpack(download, file, { directory, signal: options.signal });
  await chmod(program, 0o755);
  offerToLaterSteps(join(program, '..'));
  return program;
}

/** The newest kubectl of a minor version that this system has a known sum for. */
export function newestFor(minor: string): string {
  const system = thisSystem();
  const version = newestKubectl(minor, system);
  if (version) return version;
  throw new UpgradeError({
    code: 'checksum-unknown',
    what: minor === '' ? 'The server does not tell its version to this user' : `There is no kubectl to install for a server of version ${minor}`,
    why: `the action knows no checksum of one for ${system.os}-${system.arch}`,
    remedy: 'Give kubectl-version and kubectl-checksum.',
  });
}

function thisSystem(): System {
  const system = systemOf(process.platform, process.arch);
  if (system) return system;
  throw new UpgradeError({
    code: 'tool-missing',
    what: 'helm and kubectl cannot be downloaded',
    why: `there is no known build of them for ${process.platform} on ${process.arch}`,
    remedy: 'Install them before this step and set helm-version and kubectl-version to installed.',
  });
}

/** Later steps find the program in RUNNER_TEMP, which the runner empties after the job; elsewhere it goes with the run. */
async function makeDirectory(tool: Tool, directory: string): Promise<string> {
  const parent = process.env.RUNNER_TEMP ? temporaryDirectory() : directory;
  return mkdtemp(join(parent, `milvus-upgrade-tool-${tool}-`));
}

interface Unpacking {
  readonly directory: string;
  readonly signal: AbortSignal;
}

/** Both tar and zip: the tar of Windows reads both (https://learn.microsoft.com/windows-server/administration/windows-commands/tar), that of Git for Windows does not. */
async function unpack({ inArchive, url, system }: Download, file: string, { directory, signal }: Unpacking): Promise<string> {
  const into = join(directory, 'unpacked');
  await mkdir(into);
  const tar = system.os === 'windows' ? join(process.env.SystemRoot ?? 'C:\\Windows', 'System32', 'tar.exe') : 'tar';
  const command: Command = [tar, '-xf', file, '-C', into];
  outputOf(command, await runShort(command, { env: { PATH: process.env.PATH ?? '' }, signal }));
  const program = join(into, ...(inArchive ?? '').split('/'));
  try {
    await access(program, constants.R_OK);
  } catch (error) {
    const remedy = 'Check the address of download-mirror, and that helm-checksum is the sum of an official archive.';
    throw new UpgradeError({ code: 'download-failed', what: `${url} cannot be used`, why: `the archive has no ${inArchive ?? ''}`, remedy }, { cause: error });
  }
  return program;
}

function offerToLaterSteps(directory: string): void {
  // Without the file that the runner reads, core would print a workflow command.
  if (process.env.GITHUB_PATH) core.addPath(directory);
}

function sumUnknown({ tool, version, system, checksumInput, file }: Download): UpgradeError {
  return new UpgradeError({
    code: 'checksum-unknown',
    what: `${tool} ${version} is not installed`,
    why: `the action knows no checksum of it for ${system.os}-${system.arch}, and does not run what it cannot verify`,
    remedy: `Set ${checksumInput} to the SHA-256 of ${file}, which its makers publish beside it, or choose a version of src/core/knowledge/tool-sums.json.`,
  });
}
