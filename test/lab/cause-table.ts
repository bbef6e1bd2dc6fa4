// The table of docs/causes-on-a-node.md, from what one run of the test measured. Pure.
import type { Scenario } from './cause-scenarios.js';

export interface Row {
  /** The line of the log that names the cause. */
  readonly told: string;
  /** From the moment the cause was certain to that line; null for what never is, or what was refused before the upgrade began. */
  readonly seconds: number | null;
  readonly outcome: string;
}

const HEAD = ['cause', 'what was done', 'outcome', 'told after', 'what the user reads'];

export function renderTable(rows: readonly (readonly [Scenario, Row | undefined])[]): string {
  const lines = rows.map(([{ code, done, known }, row]) => [`\`${code}\``, done, row?.outcome ?? 'not played', row ? whenOf(row, known) : '', row?.told ?? '']);
  return [HEAD, HEAD.map(() => '---'), ...lines].map((cells) => `| ${cells.map(escape).join(' | ')} |\n`).join('');
}

function whenOf({ outcome, seconds }: Row, known: Scenario['known']): string {
  if (outcome === 'refused') return 'before the upgrade began';
  if (seconds === null) return known === 'told' ? 'not certain, may heal' : '';
  return `${Math.max(0, seconds).toFixed(1)} s`;
}

function escape(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
}
