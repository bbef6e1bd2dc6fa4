// The style guide that runs.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { CAUSE_CODES } from '../src/core/causes.js';
import { ERROR_CODES } from '../src/core/errors.js';
import { INPUT_NAMES } from '../src/core/inputs.js';
import { OUTPUT_NAMES } from '../src/core/outputs.js';
import { action } from './fakes/inputs.js';

function filesBelow(folder: string, ending: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((each) => each.endsWith(ending))
    .map((each) => `${folder}/${each}`)
    .sort();
}

const sources = filesBelow('src', '.ts');
const read = (path: string): string => readFileSync(path, 'utf8');

describe('the house', () => {
  it.each(filesBelow('src/core', '.ts'))('keeps %s pure', (path) => {
    const imports = [...read(path).matchAll(/from '([^']+)'/g)].map((match) => match[1] ?? '');
    const foreign = imports.filter(
      (each) =>
        !['semver', 'yaml', 'diff'].includes(each) &&
        !each.startsWith('./') &&
        !/^\.\.\/[\w-]+\.js$/.test(each) &&
        !/^\.\.\/(knowledge|rolling)\//.test(each) &&
        !(/core\/(compose|migration)\//.test(path) && /^\.\.\/(checks|migration)\//.test(each)) &&
        !(/core\/compose\/files\//.test(path) && /^\.\.\/\.\.\/[\w-]+\.js$/.test(each)),
    );
    expect(foreign).toEqual([]);
    expect(read(path)).not.toMatch(/Date\.now|new Date\(\)|process\.|Math\.random/);
  });

  it.each(sources)('opens %s with what it is for', (path) => {
    expect(read(path)).toMatch(/^\/\/ .{20,}/);
  });

  it.each(sources)('keeps %s at most 200 lines long, without default export or enum', (path) => {
    const text = read(path);
    expect(text.split('\n').length).toBeLessThanOrEqual(201);
    expect(text).not.toMatch(/^export default|^(export )?enum /m);
  });

  it.each(Object.keys(ERROR_CODES))('explains the error %s in docs/errors.md', (code) => {
    expect(read('docs/errors.md')).toMatch(new RegExp(`^## \`?${code}\`?$`, 'm'));
  });

  it.each(CAUSE_CODES)('explains the cause %s in docs/errors.md', (code) => {
    expect(read('docs/errors.md').split('\n')).toContain(`## \`${code}\``);
  });

  it('explains every refusal in docs/errors.md', () => {
    const codes = new Set(sources.flatMap((path) => [...read(path).matchAll(/\bcode: '([a-z-]+)'/g)].map((match) => match[1] ?? '')));
    const explained = read('docs/errors.md');
    expect([...codes].filter((code) => !(code in ERROR_CODES) && !explained.includes(`\`${code}\``))).toEqual([]);
  });

  it('names the same inputs in action.yml, the parser and the README', () => {
    const inReadme = [...read('README.md').matchAll(/^\| `([a-z-]+)` \|/gm)].map((match) => match[1]);
    expect(Object.keys(action.inputs)).toEqual([...INPUT_NAMES]);
    expect(inReadme).toEqual(expect.arrayContaining([...INPUT_NAMES, ...OUTPUT_NAMES]));
  });

  it('names the same outputs in action.yml and in the code', () => {
    expect(Object.keys(action.outputs)).toEqual([...OUTPUT_NAMES]);
  });

  it('gives every row of knowledge a source', () => {
    for (const path of filesBelow('src/core/knowledge', '.ts')) {
      const rows = read(path).match(/^\s+(?:why|advice): /gm)?.length ?? 0;
      const withSource = read(path).match(/\bsource\b: /g)?.length ?? 0;
      expect({ path, enough: withSource >= rows }).toEqual({ path, enough: true });
    }
  });

  it('names no path of a developer’s machine', () => {
    const files = [
      ...sources,
      ...filesBelow('test', '.ts').filter((each) => !each.endsWith('house.test.ts')),
      ...filesBelow('docs', '.md'),
      'README.md',
      'action.yml',
    ];
    expect(files.filter((path) => /(^|[^\w.])\/(root|home|work)\//.test(read(path)))).toEqual([]);
  });
});
