// The hops of a run, from the config and an observation.
import { endPathAt } from '../core/hops/stop-at.js';
import { findHops } from '../core/hops/path.js';
import type { Path, PathHop } from '../core/hops/hop.js';
import type { PlatformName } from '../core/config/config.js';
import type { ConfigOf, ObservationOf } from '../core/platforms/types.js';
import type { Run } from './opened.js';

type Given<P extends PlatformName> = Pick<Run<P>, 'config' | 'planner'>;

/** Null if the run has one upgrade, whatever its path is. */
export function findPathOf<P extends PlatformName>(
  { config, planner }: Given<P>,
  observation: ObservationOf<P>,
): Path | null {
  if (config.hops === 'one' || config.operation === 'rollback') return null;
  const start = planner.hops.start(config, observation);
  return start && endPathAt(findHops(start, config.target), config.stopAt, start);
}

/** A path with a failed check is reported as a path, even if it has one hop. */
export function isSeveral({ hops, failedChecks }: Path): boolean {
  return hops.length > 1 || failedChecks.length > 0;
}

/** The config of the only upgrade of a run: of its hop, or of the version that runs already. */
export function configOfOnly<P extends PlatformName>(
  { config, planner }: Given<P>,
  observation: ObservationOf<P>,
  { hops }: Path,
): ConfigOf<P> {
  const to = config.stopAt ?? config.target;
  const none: PathHop = { from: to, to, why: '', source: '', topology: null };
  return planner.hops.configFor(config, { hop: hops[0] ?? none, number: 1, of: 1 }, observation);
}
