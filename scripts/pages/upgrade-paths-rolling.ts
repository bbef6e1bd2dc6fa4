// The part of docs/upgrade-paths.md about rolling upgrades.
import { PRUNED, ROLLING_ORDERS, type RollingOrderRow } from '../../src/core/knowledge/rolling-orders.js';
import type { Section } from './page-section.js';

/** The orders of a rolling upgrade, the reason of each place, and what is removed. */
export function rollingSections(): Section[] {
  return [
    {
      title: 'The order of a rolling upgrade',
      says: 'The first row that matches the topology after the upgrade and the versions applies. Components that do not exist are omitted; a component that no row contains is a failed check.',
      head: ['topology', 'upgrade', 'order', 'source'],
      rows: ROLLING_ORDERS.map((row) => [
        row.topology,
        pathOf(row),
        row.places.map(({ role }) => role).join(' → '),
        row.source,
      ]),
    },
    {
      title: 'Reasons for the order',
      says: 'In the order of the rows above.',
      head: ['topology', 'upgrade', 'component', 'why'],
      rows: ROLLING_ORDERS.flatMap((row) => row.places.map(({ role, why }) => [row.topology, pathOf(row), role, why])),
    },
    {
      title: 'Components that a rolling upgrade removes',
      says: 'After all other components are upgraded.',
      head: ['component', 'why'],
      rows: Object.entries(PRUNED).map(([role, why]) => [role, why]),
    },
  ];
}

function pathOf({ crossing }: RollingOrderRow): string {
  if (crossing === 'none') return 'within a minor';
  return crossing === null ? 'any other' : `across ${crossing}`;
}
