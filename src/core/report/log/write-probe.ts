// The lines of the log about the write probe.
import { formatSeconds } from '../../lib/duration.js';
import { formatRate, type ProbedWrite, type QueryCount } from '../../data/write-probe.js';

export function logWrite({ version, tookSeconds }: ProbedWrite): string {
  return `✓ write probe on ${version}: new rows were accepted and found after ${formatSeconds(tookSeconds)}`;
}

export function logQueries(queries: QueryCount): string[] {
  const { what, calls, failed, longestGapSeconds, lastFailure } = queries;
  return [
    `  queries during the run (${what}): ${calls - failed} of ${calls} succeeded (${formatRate(queries)}), the longest time without a response was ${formatSeconds(longestGapSeconds)}`,
    ...(lastFailure === '' ? [] : [`    the last failure: ${lastFailure}`]),
  ];
}
