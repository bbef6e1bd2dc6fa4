// Ends a path at the version of the input stop-at. Pure.
import { fail } from '../checks/results.js';
import { compareVersions, formatVersion, type Version } from '../model/version.js';
import type { Path, PathHop, PathStart } from './hop.js';

/** The hops up to this version. It must be on the path; the running version is on it as well, without a hop. */
export function endPathAt(hops: readonly PathHop[], stopAt: Version | null, { from }: Pick<PathStart, 'from'>): Path {
  if (!stopAt) return { hops, failedChecks: [] };
  const last = hops.findLastIndex(({ to }) => compareVersions(to, stopAt) === 0);
  if (last >= 0) return { hops: hops.slice(0, last + 1), failedChecks: [] };
  if (compareVersions(stopAt, from) === 0) return { hops: [], failedChecks: [] };
  return { hops, failedChecks: [notOnPath(hops, stopAt, from)] };
}

function notOnPath(hops: readonly PathHop[], stopAt: Version, from: Version): Path['failedChecks'][number] {
  const versions = [...new Set(hops.map(({ to }) => formatVersion(to)))];
  const path = [formatVersion(from), ...versions].join(' → ');
  const remedy =
    versions.length === 0
      ? 'Leave stop-at out: the requested version already runs.'
      : `Set stop-at to one of ${versions.join(', ')}, or leave it out.`;
  return fail(
    'stop-at-not-on-path',
    `stop-at is ${formatVersion(stopAt)}, which is not on the path ${path}`,
    remedy,
    'the input stop-at',
  );
}
