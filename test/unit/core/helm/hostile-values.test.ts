import { describe, expect, it } from '@jest/globals';
import { stringify } from 'yaml';
import { evaluateUnknownValues } from '../../../../src/core/checks/unknown-values.js';
import { resolveText } from '../../../../src/core/compose/files/interpolation.js';
import { readProject } from '../../../../src/core/compose/files/read-project.js';
import { parseInputs } from '../../../../src/core/config/inputs.js';
import { parseKubeconfig } from '../../../../src/core/config/kubeconfig.js';
import { parseManifest } from '../../../../src/core/checks/manifest.js';
import { parseQuantity } from '../../../../src/core/lib/quantity.js';
import { readYaml } from '../../../../src/core/lib/safe-yaml.js';
import { parseSetLine } from '../../../../src/core/config/set-values.js';
import { valueAt } from '../../../../src/core/lib/json.js';
import { mergeValues } from '../../../../src/core/model/values.js';
import { inputs } from '../../../support/inputs.js';

const problemsOf = (values: Parameters<typeof inputs>[0]): string => {
  const parsed = parseInputs(inputs(values), () => null);
  return parsed.ok ? '' : parsed.problems.join('; ');
};

describe('names that every object inherits', () => {
  it.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])(
    'are plain text as the value of set: a=%s',
    (name) => {
      expect(parseSetLine(`a=${name}`)).toEqual({ ok: true, values: { a: name } });
    },
  );

  it.each(['__proto__=1', 'constructor.prototype.polluted=1', '__proto__.polluted=1'])(
    'become keys of the values file and change no other object: %s',
    (line) => {
      const parsed = parseSetLine(line);
      const merged = mergeValues({ proxy: { replicas: 1 } }, parsed.ok ? parsed.values : {});
      expect(stringify(merged)).toContain(line.split(/[.=]/)[0]);
      expect(Object.getPrototypeOf(merged)).toBe(Object.prototype);
      expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    },
  );

  it('are merged like any other key of two values files', () => {
    const [one, other] = [
      readYaml('__proto__: {a: 1}\ntoString: {b: 1}'),
      readYaml('__proto__: {c: 2}\ntoString: {d: 2}'),
    ];
    expect(JSON.stringify(mergeValues(one as object as never, other as never))).toBe(
      '{"__proto__":{"a":1,"c":2},"toString":{"b":1,"d":2}}',
    );
  });

  it('are absent if nothing sets them', () => {
    expect(valueAt({}, 'constructor')).toBeUndefined();
    expect(valueAt({ a: {} }, 'a.toString')).toBeUndefined();
    expect(parseQuantity('5constructor')).toBe(0);
  });

  it('are empty variables of a Compose file', () => {
    const read = readProject([{ path: 'compose.yaml', kind: 'compose', text: 'services: {}' }], {});
    expect(read.ok && resolveText('x${constructor}${toString:-y}', read.project.compose[0]!.scope.lookup)).toBe('xy');
  });
});

const BOMB = [
  'a: &a [x, x, x, x, x, x, x, x, x]',
  ...'bcdefgh'.split('').map((name, at) => `${name}: &${name} [${Array(9).fill(`*${'abcdefg'[at]}`).join(', ')}]`),
].join('\n');

describe('YAML that would crash the process or exhaust its memory', () => {
  it.each([
    ['brackets', '['.repeat(100_000), 'it is nested too deeply'],
    ['mappings on one line', '{a: '.repeat(20_000), 'it is nested too deeply'],
    ['lists on one line', '- '.repeat(20_000), 'it is nested too deeply'],
    [
      'deep indentation',
      Array.from({ length: 400 }, (_, at) => `${' '.repeat(at)}a:`).join('\n'),
      'it is nested too deeply',
    ],
    ['an anchor that refers to itself', 'a: &a\n  b: *a', 'refers to the value that it is part of'],
    ['aliases that expand exponentially', BOMB, 'Excessive alias count'],
  ])('is an invalid input: %s', (_, text, reason) => {
    expect(problemsOf({ values: text })).toContain(reason);
    expect(parseKubeconfig(text, '')).toMatchObject({ ok: false });
    expect(() => parseManifest(text)).toThrow();
  });

  it('does not affect ordinary values', () => {
    const text = 'a: |\n  [[[[\n  {{{{\nb: "[[["\nc: [[1], {d: 2}]\ne: &e {f: 1}\ng: *e\n';
    expect(readYaml(text)).toEqual({ a: '[[[[\n{{{{\n', b: '[[[', c: [[1], { d: 2 }], e: { f: 1 }, g: { f: 1 } });
  });

  it('is an invalid input as a path of ten thousand keys', () => {
    const path = Array(10_000).fill('a').join('.');
    expect(problemsOf({ set: `${path}=1` })).toMatch(/has a path of 10000 keys; the maximum is 100/);
    expect(problemsOf({ set: `${path}=1` }).length).toBeLessThan(1000);
  });
});

describe('values that the chart does not know', () => {
  it('include those with the name of an inherited property', () => {
    expect(
      JSON.stringify(
        evaluateUnknownValues({ constructor: 1 } as never, { defaults: { proxy: {} }, templates: [], subcharts: [] }),
      ),
    ).toContain('constructor');
  });
});
