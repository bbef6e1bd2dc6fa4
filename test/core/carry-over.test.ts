import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { carryOver, type Carried } from '../../src/core/knowledge/carry-over.js';
import { mergeValues, valueAt, valuesAtPath, type Values } from '../../src/core/values.js';

const carried = (supplied: Values, given: Values = {}, fromChart = '3.3.6', toChart = '4.0.34'): Carried => carryOver({ supplied, given, fromChart, toChart });
const lost = (...question: Parameters<typeof carried>): string[] => carried(...question).failedChecks.map((each) => each.reason);
const getString = ({ values }: Carried): string => String((values.extraConfigFiles as Values | undefined)?.['user.yaml'] ?? '');
const userYaml = (text: string): Values => ({ extraConfigFiles: { 'user.yaml': text } });
const rootPath = valuesAtPath('metadata.rootPath', 'team-a');

describe('values of charts 3.x that charts 4.x ignore', () => {
  it.each([
    ['metadata.rootPath', 'team-a', 'etcd.rootPath', 'empty root in etcd'],
    ['msgChannel.chanNamePrefix.cluster', 'team-a', 'msgChannel.chanNamePrefix.cluster', 'other topics'],
    ['authorization.enabled', true, 'common.security.authorizationEnabled', 'everyone in'],
  ])('are carried over into user.yaml when %s was set to %j', (path, value, milvusKey, consequence) => {
    const found = carried(valuesAtPath(path, value));
    expect(found.failedChecks).toEqual([]);
    expect(found.settings).toEqual([
      expect.objectContaining({ path: `extraConfigFiles.user.yaml: ${milvusKey}`, value, why: expect.stringMatching(`ignore ${path}: .*${consequence}`) }),
    ]);
    expect(valueAt(parse(getString(found)) as Values, milvusKey)).toBe(value);
  });

  it.each([
    ['dataCoordinator.segment.maxSize', 1024],
    ['quotaAndLimits.dml.enabled', true],
    ['rootCoordinator.dmlChannelNum', 16],
    ['standalone.rocksmq.retentionSizeInMB', 1],
  ])('are refused when %s was set to %j, and the remedy names where to write them', (path, value) => {
    expect(carried(valuesAtPath(path, value)).failedChecks).toMatchObject([
      {
        code: 'shortcut-values-lost',
        reason: expect.stringMatching(`ignore ${path}: .*its own defaults`),
        remedy: expect.stringContaining('under extraConfigFiles.user.yaml'),
        skippable: true,
      },
    ]);
  });

  it('are told together, by consequence', () => {
    const tuning = mergeValues(valuesAtPath('queryNode.grouping.enabled', false), valuesAtPath('proxy.maxTaskNum', 10));
    expect(lost(mergeValues(rootPath, tuning))).toEqual([expect.stringContaining('proxy.maxTaskNum, queryNode.grouping.enabled')]);
  });

  it('leave what user.yaml says already, with its comments', () => {
    const found = carried(mergeValues(rootPath, userYaml('# ours\nlog: {level: debug}\netcd:\n  use: {embed: false} # no\n')));
    expect(parse(getString(found))).toEqual({ log: { level: 'debug' }, etcd: { use: { embed: false }, rootPath: 'team-a' } });
    expect(getString(found)).toMatch(/^# ours\n[^]*# no\n/);
  });

  it('are laid over what this run gives', () => {
    expect(parse(getString(carried(rootPath, userYaml('log: {level: info}'))))).toEqual({ log: { level: 'info' }, etcd: { rootPath: 'team-a' } });
  });

  it('do no harm when they say what Milvus does anyway', () => {
    const found = carried(mergeValues(valuesAtPath('metadata.rootPath', 'by-dev'), valuesAtPath('authorization.enabled', false)));
    expect(found).toEqual({ values: {}, settings: [], failedChecks: [] });
  });

  it.each<[string, Values, Values]>([
    ['the release', mergeValues(rootPath, userYaml('etcd: {rootPath: team-a}')), {}],
    ['this run', rootPath, userYaml('etcd:\n  rootPath: team-b\n')],
  ])('are left alone when user.yaml of %s has the setting', (_, supplied, given) => {
    expect(carried(supplied, given)).toEqual({ values: {}, settings: [], failedChecks: [] });
  });

  it.each(['etcd: [rootPath: {', 'just a text'])('are asked for when user.yaml cannot be read: %s', (text) => {
    expect(lost(rootPath, userYaml(text))).toEqual([expect.stringContaining('metadata.rootPath')]);
  });

  it('leave values alone that charts 4.x know', () => {
    expect(lost({ queryNode: { replicas: 3, resources: { limits: { cpu: 4 } } }, dataCoordinator: { enabled: true }, etcd: { replicaCount: 1 } })).toEqual([]);
  });

  it.each([
    ['3.2.18', '3.3.6'],
    ['4.0.0', '4.0.34'],
    ['local', '4.0.34'],
  ])('play no part from chart %s to %s', (fromChart, toChart) => {
    expect(carried(rootPath, {}, fromChart, toChart)).toEqual({ values: {}, settings: [], failedChecks: [] });
  });
});
