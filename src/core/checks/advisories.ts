// Advice about versions on the path, as warnings of the plan. Pure.
import { adviseOn } from '../knowledge/advisories.js';
import type { CheckResult } from '../model/check-result.js';
import type { Version } from '../model/version.js';
import { warn } from './results.js';

export function advisoryChecks(from: Version, to: Version): CheckResult[] {
  return adviseOn(from, to).map(({ version, advice, source }) => warn(`advisory-${version}`, advice, '', source));
}
