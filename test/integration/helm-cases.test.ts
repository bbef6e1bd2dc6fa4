// Every real installation that was handled wrongly once gives the recorded message. Update the page with: npm run fix
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { renderHelmCases } from '../../scripts/pages/helm-cases.js';
import { HELM_CASES } from './helm-cases.js';

const PAGE = 'docs/verification/helm-cases.md';

describe('real Helm installations', () => {
  it(`give the messages of ${PAGE}`, async () => {
    const rows = await Promise.all(HELM_CASES.map(async (row) => ({ ...row, messages: await row.messages() })));
    const page = renderHelmCases(rows);
    if (process.env.UPDATE_GOLDEN) writeFileSync(PAGE, page);
    expect(readFileSync(PAGE, 'utf8')).toBe(page);
  });

  it.each(HELM_CASES)('$id: each gives a message', async ({ messages }) => {
    expect(await messages()).not.toHaveLength(0);
  });
});
