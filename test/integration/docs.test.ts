// Compares the generated pages with the code and the records of the lab tests from which they are generated. Update
// them with: npm run fix
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { renderUpgradePaths } from '../../scripts/pages/upgrade-paths.js';
import { BAD_ROWS } from '../lab/bad-inputs.js';
import {
  renderBadInputs,
  renderCauses,
  renderComposeFaults,
  renderMigrationFaults,
  type BadInputRow,
  type CauseRow,
  type ComposeFaultRow,
  type FaultRow,
} from '../../scripts/pages/lab-records.js';
import { readRecord } from '../lab/records.js';
import { renderInputsPage, renderOutputsPage } from '../../scripts/pages/reference.js';
import { renderTestsPage } from '../../scripts/pages/tiers.js';
import { renderReportSchema } from '../../scripts/pages/report-schema.js';

const PAGES: Readonly<Record<string, () => string>> = {
  'docs/inputs.md': renderInputsPage,
  'docs/outputs.md': renderOutputsPage,
  'docs/report-schema.json': renderReportSchema,
  'test/README.md': renderTestsPage,
  'docs/upgrade-paths.md': renderUpgradePaths,
  'docs/verification/bad-inputs.md': () => renderBadInputs(readRecord<BadInputRow>('bad-inputs')),
  'docs/verification/causes-on-a-node.md': () => renderCauses(readRecord<CauseRow>('causes')),
  'docs/verification/migration-faults.md': () => renderMigrationFaults(readRecord<FaultRow>('migration-faults')),
  'docs/verification/compose-faults.md': () => renderComposeFaults(readRecord<ComposeFaultRow>('compose-faults')),
};

describe('the generated page', () => {
  it.each(Object.entries(PAGES))('%s matches its sources', (path, render) => {
    const page = render();
    if (process.env.UPDATE_GOLDEN) writeFileSync(path, page);
    expect(readFileSync(path, 'utf8')).toBe(page);
  });

  it('docs/verification/bad-inputs.md has a row for every case of its test', () => {
    expect(readRecord<BadInputRow>('bad-inputs').map(({ title }) => title)).toEqual(BAD_ROWS.map(({ title }) => title));
  });
});
