// The helm program: its arguments and directories. It runs with its own cache and configuration, so that the
// repositories of the user stay unchanged.
import { join } from 'node:path';
import type { CatalogueEntry } from '../../core/helm/chart-choice.js';
import type { Emit } from '../../core/model/event.js';
import type { ChartSource, HelmConfig } from '../../core/config/config.js';
import { causeOfHelm } from '../../core/helm/failure.js';
import { isRecord, type Values } from '../../core/model/values.js';
import { HELM_GRACE_SECONDS, outputOf, runLong, runShort, type Command, type Finished } from '../../runner/process.js';
import { feedOf, tethered, type Remaining } from '../../runner/tether.js';
import type { Access } from '../../core/config/access.js';
import { BACK_TO_LABEL, REVISION_LABEL, RUN_LABEL } from './release-record.js';
import { readYaml } from '../../core/lib/safe-yaml.js';
import type { HelmRollbackStep, HelmUpgradeStep } from '../../core/helm/step.js';

/** The time limit for hooks of the chart; without hooks, Helm ends within seconds, since it does not wait for pods. */
const HOOK_TIMEOUT = '10m';

export interface HelmOptions {
  /** Path of the helm program. */
  readonly program: string;
  /** A private directory for the cache and configuration of Helm and for the values file. */
  readonly directory: string;
  readonly config: HelmConfig;
  readonly access: Access;
  readonly emit: Emit;
  readonly env: NodeJS.ProcessEnv;
  /** Ends Helm commands that only read; an upgrade has its own signal. */
  readonly signal: AbortSignal;
}

export interface UpgradeCall {
  readonly step: HelmUpgradeStep;
  readonly valuesFile: string;
  readonly nextRevision: number;
  /** The revision to roll back to if it fails; null if there is none. */
  readonly backTo: number | null;
  /** Whether the newest revision was written by server-side apply. */
  readonly serverSide: boolean;
  readonly run: string;
  readonly signal: AbortSignal;
}

export interface RollbackCall {
  readonly step: HelmRollbackStep;
  /** Whether the revision to roll back to was written by server-side apply. */
  readonly serverSide: boolean;
  readonly signal: AbortSignal;
}

export class Helm {
  readonly #options: HelmOptions;
  readonly #env: Record<string, string>;
  /** While the lock is held: the time that it remains valid, so that Helm ends before that. */
  remaining: Remaining | null = null;
  constructor(options: HelmOptions) {
    this.#options = options;
    this.#env = helmEnvironment(options.env, options.directory);
  }

  /** The available charts: every version in a repository, or the one in a directory, an archive or an OCI reference. */
  async charts(signal?: AbortSignal): Promise<readonly CatalogueEntry[]> {
    const { chart } = this.#options.config;
    if (chart.kind !== 'repository') return [await this.#chartOf(chart, signal)];
    const [repository = '', name = ''] = chart.reference.split('/');
    // A fresh configuration: adding a repository downloads its index, which `repo update` would only repeat.
    await this.#read(['helm', 'repo', 'add', repository, chart.url, '--force-update'], signal);
    const found = JSON.parse(
      await this.#read(['helm', 'search', 'repo', chart.reference, '--versions', '--output', 'json'], signal),
    ) as SearchRow[];
    // The search also finds charts whose name only starts with this name.
    return found
      .filter((row) => row.name === chart.reference)
      .map((row) => ({ name, version: row.version, appVersion: row.app_version }));
  }

  /** The default values of a chart version. */
  async chartDefaults(version: string, signal?: AbortSignal): Promise<Values> {
    const parsed: unknown = readYaml(
      await this.#read(['helm', 'show', 'values', ...chartArguments(this.#options.config.chart, version)], signal),
    );
    return isRecord(parsed) ? parsed : {};
  }

  /** `helm upgrade` without `--wait`: returns when Helm has sent everything to the API server. */
  async upgrade(call: UpgradeCall): Promise<void> {
    await this.#change(await this.#upgradeArguments(call), call.step.timeoutSeconds, call.signal);
  }

  /**
   * What the same `helm upgrade` would apply, rendered with `lookup` against the cluster. The output contains secrets:
   * it is returned, never logged.
   */
  async render(call: UpgradeCall): Promise<string> {
    const command: Command = [...(await this.#upgradeArguments(call)), '--dry-run=server', '--output', 'json'];
    return this.#finish(
      command,
      await runLong(this.#resolved(command), {
        env: this.#env,
        signal: call.signal,
        timeoutSeconds: call.step.timeoutSeconds,
      }),
    );
  }

  async #upgradeArguments({ step, valuesFile, nextRevision, backTo, serverSide, run }: UpgradeCall): Promise<Command> {
    const { config } = this.#options;
    return [
      'helm',
      'upgrade',
      config.release,
      ...chartArguments(step.chart, step.chartVersion),
      '--namespace',
      config.namespace,
      ...this.#login(),
      '--reset-then-reuse-values',
      '--values',
      valuesFile,
      '--timeout',
      HOOK_TIMEOUT,
      '--labels',
      // The value null removes a label, also one that does not exist.
      `${RUN_LABEL}=${run},${REVISION_LABEL}=${nextRevision},${BACK_TO_LABEL}=${backTo ?? 'null'}`,
      '--description',
      `milvus-upgrade: ${step.id}`,
      ...(serverSide ? await this.#conflictFlags() : []),
    ];
  }

  /**
   * `helm rollback` without `--wait`, with arguments that Helm 3 and 4 share: returns when Helm has sent everything to
   * the API server.
   */
  async rollback({ step, serverSide, signal }: RollbackCall): Promise<void> {
    const { config } = this.#options;
    const where = ['--namespace', config.namespace, ...this.#login()];
    const over = serverSide ? await this.#conflictFlags() : [];
    await this.#change(
      ['helm', 'rollback', config.release, String(step.revision), ...where, '--timeout', HOOK_TIMEOUT, ...over],
      step.timeoutSeconds,
      signal,
    );
  }

  async #change(command: Command, timeoutSeconds: number, signal: AbortSignal): Promise<string> {
    const { remaining } = this;
    const options = { env: this.#env, signal, timeoutSeconds, graceSeconds: HELM_GRACE_SECONDS };
    const program = this.#resolved(command);
    // Only a tethered program ends with the lock even while this process is stopped.
    return this.#finish(
      command,
      await (remaining
        ? runLong(tethered(program), { ...options, feed: feedOf(remaining) })
        : runLong(program, options)),
    );
  }

  #finish(command: Command, finished: Finished): string {
    this.#options.emit({ type: 'command-ran', command, exitCode: finished.exitCode, seconds: finished.seconds });
    return outputOf(command, finished, causeOfHelm(finished.stderr, new Date().toISOString()));
  }

  /**
   * With server-side apply, a field that another client has set since (`kubectl set image`) is a conflict. It is
   * overwritten with the value of the chart, as Helm 3, which has no such flag, always does.
   */
  async #conflictFlags(): Promise<string[]> {
    const version = await this.#read(['helm', 'version', '--template', '{{.Version}}']);
    return /^v?3\./.test(version) ? [] : ['--force-conflicts'];
  }

  async #chartOf(chart: ChartSource, signal?: AbortSignal): Promise<CatalogueEntry> {
    const { chartVersion } = this.#options.config;
    const version = chart.kind === 'oci' && chartVersion.kind === 'exact' ? chartVersion.version : null;
    const { name, ...parsed } = readYaml(
      await this.#read(['helm', 'show', 'chart', ...chartArguments(chart, version)], signal),
    ) as Partial<CatalogueEntry>;
    return {
      name: String(name ?? ''),
      version: String(parsed.version ?? ''),
      appVersion: String(parsed.appVersion ?? ''),
    };
  }

  async #read(command: Command, signal = this.#options.signal): Promise<string> {
    const finished = await runShort(this.#resolved(command), { env: this.#env, signal });
    this.#options.emit({ type: 'command-ran', command, exitCode: finished.exitCode, seconds: finished.seconds });
    return outputOf(command, finished);
  }

  #resolved([, ...args]: Command): Command {
    return [this.#options.program, ...args];
  }

  #login(): string[] {
    const { kubeconfig, context, insecure } = this.#options.access;
    return [
      ...(kubeconfig ? ['--kubeconfig', kubeconfig] : []),
      ...(context ? ['--kube-context', context] : []),
      ...(insecure ? ['--kube-insecure-skip-tls-verify'] : []),
    ];
  }
}

interface SearchRow {
  readonly name: string;
  readonly version: string;
  readonly app_version: string;
}

function chartArguments(chart: ChartSource, version: string | null): string[] {
  const versioned = chart.kind === 'repository' || chart.kind === 'oci';
  return [chart.reference, ...(versioned && version ? ['--version', version] : [])];
}

/** The registry login of the user is kept: OCI charts may need it. */
function helmEnvironment(env: NodeJS.ProcessEnv, directory: string): Record<string, string> {
  const defined = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  // The environment contains the inputs of an action; none of them, secret or not, must reach another program.
  // HELM_KUBE…, such as HELM_KUBEAPISERVER, would direct Helm to another cluster, or user, than the one that was
  // observed.
  const inherited = Object.fromEntries(defined.filter(([name]) => !/^(INPUT_|HELM_KUBE)/.test(name)));
  const registry =
    inherited.HELM_REGISTRY_CONFIG ??
    join(
      inherited.HELM_CONFIG_HOME ?? join(inherited.XDG_CONFIG_HOME ?? join(inherited.HOME ?? '', '.config'), 'helm'),
      'registry',
      'config.json',
    );
  return {
    ...inherited,
    HELM_CACHE_HOME: join(directory, 'cache'),
    HELM_CONFIG_HOME: join(directory, 'config'),
    HELM_DATA_HOME: join(directory, 'data'),
    HELM_REPOSITORY_CONFIG: join(directory, 'config', 'repositories.yaml'),
    HELM_REPOSITORY_CACHE: join(directory, 'cache', 'repository'),
    HELM_REGISTRY_CONFIG: registry,
  };
}
