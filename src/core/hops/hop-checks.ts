// The results of checks of several hops: each names its hop, and what several hops report is reported once. Pure.
import type { CheckResult } from '../model/check-result.js';
import { formatVersion } from '../model/version.js';
import type { PathHop } from './hop.js';

/** `2.2.16 → 2.3.22` */
export function nameHop({ from, to }: Pick<PathHop, 'from' | 'to'>): string {
  return `${formatVersion(from)} → ${formatVersion(to)}`;
}

export function ofHop(hop: PathHop, results: readonly CheckResult[]): CheckResult[] {
  return results.map((result) => ({ ...result, reason: `${nameHop(hop)}: ${result.reason}` }));
}

/** The results of a hop and its checks. */
export interface HopChecks {
  readonly hop: PathHop;
  readonly results: readonly CheckResult[];
}

/** Every result with its hop; the same result of a later hop is left out. */
export function ofAllHops(all: readonly HopChecks[]): CheckResult[] {
  const known = new Set<string>();
  return all.flatMap(({ hop, results }) => {
    const fresh = results.filter(({ id, reason }) => !known.has(`${id} ${reason}`));
    for (const { id, reason } of fresh) known.add(`${id} ${reason}`);
    return ofHop(hop, fresh);
  });
}
