// Plans every hop of a path before the first change: the first one from what is observed, each later one from what the
// hop before it is expected to leave.
import type { PlatformName } from '../core/config/config.js';
import { imageOfHopNeeded } from '../core/hops/hop-config.js';
import { ofAllHops } from '../core/hops/hop-checks.js';
import type { HopPosition, Path, PlannedHop } from '../core/hops/hop.js';
import type { CheckResult } from '../core/model/check-result.js';
import type { Preflight } from '../core/model/preflight.js';
import type { ConfigOf, ObservationOf, PlannedOf, PlanOf } from '../core/platforms/types.js';
import { draw, type Drawing } from './draw.js';
import type { Opened, Run } from './opened.js';

/** A hop with the plan that was made for it, or none if an earlier hop has no plan. */
export interface DrawnHop<P extends PlatformName> {
  readonly position: HopPosition;
  readonly config: ConfigOf<P>;
  readonly planned: PlannedOf<P>;
  /** Every check of the hop until now. */
  readonly results: readonly CheckResult[];
}

export async function drawPath<P extends PlatformName>(
  { config, planner }: Run<P>,
  { platform, signal }: Opened<P>,
  observation: ObservationOf<P>,
  { hops }: Path,
): Promise<readonly DrawnHop<P>[]> {
  const drawn: DrawnHop<P>[] = [];
  let expected: ObservationOf<P> | null = observation;
  for (const [at, hop] of hops.entries()) {
    const position = { hop, number: at + 1, of: hops.length };
    const own = planner.hops.configFor(config, position, expected ?? observation);
    const drawing: Drawing<P> = { config: own, planner, platform, signal };
    const planned: PlannedOf<P> = expected ? await draw(drawing, expected) : { plan: null, failedChecks: [] };
    const results = [...planned.failedChecks, ...imageOfHopNeeded(config, position)];
    drawn.push({ position, config: own, planned, results });
    expected = planned.plan && expected ? await predict(drawing, expected, planned.plan) : null;
  }
  return drawn;
}

function predict<P extends PlatformName>(
  { config, planner, platform: { sources }, signal }: Drawing<P>,
  observation: ObservationOf<P>,
  plan: PlanOf<P>,
): Promise<ObservationOf<P>> {
  return planner.hops.predict({ config, observation, sources, read: (_, request) => request(signal) }, plan);
}

/** How the platform checks a plan. It keeps what it has read for the plan that it checks last. */
export interface CheckRequest<P extends PlatformName> {
  readonly request: (plan: PlanOf<P>) => Promise<Preflight>;
  /** Whether the first hop is checked before the later ones. */
  readonly firstHopFirst: boolean;
}

/** The hops with the results of the platform, as far as they can be known now; reports them in one event. */
export async function checkPath<P extends PlatformName>(
  { planner, tools }: Run<P>,
  drawn: readonly DrawnHop<P>[],
  { request, firstHopFirst }: CheckRequest<P>,
): Promise<readonly DrawnHop<P>[]> {
  const found = new Map<DrawnHop<P>, Preflight>();
  for (const hop of firstHopFirst ? drawn : drawn.toReversed()) {
    const { plan } = hop.planned;
    const earlier = drawn.slice(0, drawn.indexOf(hop)).flatMap(({ planned }) => planned.plan ?? []);
    if (plan) found.set(hop, await request(earlier.length > 0 ? planner.hops.checkable(plan, earlier) : plan));
  }
  const [first] = drawn;
  const reported = drawn.map((hop) => ({
    hop: hop.position.hop,
    results: (found.get(hop)?.checks ?? []).filter(({ state }) => hop === first || state !== 'pass'),
  }));
  const changes = (first && found.get(first)?.changes) ?? [];
  tools.emit({ type: 'checked', checks: ofAllHops(reported), changes });
  return drawn.map((hop) => ({ ...hop, results: [...hop.results, ...(found.get(hop)?.failedChecks ?? [])] }));
}

/** Every failed check of every hop, each with its hop. */
export function failedChecksOf<P extends PlatformName>(path: Path, drawn: readonly DrawnHop<P>[]): CheckResult[] {
  return [...path.failedChecks, ...ofAllHops(drawn.map(({ position, results }) => ({ hop: position.hop, results })))];
}

export function plannedHops<P extends PlatformName>(drawn: readonly DrawnHop<P>[]): PlannedHop[] {
  return drawn.map(({ position, planned }) => ({ ...position, plan: planned.plan }));
}
