// Pages that are made from the code. Repair them with: npm run fix
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { renderUpgradePaths } from '../src/core/upgrade-paths-page.js';

describe('generated pages', () => {
  it('docs/upgrade-paths.md is what the tables of knowledge make', () => {
    const page = renderUpgradePaths();
    if (process.env.UPDATE_GOLDEN) writeFileSync('docs/upgrade-paths.md', page);
    expect(readFileSync('docs/upgrade-paths.md', 'utf8')).toBe(page);
  });
});
