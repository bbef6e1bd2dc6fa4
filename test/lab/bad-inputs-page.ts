// The page docs/bad-inputs.md: what was written, and what its author reads. Without ports, paths and dates, so that it is the same at every run.
import type { BadRow, World } from './bad-inputs.js';
import type { Finished } from './lab.js';
import { SECRETS } from './bad-inputs.js';

export interface RunRow {
  readonly row: BadRow;
  readonly done: Finished;
}

export function renderBadInputs(rows: readonly RunRow[], world: World): string {
  const lines = rows.map(({ row, done }) => `| ${cell(row.title)} | ${given(row, world)} | ${cell(steady(messageOf(done), world))} |`);
  return `# Bad inputs and logins

What somebody reads who writes one of these. Each row was run on a cluster, and changed nothing there. Made by \`test/lab/simulated-bad-inputs.test.ts\`; renew it with
\`BAD_INPUTS_PAGE=docs/bad-inputs.md\` in the environment of that test.

| what is wrong | written | read |
| --- | --- | --- |
${lines.join('\n')}
`;
}

/** The annotation of the failure, or the first refusal. */
export function messageOf({ log, report }: Finished): string {
  if (report?.problem) return `${report.problem.what}: ${report.problem.why}. ${report.problem.remedy}`.replaceAll('.. ', '. ');
  const [refusal] = report?.refusals ?? [];
  return refusal ? `Refused (${refusal.code}): ${refusal.because}. ${refusal.remedy}` : (log.split('\n').at(-1) ?? '');
}

function given({ inputs, env }: BadRow, world: World): string {
  const both: Record<string, string | undefined> = { ...(typeof inputs === 'function' ? inputs(world) : inputs), ...env?.(world) };
  const written = Object.entries(both);
  return written.map(([name, value]) => `\`${name}\`: ${shown(value ?? '', world)}`).join('<br>') || '(nothing)';
}

/** What is long or secret is only told. */
function shown(value: string, world: World): string {
  const isSecret = SECRETS.some((secret) => value.includes(secret) || value.includes(encodeURIComponent(secret)));
  if (value === '') return '(empty)';
  if (isSecret || value.includes('\n') || value.length > 70)
    return `(${value.split('\n').length > 1 ? `${value.split('\n').length} lines` : `${value.length} characters`})`;
  return `\`${steady(value, world).replaceAll('|', '\\|')}\``;
}

function steady(text: string, { folder }: World): string {
  return text
    .replaceAll(folder, '/tmp')
    .replaceAll(/127\.0\.0\.1:(?!1\b)\d+/g, '127.0.0.1:6443')
    .replaceAll(/apiserver@\d+|127\.0\.0\.1-ca@\d+|-ca@\d+/g, (found) => found.replace(/\d+$/, '1700000000'))
    .replaceAll(/valid until [A-Z][a-z]{2} +\d+ [\d:]+ \d{4} GMT/g, 'valid until …');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('\n', ' ');
}
