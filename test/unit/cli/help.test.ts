// The complete help text. Update it with: npm run fix
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { NO_FLAG, variableOf } from '../../../src/cli/flags.js';
import { renderHelp } from '../../../src/cli/help.js';
import { action } from '../../support/inputs.js';
import { INPUT_NAMES } from '../../../src/core/config/raw-inputs.js';

const help = renderHelp(action, '0.0.0');

describe('milvus-upgrade --help', () => {
  it('prints the text of test/golden/help.txt', () => {
    const path = 'test/golden/help.txt';
    if (process.env.UPDATE_GOLDEN) writeFileSync(path, help);
    expect(help).toBe(readFileSync(path, 'utf8'));
  });

  it.each(INPUT_NAMES.filter((name) => name !== 'operation'))('describes how to set %s', (name) => {
    expect(help).toMatch(name in NO_FLAG ? new RegExp(`  ${variableOf(name)}\\s`) : `  --${name}`);
  });

  it('fits in a terminal of 100 columns', () => {
    expect(help.split('\n').filter((line) => line.length > 100)).toEqual([]);
  });
});
