// What the user wants, after parsing: the only form in which inputs travel further.
import type { WantedChart } from './chart-choice.js';
import type { ComposeWishes } from './compose/wishes.js';
import type { Login } from './login.js';
import type { MigrationWishes } from './migration/wishes.js';
import type { ToolWishes } from './tools.js';
import type { HiddenValues } from './values.js';
import type { Version } from './version.js';

export const OPERATIONS = ['upgrade', 'plan', 'verify', 'rollback'] as const;
export const STRATEGIES = ['auto', 'helm-upgrade', 'rolling', 'migrate'] as const;

export const ON_FAILURE = ['stop', 'rollback'] as const;

export type Operation = (typeof OPERATIONS)[number];
export type WantedStrategy = (typeof STRATEGIES)[number];
export type OnFailure = (typeof ON_FAILURE)[number];

/** Where the chart comes from. A repository chart is written `<repository>/<name>`; the others are given to Helm as they are. */
export type ChartSource =
  | { readonly kind: 'repository'; readonly reference: string; readonly url: string }
  | { readonly kind: 'folder' | 'archive' | 'oci'; readonly reference: string };

export interface Goal {
  readonly operation: Operation;
  readonly strategy: WantedStrategy;
  /** Null for the Helm platform. */
  readonly compose: ComposeWishes | null;
  /** Of the Helm platform. */
  readonly release: string;
  readonly namespace: string;
  readonly target: Version;
  /** What the user says runs now; checked against what is found. */
  readonly source: Version | null;
  /** A full image reference, or null for the running repository with the target's tag. */
  readonly image: string | null;
  readonly chart: ChartSource;
  readonly chartVersion: WantedChart;
  /** values-files, then values, then set, merged in this order. */
  readonly values: HiddenValues;
  readonly login: Login;
  readonly tools: ToolWishes;
  readonly migration: MigrationWishes;
  readonly onFailure: OnFailure;
  readonly timeoutSeconds: number;
  readonly stepTimeoutSeconds: number;
  readonly skipChecks: readonly string[];
  readonly reportPath: string | null;
  readonly evidencePath: string | null;
}
