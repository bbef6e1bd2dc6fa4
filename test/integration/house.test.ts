// Consistency of the code, the documents and action.yml. Style is lint (.oxlintrc.json), imports are
// .dependency-cruiser.mjs.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ERROR_CODES } from '../../src/core/model/error.js';
import { OUTPUT_NAMES } from '../../src/core/report/outputs.js';
import { action } from '../support/inputs.js';
import { INPUT_NAMES } from '../../src/core/config/raw-inputs.js';
import { CAUSE_CODES } from '../../src/core/model/cause-code.js';

function filesBelow(directory: string, ending: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(ending))
    .map((path) => `${directory}/${path}`)
    .sort();
}

const sources = filesBelow('src', '.ts');
const read = (path: string): string => readFileSync(path, 'utf8');
const headings = new Set([...read('docs/errors.md').matchAll(/^## `?([\w-]+)`?$/gm)].map((match) => match[1]));

describe('docs/errors.md', () => {
  it('explains every error code under a heading', () => {
    expect(Object.keys(ERROR_CODES).filter((code) => !headings.has(code))).toEqual([]);
  });

  it('explains every cause code under a heading', () => {
    expect(CAUSE_CODES.filter((code) => !headings.has(code))).toEqual([]);
  });

  it('explains every check', () => {
    const codes = new Set(
      sources.flatMap((path) => [...read(path).matchAll(/\bcode: '([a-z-]+)'/g)].map((match) => match[1] ?? '')),
    );
    const explained = read('docs/errors.md');
    expect([...codes].filter((code) => !(code in ERROR_CODES) && !explained.includes(`\`${code}\``))).toEqual([]);
  });
});

describe('action.yml', () => {
  const rowsOf = (path: string): (string | undefined)[] =>
    [...read(path).matchAll(/^\| `([a-z-]+)` \|/gm)].map((match) => match[1]);

  it('has the same inputs as the parser and docs/inputs.md', () => {
    expect(Object.keys(action.inputs)).toEqual([...INPUT_NAMES]);
    expect(rowsOf('docs/inputs.md').sort()).toEqual([...INPUT_NAMES].sort());
  });

  it('has the same outputs as docs/outputs.md', () => {
    expect(rowsOf('docs/outputs.md')).toEqual([...OUTPUT_NAMES]);
  });

  it('has every input of the README', () => {
    const inReadme = rowsOf('README.md');
    expect(inReadme.length).toBeGreaterThanOrEqual(8);
    expect(inReadme.filter((name) => !INPUT_NAMES.some((input) => input === name))).toEqual([]);
  });

  it('has the same outputs as the code', () => {
    expect(Object.keys(action.outputs)).toEqual([...OUTPUT_NAMES]);
  });
});

describe('the tables in src/core/knowledge', () => {
  it.each(filesBelow('src/core/knowledge', '.ts'))('have a source for every row of %s', (path) => {
    const rows = read(path).match(/^\s+(?:why|advice):\s/gm)?.length ?? 0;
    const sourced = read(path).match(/\bsource\b:\s/g)?.length ?? 0;
    expect(sourced).toBeGreaterThanOrEqual(rows);
  });
});

describe('the code outside a platform', () => {
  /** Platforms, their inputs, and the registry. */
  const MAY_CHOOSE =
    /^src\/(kubernetes|compose|core\/(helm|rolling|compose|config))\/|^src\/core\/platforms\/registry\.ts$/;
  const CHOICES = [
    /\bplatform\s*[!=]==?\s*['"`](helm|compose)/,
    /['"`](helm|compose)['"`]\s*[!=]==?/,
    /\bcase\s+['"`](helm|compose)['"`]/,
    /\bswitch\s*\([^)]*\bplatform\)/,
    /['"`](project|release)['"`] in \b/,
  ];

  it('does not check which platform it runs on', () => {
    const choosing = sources.filter(
      (path) => !MAY_CHOOSE.test(path) && CHOICES.some((choice) => choice.test(read(path))),
    );
    expect(choosing).toEqual([]);
  });
});

describe('the documents', () => {
  it('do not contain absolute paths of a machine', () => {
    const files = [...filesBelow('docs', '.md'), 'README.md', 'action.yml'];
    expect(files.filter((path) => /(^|[^\w.])\/(root|home|work)\//.test(read(path)))).toEqual([]);
  });
});

describe('the documents', () => {
  const documents = [
    ...readdirSync('.').filter((path) => path.endsWith('.md')),
    ...['docs', 'bench', 'lab', 'test'].flatMap((directory) => filesBelow(directory, '.md')),
  ].filter((path) => !path.startsWith('test/golden/'));

  it('link only to files that exist', () => {
    const broken = documents.flatMap((path) =>
      [...read(path).matchAll(/\]\((?![a-z]+:|#)([^)#\s]+)[^)]*\)/g)]
        .map((match) => match[1] ?? '')
        .filter((target) => !existsSync(join(dirname(path), target)))
        .map((target) => `${path}: ${target}`),
    );
    expect(broken).toEqual([]);
  });
});
