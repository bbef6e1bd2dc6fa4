// The parsed inputs: the only form in which inputs are passed on.
import type { ProjectConfig } from './compose.js';
import type { DataConfig } from './data.js';
import type { Login } from './login.js';
import type { BackupVolume, MigrationConfig } from './migration.js';
import type { ToolsConfig } from './tools.js';
import type { SecretValues } from '../model/values.js';
import type { Version } from '../model/version.js';
import type { RequestedChart } from './requested-chart.js';

export const PLATFORMS = ['helm', 'compose'] as const;
export const OPERATIONS = ['upgrade', 'plan', 'verify', 'rollback'] as const;
export const STRATEGIES = ['auto', 'helm-upgrade', 'rolling', 'migrate'] as const;

/** auto: every hop of the path in one run. one: a path of several hops is refused. */
export const HOPS = ['auto', 'one'] as const;
export const ON_FAILURE = ['stop', 'rollback'] as const;

export type PlatformName = (typeof PLATFORMS)[number];
export type Operation = (typeof OPERATIONS)[number];
export type RequestedStrategy = (typeof STRATEGIES)[number];
export type Hops = (typeof HOPS)[number];
export type OnFailure = (typeof ON_FAILURE)[number];

/**
 * Where the chart comes from. A repository chart has the form `<repository>/<name>`; the others are passed to Helm
 * unchanged.
 */
export type ChartSource =
  | { readonly kind: 'repository'; readonly reference: string; readonly url: string }
  | { readonly kind: 'directory' | 'archive' | 'oci'; readonly reference: string };

/** The options that every platform has. */
export interface SharedConfig {
  readonly operation: Operation;
  readonly strategy: RequestedStrategy;
  readonly target: Version;
  readonly hops: Hops;
  /** The version of the path at which the run ends; null for the target. */
  readonly stopAt: Version | null;
  /** The version that the user expects to run now; checked against the observation. */
  readonly source: Version | null;
  /** A full image reference, or null for the running repository with the target's tag. */
  readonly image: string | null;
  readonly migration: MigrationConfig;
  readonly data: DataConfig;
  readonly onFailure: OnFailure;
  readonly timeoutSeconds: number;
  readonly stepTimeoutSeconds: number;
  readonly skipChecks: readonly string[];
  readonly reportPath: string | null;
  readonly evidencePath: string | null;
}

/** The options for a Helm release. */
export interface HelmConfig extends SharedConfig {
  readonly platform: 'helm';
  readonly release: string;
  readonly namespace: string;
  readonly chart: ChartSource;
  readonly chartVersion: RequestedChart;
  /** values-files, then values, then set, merged in this order. */
  readonly values: SecretValues;
  readonly backupVolume: BackupVolume;
  readonly login: Login;
  readonly tools: ToolsConfig;
}

/** The options for a Docker Compose project. */
export interface ComposeConfig extends SharedConfig {
  readonly platform: 'compose';
  readonly project: ProjectConfig;
}

export type Config = HelmConfig | ComposeConfig;
