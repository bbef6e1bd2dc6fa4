import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { writeOutputsFile } from '../../../src/cli/files.js';
import { variableOf } from '../../../src/cli/flags.js';
import { renderOutputs } from '../../../src/core/report/outputs.js';
import * as runs from '../../support/events.js';
import { INPUT_NAMES } from '../../../src/core/config/raw-inputs.js';
import { readReport } from '../../../src/core/report/read-report.js';

const directory = mkdtempSync(join(tmpdir(), 'files-'));
afterAll(() => rmSync(directory, { recursive: true }));
const outputs = renderOutputs(readReport(runs.succeeded(), runs.subject), '/builds/report.json');

function written(name: string): string {
  writeOutputsFile(join(directory, name), outputs);
  return readFileSync(join(directory, name), 'utf8');
}

describe('the outputs file', () => {
  it('is a dotenv file that GitLab accepts: valid names, no line breaks, below 5 KB', () => {
    const text = written('upgrade.env');
    expect(text).toContain('MILVUS_RESULT_OUTCOME=succeeded\n');
    expect(text).toContain('MILVUS_RESULT_SOURCE_VERSION=2.2.12\n');
    for (const line of text.trimEnd().split('\n')) expect(line).toMatch(/^MILVUS_RESULT_[A-Z_]+=/);
    expect(text.length).toBeLessThan(5 * 1024);
  });

  it('sets no variable that a later run would read as an input', () => {
    const names = written('upgrade.env').match(/^\w+(?==)/gm) ?? [];
    expect(names.filter((name) => INPUT_NAMES.map(variableOf).includes(name))).toEqual([]);
  });

  it('is JSON with the plan if its name ends in .json', () => {
    expect(JSON.parse(written('upgrade.json'))).toMatchObject({
      outcome: 'succeeded',
      plan: expect.stringContaining('helm-upgrade'),
    });
  });
});
