// The lines of the log about a run of several upgrades.
import { nameHop } from '../../hops/hop-checks.js';
import type { HopPosition, PlannedHop } from '../../hops/hop.js';
import { formatSeconds } from '../../lib/duration.js';
import { describeAhead } from '../hops.js';
import { logPlan } from './tables.js';

/** The path, then the plan of every hop. */
export function logPath(hops: readonly PlannedHop[]): string[] {
  return [
    `Path: ${hops.length} ${hops.length === 1 ? 'hop' : 'hops'}`,
    ...hops.map((position) => `  ${position.number}. ${nameHop(position.hop)}: ${reasonOf(position)}`),
    `  ${describeAhead(hops.length)}`,
    ...hops.flatMap(({ plan, ...position }) => [
      `${titleOf(position)}:`,
      ...(plan ? logPlan(plan).map((line) => `  ${line}`) : ['  not planned: the hop before it has no plan']),
    ]),
  ];
}

function reasonOf({ hop: { why, source, topology } }: PlannedHop): string {
  const values = Object.entries(topology?.values ?? {}).map(([path, value]) => `${path}=${value}`);
  const change = topology ? `; changes the topology (${values.join(', ')}): ${topology.why} (${topology.source})` : '';
  return `${why} (${source})${change}`;
}

export function titleOf({ hop, number, of }: HopPosition): string {
  return `Hop ${number} of ${of}, ${nameHop(hop)}`;
}

export function logCompleted(position: HopPosition, tookSeconds: number): string {
  return `✓ ${titleOf(position)}: complete after ${formatSeconds(tookSeconds)}`;
}
