// Pages that are made from the code and from the records of the lab tests, compared exactly. Repair them with: npm run fix
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { renderUpgradePaths } from '../src/core/upgrade-paths-page.js';
import { action } from './fakes/inputs.js';
import { BAD_ROWS } from './lab/bad-inputs.js';
import {
  renderBadInputs,
  renderCauses,
  renderComposeFaults,
  renderMigrationFaults,
  type BadInputRow,
  type CauseRow,
  type ComposeFaultRow,
  type FaultRow,
} from './lab/pages.js';
import { readRecord } from './lab/records.js';
import { renderTestsPage } from './tiers-page.js';

/** Replaces the rows of the table below a heading. */
function withTable(page: string, heading: string, rows: readonly string[]): string {
  const table = new RegExp(`(### ${heading}\n\n\\|.*\\|\n\\|.*\\|\n)(?:.+\n)*`);
  return page.replace(table, (_, head: string) => `${head}${rows.join('\n')}\n`);
}

const cell = (text: string): string => text.replaceAll('|', '\\|');

function renderReadme(): string {
  const inputs = Object.entries(action.inputs).map(
    ([name, { description, required, default: value }]) =>
      `| \`${name}\` | ${cell(description)} | ${required ? '**required**' : value ? `\`${value}\`` : ''} |`,
  );
  const outputs = Object.entries(action.outputs).map(([name, { description }]) => `| \`${name}\` | ${cell(description)} |`);
  return withTable(withTable(readFileSync('README.md', 'utf8'), 'Inputs', inputs), 'Outputs', outputs);
}

const PAGES: Readonly<Record<string, () => string>> = {
  'README.md': renderReadme,
  'test/README.md': renderTestsPage,
  'docs/upgrade-paths.md': renderUpgradePaths,
  'docs/bad-inputs.md': () => renderBadInputs(readRecord<BadInputRow>('bad-inputs')),
  'docs/causes-on-a-node.md': () => renderCauses(readRecord<CauseRow>('causes')),
  'docs/migration-faults.md': () => renderMigrationFaults(readRecord<FaultRow>('migration-faults')),
  'docs/compose-faults.md': () => renderComposeFaults(readRecord<ComposeFaultRow>('compose-faults')),
};

describe('the generated page', () => {
  it.each(Object.entries(PAGES))('%s is what its sources make', (path, render) => {
    const page = render();
    if (process.env.UPDATE_GOLDEN) writeFileSync(path, page);
    expect(readFileSync(path, 'utf8')).toBe(page);
  });

  it('docs/bad-inputs.md has a row for every case of its test', () => {
    expect(readRecord<BadInputRow>('bad-inputs').map(({ title }) => title)).toEqual(BAD_ROWS.map(({ title }) => title));
  });
});
