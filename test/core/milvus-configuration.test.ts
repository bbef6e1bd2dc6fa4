import { describe, expect, it } from '@jest/globals';
import { mergeFiles, readConfiguration, topologyOf } from '../../src/core/milvus-configuration.js';
import type { Component } from '../../src/core/component.js';

describe('the mounted configuration', () => {
  it.each([
    ['mq.type of a late chart', { 'default.yaml': 'mq: {type: woodpecker}\nmessageQueue: pulsar' }, 'woodpecker'],
    ['messageQueue of an early chart', { 'default.yaml': 'messageQueue: kafka' }, 'kafka'],
    ['the user’s own word over the chart’s', { 'default.yaml': 'messageQueue: pulsar', 'user.yaml': 'messageQueue: kafka' }, 'kafka'],
    ['an address alone', { 'milvus.yaml': 'pulsar: {address: my-pulsar}' }, 'pulsar'],
    ['nothing', {}, 'unknown'],
  ])('tells the message queue by %s', (_, files, expected) => {
    expect(readConfiguration(files as Record<string, string>, 'separate-coordinators').messageQueue).toBe(expected);
  });

  it('takes RocksMQ for the queue of a standalone that names none', () => {
    expect(readConfiguration({}, 'standalone').messageQueue).toBe('rocksmq');
  });

  it('takes RocksMQ for the queue of a standalone whose image has an address of Pulsar and leaves the queue to Milvus', () => {
    const files = { 'milvus.yaml': 'mq: {type: default}\npulsar: {address: localhost}' };
    expect(readConfiguration(files, 'standalone').messageQueue).toBe('rocksmq');
    expect(readConfiguration(files, 'mixcoord').messageQueue).toBe('pulsar');
  });

  it('tells etcd and the root path, or Milvus’ own default', () => {
    expect(readConfiguration({ 'default.yaml': 'etcd: {endpoints: [a:2379, b:2379]}', 'user.yaml': 'etcd: {rootPath: prod}' }, 'mixcoord').etcd).toEqual({
      endpoints: ['a:2379', 'b:2379'],
      rootPath: 'prod',
    });
    expect(readConfiguration({ 'milvus.yaml': 'etcd: {endpoints: "a:2379,b:2379"}' }, 'mixcoord').etcd).toEqual({
      endpoints: ['a:2379', 'b:2379'],
      rootPath: 'by-dev',
    });
  });

  it('tells a MySQL metastore', () => {
    expect(readConfiguration({ 'user.yaml': 'metastore: {type: mysql}' }, 'mixcoord').metastore).toBe('mysql');
  });

  it('does not fail over a file that is no YAML', () => {
    expect(readConfiguration({ 'user.yaml': 'a: [' }, 'mixcoord').metastore).toBe('etcd');
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

  it('is read in a time that grows with its size, and not with the square of it', () => {
    secondsFor(500);
    const small = secondsFor(2000);
    expect(secondsFor(20_000) / small).toBeLessThan(40);
  });
});
