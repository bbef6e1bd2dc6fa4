// The change of the topology that a path needs: part of the hop before the version that needs it, or a hop of its own.
// Pure.
import { isWithin } from '../knowledge/charts.js';
import { TOPOLOGY_NEEDS } from '../knowledge/path-rows.js';
import { crosses, latestPatch } from '../knowledge/stops.js';
import { moveBefore, rolesOfMove, type TopologyMove } from '../knowledge/topology-moves.js';
import { compareVersions, withoutPreRelease, type Version } from '../model/version.js';
import type { PathHop, PathStart, TopologyChange } from './hop.js';

/**
 * Only the first version that needs another topology counts: the values that its own hop requires lead to the topology
 * that later versions need.
 */
export function withTopologyChange(hops: readonly PathHop[], start: PathStart): readonly PathHop[] {
  const found = firstNeed(hops);
  const move = found && moveBefore(found.need.crossing);
  if (!found || !move || !start.canChangeTopology || !isUnfit(start, found.need, move)) return hops;
  const { need, at } = found;
  const change: TopologyChange = { values: move.values, why: need.why, source: move.source };
  const before = hops[at - 1];
  if (before && isWithin(withoutPreRelease(before.to), move.targets))
    return hops.map((hop) => (hop === before ? { ...hop, topology: change } : hop));
  return withOwnHop(hops, found, move, change);
}

function withOwnHop(
  hops: readonly PathHop[],
  { need, at }: Need,
  move: TopologyMove,
  change: TopologyChange,
): readonly PathHop[] {
  const from = hops[at]?.from;
  const to = from && ownTarget(from, move);
  if (!to) return hops;
  const own: PathHop = { from, to, why: need.why, source: move.source, topology: change };
  return [...hops.slice(0, at), own, ...hops.slice(at).map((hop, index) => (index === 0 ? { ...hop, from: to } : hop))];
}

interface Need {
  readonly need: (typeof TOPOLOGY_NEEDS)[number];
  readonly at: number;
}

function firstNeed(hops: readonly PathHop[]): Need | null {
  for (const [at, { from, to }] of hops.entries()) {
    const need = TOPOLOGY_NEEDS.find((row) => crosses(withoutPreRelease(from), withoutPreRelease(to), row.crossing));
    if (need) return { need, at };
  }
  return null;
}

/** An unknown topology is not changed automatically. While a change is incomplete, the old components still run. */
function isUnfit(
  { topology, roles }: PathStart,
  { unfit, withoutIndexNode }: Need['need'],
  move: TopologyMove,
): boolean {
  if (topology === 'unknown' || topology === 'standalone') return false;
  const removed = rolesOfMove(move).filter((role) => role !== 'indexnode' || withoutIndexNode);
  return unfit.includes(topology) || roles.some((role) => removed.includes(role));
}

/** The newest patch of the running minor version, or a newer running one; null if the move needs another minor. */
function ownTarget(from: Version, { targets }: TopologyMove): Version | null {
  const latest = latestPatch(from);
  const to = latest && compareVersions(latest, from) > 0 ? latest : from;
  return isWithin(withoutPreRelease(to), targets) ? to : null;
}
