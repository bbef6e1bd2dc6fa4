import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { carryOver, type Carried } from '../../../../src/core/knowledge/carry-over.js';
import { valueAt } from '../../../../src/core/lib/json.js';
import { mergeValues, valuesAtPath, type Values } from '../../../../src/core/model/values.js';

const carried = (supplied: Values, given: Values = {}, fromChart = '3.3.6', toChart = '4.0.34'): Carried =>
  carryOver({ supplied, given, fromChart, toChart });
const lost = (...question: Parameters<typeof carried>): string[] =>
  carried(...question).failedChecks.map((failedCheck) => failedCheck.reason);
const getString = ({ values }: Carried): string =>
  String((values.extraConfigFiles as Values | undefined)?.['user.yaml'] ?? '');
const userYaml = (text: string): Values => ({ extraConfigFiles: { 'user.yaml': text } });
const rootPath = valuesAtPath('metadata.rootPath', 'team-a');

describe('values of charts 3.x that charts 4.x ignore', () => {
  it.each([
    ['metadata.rootPath', 'team-a', 'etcd.rootPath', 'another, empty root path in etcd'],
    ['msgChannel.chanNamePrefix.cluster', 'team-a', 'msgChannel.chanNamePrefix.cluster', 'other topics'],
    ['authorization.enabled', true, 'common.security.authorizationEnabled', 'access without a password'],
  ])('are carried over to user.yaml if %s is set to %j', (path, value, milvusKey, consequence) => {
    const found = carried(valuesAtPath(path, value));
    expect(found.failedChecks).toEqual([]);
    expect(found.settings).toEqual([
      expect.objectContaining({
        path: `extraConfigFiles.user.yaml: ${milvusKey}`,
        value,
        why: expect.stringMatching(`ignore ${path}: .*${consequence}`),
      }),
    ]);
    expect(valueAt(parse(getString(found)) as Values, milvusKey)).toBe(value);
  });

  it.each([
    ['dataCoordinator.segment.maxSize', 1024],
    ['quotaAndLimits.dml.enabled', true],
    ['rootCoordinator.dmlChannelNum', 16],
    ['standalone.rocksmq.retentionSizeInMB', 1],
  ])('refuse the run if %s is set to %j, with a remedy that names where to set them', (path, value) => {
    expect(carried(valuesAtPath(path, value)).failedChecks).toMatchObject([
      {
        id: 'shortcut-values-lost',
        state: 'fail',
        reason: expect.stringMatching(`ignore ${path}: .*its own defaults`),
        remedy: expect.stringContaining('in extraConfigFiles.user.yaml'),
        skippable: true,
      },
    ]);
  });

  it('are reported together, grouped by consequence', () => {
    const tuning = mergeValues(valuesAtPath('queryNode.grouping.enabled', false), valuesAtPath('proxy.maxTaskNum', 10));
    expect(lost(mergeValues(rootPath, tuning))).toEqual([
      expect.stringContaining('proxy.maxTaskNum, queryNode.grouping.enabled'),
    ]);
  });

  it('keep the existing content of user.yaml, including its comments', () => {
    const found = carried(
      mergeValues(rootPath, userYaml('# ours\nlog: {level: debug}\netcd:\n  use: {embed: false} # no\n')),
    );
    expect(parse(getString(found))).toEqual({
      log: { level: 'debug' },
      etcd: { use: { embed: false }, rootPath: 'team-a' },
    });
    expect(getString(found)).toMatch(/^# ours\n[^]*# no\n/);
  });

  it('are merged over the values of this run', () => {
    expect(parse(getString(carried(rootPath, userYaml('log: {level: info}'))))).toEqual({
      log: { level: 'info' },
      etcd: { rootPath: 'team-a' },
    });
  });

  it('are ignored if they equal the default of Milvus', () => {
    const found = carried(
      mergeValues(valuesAtPath('metadata.rootPath', 'by-dev'), valuesAtPath('authorization.enabled', false)),
    );
    expect(found).toEqual({ values: {}, settings: [], failedChecks: [] });
  });

  it.each<[string, Values, Values]>([
    ['the release', mergeValues(rootPath, userYaml('etcd: {rootPath: team-a}')), {}],
    ['this run', rootPath, userYaml('etcd:\n  rootPath: team-b\n')],
  ])('are not carried over if user.yaml of %s has the setting', (_, supplied, given) => {
    expect(carried(supplied, given)).toEqual({ values: {}, settings: [], failedChecks: [] });
  });

  it.each(['etcd: [rootPath: {', 'just a text'])(
    'are reported as a failed check if user.yaml is unreadable: %s',
    (text) => {
      expect(lost(rootPath, userYaml(text))).toEqual([expect.stringContaining('metadata.rootPath')]);
    },
  );

  it('do not include values that charts 4.x define', () => {
    expect(
      lost({
        queryNode: { replicas: 3, resources: { limits: { cpu: 4 } } },
        dataCoordinator: { enabled: true },
        etcd: { replicaCount: 1 },
      }),
    ).toEqual([]);
  });

  it.each([
    ['3.2.18', '3.3.6'],
    ['4.0.0', '4.0.34'],
    ['local', '4.0.34'],
  ])('do not apply from chart %s to %s', (fromChart, toChart) => {
    expect(carried(rootPath, {}, fromChart, toChart)).toEqual({ values: {}, settings: [], failedChecks: [] });
  });
});
