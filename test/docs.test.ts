// Pages that are made from the code. Repair them with: npm run fix
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { renderUpgradePaths } from '../src/core/upgrade-paths-page.js';
import { action } from './fakes/inputs.js';

/** The page as it should be; written there when that is asked for. */
function renewed(path: string, text: string): string {
  if (process.env.UPDATE_GOLDEN) writeFileSync(path, text);
  return text;
}

/** Replaces the rows of the table below a heading. */
function withTable(page: string, heading: string, rows: readonly string[]): string {
  const table = new RegExp(`(### ${heading}\n\n\\|.*\\|\n\\|.*\\|\n)(?:.+\n)*`);
  return page.replace(table, (_, head: string) => `${head}${rows.join('\n')}\n`);
}

const cell = (text: string): string => text.replaceAll('|', '\\|');

describe('generated pages', () => {
  it('docs/upgrade-paths.md is what the tables of knowledge make', () => {
    const path = 'docs/upgrade-paths.md';
    const page = renewed(path, renderUpgradePaths());
    expect(readFileSync(path, 'utf8')).toBe(page);
  });

  it('the tables of the README are what action.yml says', () => {
    const inputs = Object.entries(action.inputs).map(
      ([name, { description, required, default: value }]) =>
        `| \`${name}\` | ${cell(description)} | ${required ? '**required**' : value ? `\`${value}\`` : ''} |`,
    );
    const outputs = Object.entries(action.outputs).map(([name, { description }]) => `| \`${name}\` | ${cell(description)} |`);
    const before = readFileSync('README.md', 'utf8');
    const page = renewed('README.md', withTable(withTable(before, 'Inputs', inputs), 'Outputs', outputs));
    expect(readFileSync('README.md', 'utf8')).toBe(page);
    expect(page).toContain('| `release` |');
  });
});
