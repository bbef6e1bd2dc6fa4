// The table of docs/causes-on-a-node.md, from what one run of the test measured. Pure.
import type { Scenario } from './cause-scenarios.js';

export interface Row {
  /** The line of the log that names the cause. */
  readonly told: string;
  /** From the moment the cause was certain to the line that tells it; null for what never was. */
  readonly seconds: number | null;
  readonly outcome: string;
}

export function renderTable(rows: readonly (readonly [Scenario, Row | undefined])[]): string {
  return '';
}
