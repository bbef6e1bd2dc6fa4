// What is recorded of a bad input: what was given, and what the user reads. Without ports, paths and dates, so that it is the same at every run.
import type { BadRow, World } from './bad-inputs.js';
import { SECRETS } from './bad-inputs.js';
import type { Finished } from './lab.js';
import type { BadInputRow } from './pages.js';

export function recordOf(row: BadRow, done: Finished, world: World): BadInputRow {
  return { title: row.title, written: given(row, world), message: steady(messageOf(done), world) };
}

/** The annotation of the failure, or the first failed check. */
export function messageOf({ log, report }: Finished): string {
  if (report?.problem) return `${report.problem.what}: ${report.problem.why}. ${report.problem.remedy}`.replaceAll('.. ', '. ');
  const [refusal] = report?.refusals ?? [];
  return refusal ? `Refused (${refusal.code}): ${refusal.because}. ${refusal.remedy}` : (log.split('\n').at(-1) ?? '');
}

function given({ inputs, env }: BadRow, world: World): string {
  const both: Record<string, string | undefined> = { ...(typeof inputs === 'function' ? inputs(world) : inputs), ...env?.(world) };
  const written = Object.entries(both);
  return written.map(([name, value]) => `\`${name}\`: ${shown(name, value ?? '', world)}`).join('<br>') || '(nothing)';
}

/** What is long or secret is only named. */
function shown(name: string, value: string, world: World): string {
  const isSecret = name === 'token' || SECRETS.some((secret) => value.includes(secret) || value.includes(encodeURIComponent(secret)));
  if (value === '') return '(empty)';
  if (isSecret) return '(with a secret)';
  return value.includes('\n') || value.length > 90 ? '(a long text)' : `\`${steady(value, world).replaceAll('|', '\\|')}\``;
}

function steady(text: string, { folder }: World): string {
  return text
    .replaceAll(folder, '/tmp')
    .replaceAll(/127\.0\.0\.1:(?!1\b)\d+/g, '127.0.0.1:6443')
    .replaceAll(/certificate for DNS:kubernetes.*?, issued by \S+,/g, 'certificate for DNS:kubernetes, …, issued by …,')
    .replaceAll(/(Cannot list|cannot list resource|the right to list) "?(deployments|pods|secrets)"?/g, '$1 pods')
    .replaceAll(/: (deployments\.apps|pods|secrets) is forbidden/g, ': pods is forbidden')
    .replaceAll('API group "apps"', 'API group ""')
    .replaceAll(/valid until [A-Z][a-z]{2} +\d+ [\d:]+ \d{4} GMT/g, 'valid until …');
}
