// The helm program and its commands. It runs with its own cache and configuration, so that the
// repositories of the user stay unchanged.
import type { CatalogueEntry } from '../../core/helm/chart-question.js';
import type { Emit } from '../../core/model/event.js';
import type { ChartSource, HelmConfig } from '../../core/config/config.js';
import { causeOfHelm } from '../../core/helm/failure.js';
import { getRecord, parseJsonRecord, recordAt } from '../../core/lib/json.js';
import type { Values } from '../../core/model/values.js';
import { HELM_GRACE_SECONDS, outputOf, runLong, runShort, type Command, type Finished } from '../../runner/process.js';
import { feedOf, tethered, type Remaining } from '../../runner/tether.js';
import type { Access } from '../../core/config/access.js';
import {
  chartArguments,
  dryRunArguments,
  rollbackArguments,
  upgradeArguments,
  type RollbackCall,
  type UpgradeCall,
} from './helm-arguments.js';
import { helmEnvironment } from './helm-environment.js';
import { readYaml } from '../../core/lib/safe-yaml.js';
import { readChart } from '../../core/helm/chart-file.js';

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

/** Rendering a chart takes seconds. */
const DRY_RUN_SECONDS = 120;

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
    const { chart } = this.#options.config;
    return getRecord(readYaml(await this.#read(['helm', 'show', 'values', ...chartArguments(chart, version)], signal)));
  }

  /**
   * The default values of a chart and of its dependencies. Helm merges them when it renders, and a dry run prints the
   * result as the values of the chart (helm/pkg/chartutil/dependencies.go, `processImportValues`). The output contains
   * secrets: it is never logged.
   */
  async allChartDefaults(version: string, signal = this.#options.signal): Promise<Values> {
    const command = dryRunArguments(version, this.#options);
    const options = { env: this.#env, signal, timeoutSeconds: DRY_RUN_SECONDS };
    const output = this.#finish(command, await runLong(this.#resolved(command), options));
    return recordAt(parseJsonRecord(output), 'chart.values');
  }

  /** `helm upgrade` without `--wait`: returns when Helm has sent everything to the API server. */
  async upgrade(call: UpgradeCall): Promise<void> {
    await this.#change(await this.#upgradeCommand(call), call.step.timeoutSeconds, call.signal);
  }

  /**
   * What the same `helm upgrade` would apply, rendered with `lookup` against the cluster. The output contains secrets:
   * it is returned, never logged.
   */
  async render(call: UpgradeCall): Promise<string> {
    const command: Command = [...(await this.#upgradeCommand(call)), '--dry-run=server', '--output', 'json'];
    return this.#finish(
      command,
      await runLong(this.#resolved(command), {
        env: this.#env,
        signal: call.signal,
        timeoutSeconds: call.step.timeoutSeconds,
      }),
    );
  }

  /**
   * `helm rollback` without `--wait`, with arguments that Helm 3 and 4 share: returns when Helm has sent everything to
   * the API server.
   */
  async rollback(call: RollbackCall): Promise<void> {
    const { step, serverSide, signal } = call;
    const command: Command = [...rollbackArguments(call, this.#options), ...(await this.#conflictFlags(serverSide))];
    await this.#change(command, step.timeoutSeconds, signal);
  }

  async #upgradeCommand(call: UpgradeCall): Promise<Command> {
    return [...upgradeArguments(call, this.#options), ...(await this.#conflictFlags(call.serverSide))];
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
  async #conflictFlags(serverSide: boolean): Promise<string[]> {
    if (!serverSide) return [];
    const version = await this.#read(['helm', 'version', '--template', '{{.Version}}']);
    return /^v?3\./.test(version) ? [] : ['--force-conflicts'];
  }

  async #chartOf(chart: ChartSource, signal?: AbortSignal): Promise<CatalogueEntry> {
    const { chartVersion } = this.#options.config;
    const version = chart.kind === 'oci' && chartVersion.kind === 'exact' ? chartVersion.version : null;
    return readChart(readYaml(await this.#read(['helm', 'show', 'chart', ...chartArguments(chart, version)], signal)));
  }

  async #read(command: Command, signal = this.#options.signal): Promise<string> {
    const finished = await runShort(this.#resolved(command), { env: this.#env, signal });
    this.#options.emit({ type: 'command-ran', command, exitCode: finished.exitCode, seconds: finished.seconds });
    return outputOf(command, finished);
  }

  #resolved([, ...args]: Command): Command {
    return [this.#options.program, ...args];
  }
}

interface SearchRow {
  readonly name: string;
  readonly version: string;
  readonly app_version: string;
}
