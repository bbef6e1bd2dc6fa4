// A run of several upgrades: plans all hops, then completes one after the other under one lock. Each hop is planned
// again from what is observed before it. A hop that fails ends the run.
import type { PlatformName } from '../core/config/config.js';
import { nameHop, ofHop } from '../core/hops/hop-checks.js';
import type { HopPosition, Path } from '../core/hops/hop.js';
import { UpgradeError } from '../core/model/error.js';
import type { Outcome } from '../core/model/event.js';
import type { ObservationOf } from '../core/platforms/types.js';
import { announce, refuse } from './announce.js';
import { carryOut, type Drawn } from './carry-out.js';
import { draw, withChecks } from './draw.js';
import { configOfOnly, findPathOf } from './find-path.js';
import { emitForHop, failureOfHop } from './hop-failure.js';
import type { Opened, Run } from './opened.js';
import { checkPath, drawPath, failedChecksOf, plannedHops, type DrawnHop } from './plan-path.js';

export async function upgradePath<P extends PlatformName>(
  run: Run<P>,
  opened: Opened<P>,
  observation: ObservationOf<P>,
  path: Path,
): Promise<Outcome> {
  const { config, tools } = run;
  const { platform } = opened;
  const drawn = await checkPath(run, await drawPath(run, opened, observation, path), {
    request: (plan) => platform.preflight(plan),
    firstHopFirst: false,
  });
  tools.emit({ type: 'path-planned', hops: plannedHops(drawn) });
  const failedChecks = failedChecksOf(path, drawn);
  if (failedChecks.length > 0 || drawn.some(({ planned }) => !planned.plan))
    return refuse({ plan: null, failedChecks }, tools.emit);
  if (config.operation === 'plan') return 'planned';
  await platform.acquireLock();
  return upgradeLocked(run, opened, path);
}

/** The first observation was made without the lock, so it may be outdated. */
async function upgradeLocked<P extends PlatformName>(
  run: Run<P>,
  opened: Opened<P>,
  announced: Path,
): Promise<Outcome> {
  const { platform } = opened;
  const before = await platform.observe();
  const path = findPathOf(run, before) ?? { hops: [], failedChecks: [] };
  if (path.hops.length === 0 && path.failedChecks.length === 0) return completeLast(run, opened, before, path);
  const drawn = await drawPath(run, opened, before, path);
  const early = failedChecksOf(path, drawn);
  if (early.length > 0) return refuse({ plan: null, failedChecks: early }, run.tools.emit);
  const probed = await checkPath(run, drawn, { request: (plan) => platform.probeImages(plan), firstHopFirst: true });
  const failedChecks = failedChecksOf(path, probed);
  if (failedChecks.length > 0) return refuse({ plan: null, failedChecks }, run.tools.emit);
  if (path.hops.map(nameHop).join() !== announced.hops.map(nameHop).join())
    run.tools.emit({ type: 'path-planned', hops: plannedHops(drawn) });
  const done: HopPosition[] = [];
  for (const hop of drawn) {
    const outcome = await runHop(run, opened, { hop, before, done });
    if (outcome !== 'succeeded') return outcome;
    done.push(hop.position);
  }
  return 'succeeded';
}

/** Another run has completed the path in the meantime: what is left of its last version, or nothing. */
async function completeLast<P extends PlatformName>(
  run: Run<P>,
  opened: Opened<P>,
  before: ObservationOf<P>,
  path: Path,
): Promise<Outcome> {
  const { planner, tools } = run;
  const drawing = {
    config: configOfOnly(run, before, path),
    planner,
    platform: opened.platform,
    signal: opened.signal,
  };
  const { plan, failedChecks } = await draw(drawing, before);
  if (failedChecks.length > 0 || !plan) return refuse({ plan, failedChecks }, tools.emit);
  if (plan.strategy === 'nothing') return announce(plan, 'unchanged', tools.emit);
  return carryOut(drawing, opened, tools, { plan, before });
}

interface Turn<P extends PlatformName> {
  readonly hop: DrawnHop<P>;
  /** The observation with which the first hop was planned. */
  readonly before: ObservationOf<P>;
  readonly done: readonly HopPosition[];
}

async function runHop<P extends PlatformName>(
  run: Run<P>,
  opened: Opened<P>,
  { hop, before, done }: Turn<P>,
): Promise<Outcome> {
  const { planner } = run;
  const { position } = hop;
  const startedAt = run.tools.monotonic();
  const tools = { ...run.tools, emit: emitForHop(run.tools.emit, position, done) };
  tools.emit({ type: 'hop-started', position });
  try {
    const own =
      done.length === 0 ? { config: hop.config, planned: hop.planned, before } : await planNext(run, opened, position);
    const { plan, failedChecks } = own.planned;
    if (failedChecks.length > 0 || !plan)
      return refuse({ plan, failedChecks: ofHop(position.hop, failedChecks) }, tools.emit);
    const drawn: Drawn<P> = { plan, before: own.before };
    const outcome = await carryOut({ config: own.config, planner }, opened, tools, drawn);
    const tookSeconds = (run.tools.monotonic() - startedAt) / 1000;
    if (outcome === 'succeeded') tools.emit({ type: 'hop-completed', position, tookSeconds });
    return outcome;
  } catch (error) {
    throw failureOfHop(error, position, done);
  }
}

/** Plans a later hop from what is observed, with every check of a single upgrade. */
async function planNext<P extends PlatformName>(
  run: Run<P>,
  opened: Opened<P>,
  position: HopPosition,
): Promise<{ readonly before: ObservationOf<P> } & Pick<DrawnHop<P>, 'config' | 'planned'>> {
  const { planner, tools } = run;
  const { platform, signal } = opened;
  const before = await platform.observe();
  const [next] = findPathOf(run, before)?.hops ?? [];
  if (!next || nameHop(next) !== nameHop(position.hop))
    throw new UpgradeError({
      code: 'step-stalled',
      what: 'The path changed during the run',
      why: `the next hop was planned as ${nameHop(position.hop)}, and from what is observed now it is ${next ? nameHop(next) : 'not needed'}`,
      remedy: 'Find out what else changed the installation, and run the action again: it plans the path again.',
    });
  const config = planner.hops.configFor(run.config, { ...position, hop: next }, before);
  const drawn = await draw({ config, planner, platform, signal }, before);
  const checked = await withChecks(drawn, (plan) => platform.preflight(plan), tools.emit);
  if (checked.failedChecks.length > 0) return { before, config, planned: checked };
  return { before, config, planned: await withChecks(drawn, (plan) => platform.probeImages(plan), tools.emit) };
}
