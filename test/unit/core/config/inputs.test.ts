import { describe, expect, it } from '@jest/globals';
import { parseInputs } from '../../../../src/core/config/inputs.js';
import { helmConfig } from '../../../support/configs.js';
import { action, inputs } from '../../../support/inputs.js';
import { INPUT_NAMES, type InputName } from '../../../../src/core/config/raw-inputs.js';

const noFiles = (): null => null;

function problemsOf(written: Partial<Record<InputName, string>>): string {
  const parsed = parseInputs(inputs(written), noFiles);
  return parsed.ok ? '' : parsed.problems.join('\n');
}

const bad: readonly [InputName, string, string][] = [
  ['release', '', 'as `helm list` shows it'],
  ['release', 'My_Milvus', 'my-milvus'],
  ['release', '--post-renderer', 'my-milvus'],
  ['release', 'a'.repeat(54), 'at most 53'],
  ['namespace', 'kube system', 'at most 63'],
  ['target-version', 'latest', 'such as 2.6.15'],
  ['target-version', '2.6', 'such as 2.6.15'],
  ['source-version', 'v2', 'such as 2.6.15'],
  ['operation', 'apply', 'upgrade, plan, verify'],
  ['strategy', 'blue-green', 'auto, helm-upgrade, rolling'],
  ['hops', 'all', 'auto, one'],
  ['stop-at', '2.5', 'such as 2.5.27'],
  ['stop-at', '3.0.0', '2.2.16 (target-version)'],
  ['image', 'milvusdb/milvus', 'repository and tag'],
  ['image', 'milvusdb/milvus@sha256:abc', 'repository and tag'],
  ['image', '--image:v1', 'repository and tag'],
  ['chart', 'milvus', 'milvus/milvus'],
  ['chart', '--repo/x', 'milvus/milvus'],
  ['chart-repository', 'zilliztech.github.io', 'https://'],
  ['chart-version', 'newest', 'auto, keep'],
  ['timeout', '0', 'such as 15m'],
  ['timeout', 'forever', 'such as 15m'],
  ['step-timeout', '-1', 'such as 15m'],
  ['step-timeout', '9000h', 'up to a week'],
  ['values', 'a: [', 'is not YAML'],
  ['values', '- list', 'not a mapping of values'],
  ['values-files', 'missing.yaml', 'cannot be read'],
  ['set', 'proxy.replicas', 'has no "="'],
  ['set', 'a={1,2}', 'has a {list}'],
  ['set', 'a=1,b=2', 'one per line'],
  ['set', 'a..b=1', 'cannot be read'],
];

describe('inputs', () => {
  it.each(bad)('quote an invalid %s "%s" with a valid example', (input, written, works) => {
    const problems = problemsOf({ [input]: written });
    expect(problems).toContain(works);
    expect(problems).toContain(input);
    expect(problems.split('\n')).toHaveLength(1);
  });

  it('refuse stop-at with hops: one, which has one upgrade', () => {
    expect(problemsOf({ hops: 'one', 'stop-at': '2.2.14' })).toContain(
      'stop-at is "2.2.14"; leave it out, or set hops: auto',
    );
  });

  it('report every problem at once', () => {
    expect(problemsOf({ release: '', 'target-version': 'x', timeout: 'x', values: '[' }).split('\n')).toHaveLength(4);
  });

  it('never show the value of an invalid set line, which may be a secret', () => {
    expect(problemsOf({ set: 'minio.secretKey=hunter2,x' })).not.toContain('hunter2');
  });

  it('never show the text of invalid YAML, which may contain a secret', () => {
    expect(problemsOf({ values: 'password: "hunter2\nx: [' })).not.toContain('hunter2');
  });

  it('accept the defaults of action.yml', () => {
    expect(helmConfig({ strategy: action.inputs.strategy?.default ?? '' })).toMatchObject({
      operation: 'upgrade',
      strategy: 'auto',
      namespace: 'default',
      timeoutSeconds: 7200,
      stepTimeoutSeconds: 1800,
      chartVersion: { kind: 'auto' },
    });
  });

  it('merge values over values-files, and set over values', () => {
    const config = helmConfig(
      {
        'values-files': 'a.yaml\nb.yaml',
        values: 'x: {three: 3, two: 3}',
        set: 'x.four=4\nx.dotted\\.key=yes\nx.three=4',
      },
      { 'a.yaml': 'x: {one: 1, two: 1}', 'b.yaml': 'x: {two: 2}' },
    );
    expect(config.values.reveal()).toEqual({ x: { one: 1, two: 3, three: 4, four: 4, 'dotted.key': 'yes' } });
  });

  it('convert the types of set values as Helm does', () => {
    expect(helmConfig({ set: 'a=true\nb=null\nc=12\nd=007\ne=1.5\nf=a=b\ng=x\\,y' }).values.reveal()).toEqual({
      a: true,
      b: null,
      c: 12,
      d: '007',
      e: '1.5',
      f: 'a=b',
      g: 'x,y',
    });
  });

  it.each([
    ['./chart', 'directory'],
    ['/charts/milvus', 'directory'],
    ['milvus-4.0.34.tgz', 'archive'],
    ['oci://ghcr.io/acme/milvus', 'oci'],
    ['milvus/milvus', 'repository'],
  ])('detect the chart %s as kind %s', (chart, kind) => {
    expect(helmConfig({ chart }).chart.kind).toBe(kind);
  });

  it.each([
    ['900', 900],
    ['90s', 90],
    ['15m', 900],
    ['2h', 7200],
  ])('parse the duration %s as %i seconds', (written, seconds) => {
    expect(helmConfig({ timeout: written }).timeoutSeconds).toBe(seconds);
  });

  it('match the names in action.yml', () => {
    expect(Object.keys(inputs()).sort()).toEqual([...INPUT_NAMES].sort());
  });

  it('do not reveal values if the config is printed', () => {
    const config = helmConfig({ values: 'minio: {secretKey: hunter2}' });
    expect(JSON.stringify(config) + String(config.values)).not.toContain('hunter2');
    expect(JSON.stringify(config)).toContain('minio.secretKey');
  });
});
