// The list of hops from the running version to the target. The versions come from the tables in knowledge/; whether a
// single hop is possible is decided where a single upgrade is planned. Pure.
import { gatesBetween, stopsBetween } from '../knowledge/stops.js';
import { compareVersions, isOlder, sameMinor, version, withoutPreRelease, type Version } from '../model/version.js';
import type { PathHop, PathStart } from './hop.js';
import { withTopologyChange } from './topology.js';

const ONE_MINOR = {
  why: 'only upgrades by one minor version are tested and documented',
  source: 'milvus-io/milvus-docs#3274',
};

/** Every hop to the target; empty if it runs and nothing is incomplete. One hop for a downgrade, which is refused. */
export function findHops(start: PathStart, target: Version): readonly PathHop[] {
  const { from, unfinished } = start;
  const hops = hopsBetween(from, target);
  if (!unfinished || compareVersions(from, target) > 0 || isSuperseded(unfinished, hops))
    return withTopologyChange(hops, start);
  if (compareVersions(unfinished, target) >= 0) return [resumed(from, target)];
  return withTopologyChange([resumed(from, unfinished), ...hopsBetween(unfinished, target)], start);
}

/** A newer patch of the same minor version replaces the one of the incomplete upgrade, which may be the cause. */
function isSuperseded(unfinished: Version, [first]: readonly PathHop[]): boolean {
  return first !== undefined && sameMinor(unfinished, first.to) && isOlder(unfinished, first.to);
}

/** The target of the incomplete upgrade stays as it was: its steps are resumed. */
function resumed(from: Version, to: Version): PathHop {
  return {
    from,
    to,
    why: 'an earlier run has begun this upgrade; it is completed first',
    source: 'the state of the installation',
    topology: null,
  };
}

function hopsBetween(from: Version, target: Version): readonly PathHop[] {
  if (compareVersions(from, target) === 0) return [];
  const stops = isOlder(from, target) ? stopsBetween(withoutPreRelease(from), withoutPreRelease(target)) : [];
  return [...stops, target].map((to, at, all): PathHop => {
    const reason = at === stops.length ? TARGET : reasonOf(to, from, target);
    return { from: all[at - 1] ?? from, to, ...reason, topology: null };
  });
}

const TARGET = { why: 'the requested version', source: 'the input target-version' };

function reasonOf(stop: Version, from: Version, target: Version): Pick<PathHop, 'why' | 'source'> {
  const gates = gatesBetween(from, target).filter(({ ready }) => sameMinor(stop, version(ready)));
  return gates.length === 0
    ? ONE_MINOR
    : {
        why: [...new Set(gates.map(({ why }) => why))].join('; '),
        source: [...new Set(gates.map(({ source }) => source))].join('; '),
      };
}
