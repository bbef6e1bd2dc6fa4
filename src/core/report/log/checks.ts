// The lines of the log about the preflight: each check that did not pass with its remedy, the checks that passed, and a
// short list of changes.
import type { ManifestChange } from '../../model/preflight.js';
import type { CheckResult } from '../../model/check-result.js';

const WORDS: Readonly<Record<CheckResult['state'], string>> = {
  pass: 'passed',
  warn: 'warning',
  fail: 'failed',
  skipped: 'skipped',
};
/** The report and the summary contain the rest. */
const MAX_CHANGES = 15;

export function logChecks(checks: readonly CheckResult[]): string[] {
  const passed = checks.filter((check) => check.state === 'pass').map((check) => check.id);
  const others = checks.filter((check) => check.state !== 'pass');
  return [
    ...others.flatMap(({ id, state, reason, remedy }) => [
      `${WORDS[state]}: ${id}: ${reason}`,
      ...(remedy ? [`  What to do: ${remedy}`] : []),
    ]),
    ...(passed.length > 0 ? [`Checks passed: ${passed.join(', ')}`] : []),
  ];
}

/** The diffs in the log; the summary has the rest. */
const MAX_DIFF_LINES = 60;

export function logChanges(changes: readonly ManifestChange[]): string[] {
  if (changes.length === 0) return [];
  const relevant = changes.filter((change) => change.note !== 'only labels of the chart');
  const shown = relevant
    .slice(0, MAX_CHANGES)
    .map(({ kind, name, action, note }) => `  ${action} ${kind}/${name}${note ? `: ${note}` : ''}`);
  const rest = changes.length - shown.length;
  return [
    `The upgrade changes ${changes.length} ${changes.length === 1 ? 'object' : 'objects'}:`,
    ...shown,
    ...(rest > 0 ? [`  and ${rest} more${relevant.length <= MAX_CHANGES ? ', only in labels of the chart' : ''}`] : []),
    ...logDiffs(relevant),
  ];
}

function logDiffs(changes: readonly ManifestChange[]): string[] {
  const lines = changes.flatMap(({ kind, name, diff }) =>
    diff.length === 0 ? [] : [`  ${kind}/${name}:`, ...diff.map((line) => `    ${line}`)],
  );
  const rest = lines.length - MAX_DIFF_LINES;
  return rest > 0 ? [...lines.slice(0, MAX_DIFF_LINES), `  and ${rest} more lines of the differences`] : lines;
}
