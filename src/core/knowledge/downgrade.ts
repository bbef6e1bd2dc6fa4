// Whether an older version can run after a newer one, and the check that refuses a downgrade. Pure.
import { fail } from '../checks/results.js';
import type { CheckResult } from '../model/check-result.js';
import type { MessageQueue } from '../model/shared-observation.js';
import {
  type Version,
  isOlder,
  formatVersion,
  compareVersions,
  sameMinor,
  withoutPreRelease,
} from '../model/version.js';
import { BLOCKED_PATCHES } from './blocked-patches.js';
import { isWithin } from './charts.js';
import { BACK_TO_PATCH, ROLLBACK_ROWS, NO_ROLLBACK } from './path-rows.js';
import { crosses } from './stops.js';

/** Whether the older version can run again afterwards. */
export interface RollbackDecision {
  readonly possible: boolean;
  readonly why: string;
  readonly source: string;
}

/** An unknown message queue counts as one that blocks. */
export function rollbackRow(from: Version, to: Version, queue: MessageQueue): RollbackDecision {
  const blocked = BLOCKED_PATCHES.find(
    (row) =>
      sameMinor(from, to) &&
      isOlder(from, to) &&
      isWithin(from, row.older) &&
      (queue === 'unknown' || row.queues.includes(queue)),
  );
  if (blocked) return { possible: false, why: blocked.why, source: blocked.source };
  if (sameMinor(from, to)) return BACK_TO_PATCH;
  return ROLLBACK_ROWS.find((row) => crosses(from, to, row.crossing)) ?? NO_ROLLBACK;
}

export function downgrade(from: Version, to: Version, queue: MessageQueue): CheckResult {
  const { possible, why, source } = rollbackRow(to, from, queue);
  return fail(
    'downgrade',
    `${formatVersion(to)} is older than the running version ${formatVersion(from)}${possible ? '' : `: ${why}`}`,
    `Set \`target-version\` to ${formatVersion(from)} or newer. To run the older version, restore a backup that was taken before the upgrade.`,
    possible ? 'docs/upgrade-paths.md, "Rollback"' : source,
  );
}

/**
 * For an incomplete upgrade: the oldest version may allow the target although a newer version already ran, after which
 * an older minor version must not run.
 */
export function halfDoneDowngrade({
  from,
  to,
  newest,
  messageQueue = 'unknown',
}: {
  readonly from: Version;
  readonly to: Version;
  readonly newest: Version | null;
  readonly messageQueue?: MessageQueue;
}): CheckResult[] {
  if (!newest) return [];
  const [base, target] = [withoutPreRelease(newest), withoutPreRelease(to)];
  const isDowngrade = compareVersions(from, to) <= 0 && isOlder(target, base);
  return isDowngrade && !rollbackRow(target, base, messageQueue).possible
    ? [downgrade(base, target, messageQueue)]
    : [];
}
