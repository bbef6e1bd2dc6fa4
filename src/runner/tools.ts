// Provides helm and kubectl: from PATH, or as official builds of the requested version. The download code is loaded
// only when it is needed.
import { which } from '@actions/io';
import { UpgradeError, toProblem } from '../core/model/error.js';
import type { Tool } from '../core/config/tool-downloads.js';
import { isOlderThanHelm314, OLDEST_HELM, type ToolsConfig } from '../core/config/tools.js';
import { runProbe } from './probe.js';
import { outputOf, type Command } from './process.js';
import type { ToolOptions } from './tool-options.js';

/**
 * Returns the path of a new enough helm program; also installs kubectl if an exact version was requested. Throws if one
 * of them is not available.
 */
export async function prepareTools(requested: ToolsConfig, options: ToolOptions): Promise<string> {
  const kubectl =
    requested.kubectl.kind === 'exact'
      ? install('kubectl', requested.kubectl.version, requested, options)
      : Promise.resolve('');
  const helm =
    requested.helm.kind === 'exact'
      ? install('helm', requested.helm.version, requested, options)
      : installedHelm(options);
  const [program] = await Promise.all([helm, kubectl]);
  return program;
}

/**
 * Installs kubectl of the server's minor version for later steps. Never throws: the upgrade does not need it.
 * `minor` is for example `1.33`, or empty if the server does not report it.
 */
export async function prepareKubectl(requested: ToolsConfig, minor: string, options: ToolOptions): Promise<void> {
  if (requested.kubectl.kind !== 'auto') return;
  try {
    const found = await installedKubectl(options.signal);
    if (found?.startsWith(`${minor}.`))
      return options.emit({ type: 'noted', message: `kubectl ${found} from PATH matches the server version` });
    const { newestFor } = await import('./tool-install.js');
    await install('kubectl', newestFor(minor), requested, options);
  } catch (error) {
    if (options.signal.aborted) return;
    const { what, why } = toProblem(error);
    options.emit({
      type: 'warned',
      message: `kubectl was not installed for later steps: ${what}: ${why}. The upgrade itself does not need it.`,
    });
  }
}

async function install(tool: Tool, version: string, requested: ToolsConfig, options: ToolOptions): Promise<string> {
  const { installTool } = await import('./tool-install.js');
  return installTool(tool, version, requested, options);
}

async function installedHelm({ emit, signal }: ToolOptions): Promise<string> {
  const program = await which('helm');
  if (program === '') throw helmMissing();
  // The only form of the command whose output is the same in Helm 3 and 4.
  const version = (await request([program, 'version', '--template', '{{.Version}}'], signal)).trim().replace(/^v/, '');
  if (isOlderThanHelm314(version)) throw helmTooOld(program, version);
  emit({ type: 'noted', message: `helm ${version} from PATH: ${program}` });
  return program;
}

/** The version of kubectl on PATH, such as `1.33.4`; null if there is none or its version is unknown. */
async function installedKubectl(signal: AbortSignal): Promise<string | null> {
  const program = await which('kubectl');
  if (program === '') return null;
  const output = await request([program, 'version', '--client', '--output=json'], signal).catch(() => '');
  return /"gitVersion": *"v(\d[^"]*)"/.exec(output)?.[1] ?? null;
}

async function request(command: Command, signal: AbortSignal): Promise<string> {
  return outputOf(command, await runProbe(command, { env: environment(), timeoutSeconds: 30, signal }));
}

/** The environment without the inputs of the action, which may be secrets. */
function environment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && !entry[0].startsWith('INPUT_'),
    ),
  );
}

function helmMissing(): UpgradeError {
  return new UpgradeError({
    code: 'tool-missing',
    what: 'The program helm was not found',
    why: 'helm-version is "installed", and no directory of PATH contains it',
    remedy:
      'Remove helm-version, so that Helm is downloaded, or install Helm 3.14 or newer before this step: https://helm.sh/docs/intro/install/.',
  });
}

function helmTooOld(program: string, version: string): UpgradeError {
  return new UpgradeError({
    code: 'tool-too-old',
    what: `${program} cannot be used`,
    why: `it reports version "${version.slice(0, 40)}"; versions older than ${OLDEST_HELM} do not support --reset-then-reuse-values`,
    remedy: 'Remove helm-version, so that a newer one is downloaded, or install Helm 3.14 or newer before this step.',
  });
}
