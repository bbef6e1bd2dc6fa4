// The reports of Compose projects that were handled wrongly once: compared with the page that lists them. Update it
// with: npm run fix
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { COMPOSE_CASES } from './compose-cases.js';

const PAGE = 'docs/verification/compose-cases.md';
const HEAD = `# Compose projects that were handled wrongly once

<!-- Generated from test/integration/compose-cases.ts by npm run fix. Change the table, not this page. -->

Reduced from real projects and bug reports, with what the product reports for them now. A plan that is refused has changed nothing.
`;

it('docs/verification/compose-cases.md has what is reported for each case', async () => {
  const sections: string[] = [];
  for (const { id, situation, report } of COMPOSE_CASES) {
    const lines = await report();
    expect(lines.length).toBeGreaterThan(0);
    sections.push(`## ${id}: ${situation}\n\n\`\`\`\n${lines.join('\n')}\n\`\`\`\n`);
  }
  const page = [HEAD, ...sections].join('\n');
  if (process.env.UPDATE_GOLDEN) {
    mkdirSync('docs/verification', { recursive: true });
    writeFileSync(PAGE, page);
  }
  expect(readFileSync(PAGE, 'utf8')).toBe(page);
});
