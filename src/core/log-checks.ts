// The lines of the log about the preflight: each check that needs a look with its way out, how many passed, and a short list of what changes.
import type { ManifestChange } from './preflight.js';
import type { Check } from './refusal.js';

const WORDS: Readonly<Record<Check['state'], string>> = { pass: 'passed', warn: 'mind', fail: 'failed', skipped: 'skipped' };
/** The report and the summary have the rest. */
const MOST_CHANGES = 15;

export function logChecks(checks: readonly Check[]): string[] {
  const passed = checks.filter((each) => each.state === 'pass').map((each) => each.id);
  const others = checks.filter((each) => each.state !== 'pass');
  return [
    ...others.flatMap(({ id, state, reason, remedy }) => [`${WORDS[state]}: ${id}: ${reason}`, ...(remedy ? [`  What to do: ${remedy}`] : [])]),
    ...(passed.length > 0 ? [`Checks passed: ${passed.join(', ')}`] : []),
  ];
}

export function logChanges(changes: readonly ManifestChange[]): string[] {
  if (changes.length === 0) return [];
  const reportingChanges = changes.filter((each) => each.note !== 'only labels of the chart');
  const shown = reportingChanges.slice(0, MOST_CHANGES).map(({ kind, name, action, note }) => `  ${action} ${kind}/${name}${note ? `: ${note}` : ''}`);
  const rest = changes.length - shown.length;
  return [
    `It changes ${changes.length} ${changes.length === 1 ? 'object' : 'objects'}:`,
    ...shown,
    ...(rest > 0 ? [`  and ${rest} more${reportingChanges.length <= MOST_CHANGES ? ', in labels of the chart only' : ''}`] : []),
  ];
}
