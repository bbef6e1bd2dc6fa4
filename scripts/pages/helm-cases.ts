// Renders docs/verification/helm-cases.md from the cases of the tests and the messages that they give.

export interface HelmCaseRow {
  readonly id: string;
  readonly installation: string;
  readonly messages: readonly string[];
}

export function renderHelmCases(rows: readonly HelmCaseRow[]): string {
  return [
    '# Real Helm installations',
    '',
    '<!-- Generated from test/integration/helm-cases.ts by npm run fix. Change the cases, not this page. -->',
    '',
    'Installations that were handled wrongly once, reduced to the smallest input, and what the action reports for each of them now.',
    'The messages come from the functions that decide and from runs on simulated clusters, not from a real cluster.',
    '',
    '| case | installation | message |',
    '| --- | --- | --- |',
    ...rows.map(({ id, installation, messages }) => row([id, installation, messages.map(cell).join('<br>')])),
    '',
  ].join('\n');
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
