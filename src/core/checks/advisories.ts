// Advice about versions on the path, as warnings of the plan. Pure.
import { adviseOn, type AdvisorySubject } from '../knowledge/advisories.js';
import type { CheckResult } from '../model/check-result.js';
import type { Version } from '../model/version.js';
import { warn } from './results.js';

export function advisoryChecks(from: Version, to: Version, subject?: AdvisorySubject): CheckResult[] {
  return adviseOn(from, to, subject).map(({ id, advice, source }) => warn(id, advice, '', source));
}
