import { describe, expect, it } from '@jest/globals';
import { mergeFiles, readConfiguration, topologyOf } from '../../../../src/core/model/milvus-configuration.js';
import { parseVersion } from '../../../../src/core/model/version.js';
import type { Component } from '../../../../src/core/model/component.js';

describe('the mounted configuration', () => {
  it.each([
    ['mq.type of a late chart', { 'default.yaml': 'mq: {type: woodpecker}\nmessageQueue: pulsar' }, 'woodpecker'],
    ['messageQueue of an early chart', { 'default.yaml': 'messageQueue: kafka' }, 'kafka'],
    [
      'the user-supplied value over that of the chart',
      { 'default.yaml': 'messageQueue: pulsar', 'user.yaml': 'messageQueue: kafka' },
      'kafka',
    ],
    ['an address only', { 'milvus.yaml': 'pulsar: {address: my-pulsar}' }, 'pulsar'],
    ['nothing', {}, 'unknown'],
  ])('contains the message queue as %s', (_, files, expected) => {
    expect(readConfiguration(files as Record<string, string>, 'separate-coordinators', null).messageQueue).toBe(
      expected,
    );
  });

  it.each([
    ['standalone', '2.5.16', 'rocksmq'],
    ['standalone', '2.6.2', 'woodpecker'],
    ['standalone', null, 'unknown'],
    ['mixcoord', '2.5.16', 'pulsar'],
    ['streaming', '2.6.2', 'pulsar'],
    ['unknown', '2.5.16', 'unknown'],
  ] as const)(
    'has for mq.type: default of a %s on %s the queue %s, whatever addresses the image contains',
    (topology, running, expected) => {
      const files = {
        'milvus.yaml': 'mq: {type: default}\npulsar: {address: localhost}\nrocksmq: {path: /var/lib/milvus/rdb_data}',
      };
      expect(readConfiguration(files, topology, parseVersion(running ?? '')).messageQueue).toBe(expected);
    },
  );

  it('is read as Milvus does if a chart writes a key twice: the last one counts', () => {
    const files = {
      'default.yaml': 'etcd: {endpoints: [e:2379]}\nmq: {type: rocksmq}\nlog: {level: info}\nmq: {type: woodpecker}',
    };
    expect(readConfiguration(files, 'standalone', parseVersion('2.6.2'))).toMatchObject({
      messageQueue: 'woodpecker',
      etcd: { endpoints: ['e:2379'] },
    });
  });

  it('has RocksMQ as default queue of a standalone', () => {
    expect(readConfiguration({}, 'standalone', null).messageQueue).toBe('rocksmq');
  });

  it('has RocksMQ as queue of a standalone with `default` although the image contains an address of Pulsar', () => {
    const files = { 'milvus.yaml': 'mq: {type: default}\npulsar: {address: localhost}' };
    expect(readConfiguration(files, 'standalone', parseVersion('2.5.16')).messageQueue).toBe('rocksmq');
    expect(readConfiguration(files, 'mixcoord', null).messageQueue).toBe('pulsar');
  });

  it('contains etcd and the root path, or the default of Milvus', () => {
    expect(
      readConfiguration(
        { 'default.yaml': 'etcd: {endpoints: [a:2379, b:2379]}', 'user.yaml': 'etcd: {rootPath: prod}' },
        'mixcoord',
        null,
      ).etcd,
    ).toEqual({
      endpoints: ['a:2379', 'b:2379'],
      rootPath: 'prod',
    });
    expect(readConfiguration({ 'milvus.yaml': 'etcd: {endpoints: "a:2379,b:2379"}' }, 'mixcoord', null).etcd).toEqual({
      endpoints: ['a:2379', 'b:2379'],
      rootPath: 'by-dev',
    });
  });

  it('contains a MySQL metastore', () => {
    expect(readConfiguration({ 'user.yaml': 'metastore: {type: mysql}' }, 'mixcoord', null).metastore).toBe('mysql');
  });

  it('ignores a file that is not YAML', () => {
    expect(readConfiguration({ 'user.yaml': 'a: [' }, 'mixcoord', null).metastore).toBe('etcd');
  });
});

describe('the topology', () => {
  it.each([
    [['standalone'], 'standalone'],
    [['rootcoord', 'querycoord', 'proxy'], 'separate-coordinators'],
    [['mixcoord', 'indexnode', 'proxy'], 'mixcoord'],
    [['mixcoord', 'streamingnode', 'proxy'], 'streaming'],
    [['proxy'], 'unknown'],
  ])('of %j is %s', (roles, expected) => {
    expect(topologyOf(roles.map((role) => ({ role, deployment: role }) as Component))).toBe(expected);
  });
});

describe('a configuration with many keys', () => {
  const secondsFor = (keys: number): number => {
    const text = Array.from({ length: keys }, (_, at) => `key-${at}: value`).join('\n');
    const startedAt = performance.now();
    mergeFiles({ 'user.yaml': text });
    return performance.now() - startedAt;
  };

  it('is parsed in linear time', () => {
    secondsFor(500);
    const small = secondsFor(2000);
    expect(secondsFor(20_000) / small).toBeLessThan(40);
  });
});
