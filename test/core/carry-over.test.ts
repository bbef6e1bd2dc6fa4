import { describe, expect, it } from '@jest/globals';
import { refuseLostShortcuts } from '../../src/core/knowledge/carry-over.js';
import { mergeValues, valuesAtPath, type Values } from '../../src/core/values.js';

function lost(supplied: Values, given: Values = {}, fromChart = '3.3.6', toChart = '4.0.34'): string[] {
  return refuseLostShortcuts({ supplied, given, fromChart, toChart }).map((each) => each.because);
}

const userYaml = (text: string): Values => ({ extraConfigFiles: { 'user.yaml': text } });
const rootPath = valuesAtPath('metadata.rootPath', 'team-a');

describe('values of charts 3.x that charts 4.x ignore', () => {
  it.each([
    ['metadata.rootPath', 'team-a', 'empty root in etcd'],
    ['msgChannel.chanNamePrefix.cluster', 'team-a', 'other topics'],
    ['authorization.enabled', true, 'everyone in'],
    ['dataCoordinator.segment.maxSize', 1024, 'its own defaults'],
    ['quotaAndLimits.dml.enabled', true, 'its own defaults'],
    ['rootCoordinator.dmlChannelNum', 16, 'its own defaults'],
    ['standalone.rocksmq.retentionSizeInMB', 1, 'its own defaults'],
  ])('are refused when %s was set to %j', (path, value, consequence) => {
    expect(lost(valuesAtPath(path, value))).toEqual([expect.stringMatching(`ignore ${path}: .*${consequence}`)]);
  });

  it('may be waived, and the remedy names the setting to write', () => {
    const found = refuseLostShortcuts({ supplied: rootPath, given: {}, fromChart: '3.2.18', toChart: '4.0.34' });
    expect(found).toMatchObject([
      { code: 'shortcut-values-lost', waivable: true, remedy: expect.stringContaining('etcd.rootPath under extraConfigFiles.user.yaml') },
    ]);
  });

  it('are told together, by consequence', () => {
    const tuning = mergeValues(valuesAtPath('queryNode.grouping.enabled', false), valuesAtPath('proxy.maxTaskNum', 10));
    expect(lost(mergeValues(rootPath, tuning))).toEqual([
      expect.stringContaining('metadata.rootPath'),
      expect.stringContaining('proxy.maxTaskNum, queryNode.grouping.enabled'),
    ]);
  });

  it('do no harm when they say what Milvus does anyway', () => {
    expect(lost(mergeValues(valuesAtPath('metadata.rootPath', 'by-dev'), valuesAtPath('authorization.enabled', false)))).toEqual([]);
  });

  it('are fine when user.yaml has the setting, in the release or in this run', () => {
    expect(lost(mergeValues(rootPath, userYaml('etcd: {rootPath: team-a}')))).toEqual([]);
    expect(lost(rootPath, userYaml('etcd:\n  rootPath: team-a\n'))).toEqual([]);
    expect(lost(rootPath, userYaml('etcd:\n  use: {embed: false}\n'))).toHaveLength(1);
    expect(lost(mergeValues(rootPath, userYaml('etcd: {rootPath: team-a}')), userYaml('log: {level: debug}'))).toHaveLength(1);
  });

  it('are asked for when user.yaml cannot be read', () => {
    expect(lost(rootPath, userYaml('etcd: [rootPath: {'))).toHaveLength(1);
  });

  it('leave values alone that charts 4.x know', () => {
    expect(lost({ queryNode: { replicas: 3, resources: { limits: { cpu: 4 } } }, dataCoordinator: { enabled: true }, etcd: { replicaCount: 1 } })).toEqual([]);
  });

  it.each([
    ['3.2.18', '3.3.6'],
    ['4.0.0', '4.0.34'],
    ['local', '4.0.34'],
  ])('play no part from chart %s to %s', (fromChart, toChart) => {
    expect(lost(rootPath, {}, fromChart, toChart)).toEqual([]);
  });
});
