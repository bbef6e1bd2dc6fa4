// The part of docs/upgrade-paths.md about rolling upgrades.
import { PRUNED, ROLLING_ORDERS, type RollingOrderRow } from './knowledge/rolling-orders.js';

/** A table for each order, and what leaves. */
export function rollingSections(): {
  readonly title: string;
  readonly says: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}[] {
  return [
    {
      title: 'The order of a rolling upgrade',
      says: 'The first row whose topology (that after the upgrade) and way fit counts. Components that are not there are left out; one that no row names is a refusal.',
      head: ['topology', 'upgrade', 'order', 'source'],
      rows: ROLLING_ORDERS.map((row) => [row.topology, pathOf(row), row.places.map(({ role }) => role).join(' → '), row.source]),
    },
    {
      title: 'Why a component has its place',
      says: 'In the order of the rows above.',
      head: ['topology', 'upgrade', 'component', 'why'],
      rows: ROLLING_ORDERS.flatMap((row) => row.places.map(({ role, why }) => [row.topology, pathOf(row), role, why])),
    },
    {
      title: 'What a rolling upgrade takes away',
      says: 'When everything else is new.',
      head: ['component', 'why'],
      rows: Object.entries(PRUNED).map(([role, why]) => [role, why]),
    },
  ];
}

function pathOf({ crossing }: RollingOrderRow): string {
  if (crossing === 'none') return 'within a minor';
  return crossing === null ? 'any other' : `over ${crossing}`;
}
