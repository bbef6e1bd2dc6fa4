// What a plan changes and keeps in the chart of the installation and its values.
import type { Pin } from './pin.js';
import type { Setting } from './setting.js';

export interface ChartChanges {
  /** Null if there is no chart. */
  readonly chart: { readonly from: string; readonly to: string; readonly why: string } | null;
  readonly pins: readonly Pin[];
  /** Values that the plan sets automatically. */
  readonly settings: readonly Setting[];
}

export const NO_CHANGES: ChartChanges = { chart: null, pins: [], settings: [] };
