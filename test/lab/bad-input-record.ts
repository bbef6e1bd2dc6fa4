// The record of an invalid input: the input, and the message for the user. Without ports, paths and dates, so that it
// is the same for every run.
import type { BadRow, Fixtures } from './bad-inputs.js';
import { SECRETS } from './bad-inputs.js';
import type { Finished } from './lab.js';
import type { BadInputRow } from '../../scripts/pages/lab-records.js';

export function recordOf(row: BadRow, done: Finished, fixtures: Fixtures): BadInputRow {
  return { title: row.title, written: given(row, fixtures), message: steady(messageOf(done), fixtures) };
}

/** The annotation of the failure, or the first failed check. */
export function messageOf({ log, report }: Finished): string {
  if (report?.problem)
    return `${report.problem.what}: ${report.problem.why}. ${report.problem.remedy}`.replaceAll('.. ', '. ');
  const [failedCheck] = report?.failedChecks ?? [];
  return failedCheck
    ? `Refused (${failedCheck.id}): ${failedCheck.reason}. ${failedCheck.remedy}`
    : (log.split('\n').at(-1) ?? '');
}

function given({ inputs, env }: BadRow, fixtures: Fixtures): string {
  const both: Record<string, string | undefined> = {
    ...(typeof inputs === 'function' ? inputs(fixtures) : inputs),
    ...env?.(fixtures),
  };
  const written = Object.entries(both);
  return (
    written.map(([name, value]) => `\`${name}\`: ${shown(name, value ?? '', fixtures)}`).join('<br>') || '(nothing)'
  );
}

/** Long or secret values are described, not shown. */
function shown(name: string, value: string, fixtures: Fixtures): string {
  const isSecret =
    name === 'token' || SECRETS.some((secret) => value.includes(secret) || value.includes(encodeURIComponent(secret)));
  if (value === '') return '(empty)';
  if (isSecret) return '(with a secret)';
  return value.includes('\n') || value.length > 90
    ? '(a long text)'
    : `\`${steady(value, fixtures).replaceAll('|', '\\|')}\``;
}

function steady(text: string, { directory }: Fixtures): string {
  return text
    .replaceAll(directory, '/tmp')
    .replaceAll(/127\.0\.0\.1:(?!1\b)\d+/g, '127.0.0.1:6443')
    .replaceAll(/certificate for DNS:kubernetes.*?, issued by \S+,/g, 'certificate for DNS:kubernetes, …, issued by …,')
    .replaceAll(/(Cannot list|cannot list resource|the right to list) "?(deployments|pods|secrets)"?/g, '$1 pods')
    .replaceAll(/: (deployments\.apps|pods|secrets) is forbidden/g, ': pods is forbidden')
    .replaceAll('API group "apps"', 'API group ""')
    .replaceAll(/valid until [A-Z][a-z]{2} +\d+ [\d:]+ \d{4} GMT/g, 'valid until …');
}
