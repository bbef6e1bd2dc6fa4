import { describe, expect, it } from '@jest/globals';
import { readConfiguration, topologyOf } from '../../src/core/milvus-configuration.js';
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
