// Gets helm and kubectl: those of the PATH, or official builds in the version that is wished for. What downloads is loaded only when something must be.
import { which } from '@actions/io';
import type { Emit } from '../core/events.js';
import { UpgradeError, toProblem } from '../core/errors.js';
import type { Tool } from '../core/tool-downloads.js';
import { isOlderThanHelm314, OLDEST_HELM, type ToolsConfig } from '../core/tools.js';
import { outputOf, runShort, type Command } from './process.js';

export interface ToolOptions {
  readonly emit: Emit;
  /** Where programs go that no later step needs: the private folder of this run. */
  readonly directory: string;
  readonly signal: AbortSignal;
}

/** The path of helm, in a version that can do what we ask of it; and kubectl, where an exact version was wished for. Throws when one cannot be had. */
export async function prepareTools(requested: ToolsConfig, options: ToolOptions): Promise<string> {
  const kubectl = requested.kubectl.kind === 'exact' ? install('kubectl', requested.kubectl.version, requested, options) : Promise.resolve('');
  const helm = requested.helm.kind === 'exact' ? install('helm', requested.helm.version, requested, options) : installedHelm(options);
  const [program] = await Promise.all([helm, kubectl]);
  return program;
}

/** kubectl of the server's minor version, for later steps. Never throws: the upgrade does not need it. `minor` is for example `1.33`, or empty where the server does not tell it. */
export async function prepareKubectl(requested: ToolsConfig, minor: string, options: ToolOptions): Promise<void> {
  if (requested.kubectl.kind !== 'auto') return;
  try {
    const found = await installedKubectl(options.signal);
    if (found?.startsWith(`${minor}.`)) return options.emit({ type: 'noted', message: `kubectl ${found} of the PATH fits the server` });
    const { newestFor } = await import('./tool-install.js');
    await install('kubectl', newestFor(minor), requested, options);
  } catch (error) {
    if (options.signal.aborted) return;
    const { what, why } = toProblem(error);
    options.emit({ type: 'warned', message: `No kubectl for your later steps: ${what}: ${why}. The upgrade itself does not need it.` });
  }
}

async function install(tool: Tool, version: string, requested: ToolsConfig, options: ToolOptions): Promise<string> {
  const { installTool } = await import('./tool-install.js');
  return installTool(tool, version, requested, options);
}

async function installedHelm({ emit, signal }: ToolOptions): Promise<string> {
  const program = await which('helm');
  if (program === '') throw helmMissing();
  // The one form of the question that Helm 3 and 4 answer alike.
  const version = (await request([program, 'version', '--template', '{{.Version}}'], signal)).trim().replace(/^v/, '');
  if (isOlderThanHelm314(version)) throw helmTooOld(program, version);
  emit({ type: 'noted', message: `helm ${version} of the PATH: ${program}` });
  return program;
}

/** The version of kubectl on the PATH, such as `1.33.4`; null where there is none or it does not tell. */
async function installedKubectl(signal: AbortSignal): Promise<string | null> {
  const program = await which('kubectl');
  if (program === '') return null;
  const told = await request([program, 'version', '--client', '--output=json'], signal).catch(() => '');
  return /"gitVersion": *"v(\d[^"]*)"/.exec(told)?.[1] ?? null;
}

async function request(command: Command, signal: AbortSignal): Promise<string> {
  return outputOf(command, await runShort(command, { env: environment(), timeoutSeconds: 30, signal }));
}

/** Without the inputs of the action, which may be secrets. */
function environment(): Record<string, string> {
  return Object.fromEntries(Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined && !entry[0].startsWith('INPUT_')));
}

function helmMissing(): UpgradeError {
  return new UpgradeError({
    code: 'tool-missing',
    what: 'The program helm was not found',
    why: 'helm-version is installed, and no folder of PATH has it',
    remedy: 'Leave helm-version out, so that Helm is downloaded, or install Helm 3.14 or newer before this step: https://helm.sh/docs/intro/install/.',
  });
}

function helmTooOld(program: string, version: string): UpgradeError {
  return new UpgradeError({
    code: 'tool-too-old',
    what: `${program} cannot be used`,
    why: `it says that it is version "${version.slice(0, 40)}", and older than ${OLDEST_HELM} does not know --reset-then-reuse-values`,
    remedy: 'Leave helm-version out, so that a newer one is downloaded, or install Helm 3.14 or newer before this step.',
  });
}
