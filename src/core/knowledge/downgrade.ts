// Whether an older version can run after a newer one, and the check that refuses a downgrade. Pure.
import { fail } from '../checks/results.js';
import type { CheckResult } from '../model/check-result.js';
import {
  type Version,
  isOlder,
  formatVersion,
  compareVersions,
  sameMinor,
  withoutPreRelease,
} from '../model/version.js';
import { BACK_TO_PATCH, ROLLBACK_ROWS, NO_ROLLBACK } from './path-rows.js';
import { crosses } from './stops.js';

/** Whether the older version can run again afterwards. */
export interface RollbackDecision {
  readonly possible: boolean;
  readonly why: string;
  readonly source: string;
}

export function rollbackRow(from: Version, to: Version): RollbackDecision {
  if (sameMinor(from, to)) return BACK_TO_PATCH;
  return ROLLBACK_ROWS.find((row) => crosses(from, to, row.crossing)) ?? NO_ROLLBACK;
}

export function downgrade(from: Version, to: Version): CheckResult {
  const { possible, why, source } = rollbackRow(to, from);
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
}: {
  readonly from: Version;
  readonly to: Version;
  readonly newest: Version | null;
}): CheckResult[] {
  if (!newest) return [];
  const [base, target] = [withoutPreRelease(newest), withoutPreRelease(to)];
  const isDowngrade = compareVersions(from, to) <= 0 && isOlder(target, base);
  return isDowngrade && !rollbackRow(target, base).possible ? [downgrade(base, target)] : [];
}
