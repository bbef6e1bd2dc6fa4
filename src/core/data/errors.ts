// The errors and the check of a verification of data. Pure.
import { fail } from '../checks/results.js';
import type { CheckResult } from '../model/check-result.js';
import { UpgradeError } from '../model/error.js';
import { listed, type DataResult } from './result.js';

/** `paths` are those of the saved inventories. */
export function dataDiffers({ differences }: DataResult, paths: readonly string[]): UpgradeError {
  const files = paths.length > 0 ? ` Both inventories were saved: ${paths.join(' and ')}.` : '';
  return new UpgradeError({
    code: 'data-differs',
    what: 'The data in Milvus is not the same as before',
    why: listed(differences),
    remedy: `Find out whether a client has removed it during the run; if not, stop all writes and restore it from a backup.${files}`,
  });
}

export function dataNotVerified({ reason }: DataResult): UpgradeError {
  return new UpgradeError({
    code: 'data-not-verified',
    what: 'The data in Milvus could not be verified, and verify-data is `required`',
    why: reason,
    remedy: `Correct this, then run the action with \`operation: verify\` and the saved inventory. ${HOW_TO_REACH}`,
  });
}

const HOW_TO_REACH =
  'Set `milvus-token` if Milvus requires credentials, and `milvus-address` if it is reached at another address.';

/** For `verify-data: required`: the failed check that refuses the run before the first change. */
export function unreadableData(reason: string): CheckResult {
  const remedy = `${HOW_TO_REACH} After an interrupted run, set \`inventory\` to the file that it saved. Or set \`verify-data\` to \`auto\`.`;
  return fail('data-unreadable', `the data in Milvus cannot be read: ${reason}`, remedy, 'the answer of Milvus');
}
