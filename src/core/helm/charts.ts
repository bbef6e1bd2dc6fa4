// The charts that a Helm release can be upgraded with. The planner requests them; the platform reads them.
import type { Values } from '../model/values.js';
import type { CatalogueEntry } from './chart-question.js';

/** Each call ends with the given signal, or else with the run. */
export interface Charts {
  /** The charts on offer, newest first. */
  offered(signal?: AbortSignal): Promise<readonly CatalogueEntry[]>;
  /** The default values of one version of the chart; without those of its dependencies. */
  defaults(version: string, signal?: AbortSignal): Promise<Values>;
  /** The same with those of its dependencies below their keys, which `helm show values` does not print. */
  allDefaults(version: string, signal?: AbortSignal): Promise<Values>;
}
