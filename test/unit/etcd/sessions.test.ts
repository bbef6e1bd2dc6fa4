import { describe, expect, it } from '@jest/globals';
import { readSessions } from '../../../src/etcd/sessions.js';
import type { Session } from '../../../src/core/model/session.js';

const PREFIX = 'by-dev/meta/session/';
const session = (name: string, value: unknown): Session | undefined =>
  readSessions(
    [{ key: `${PREFIX}${name}`, value: typeof value === 'string' ? value : JSON.stringify(value) }],
    PREFIX,
  )[0];

describe('a session in etcd', () => {
  it.each<[string, string, unknown, Partial<Session>]>([
    [
      'of an active coordinator',
      'rootcoord',
      {
        ServerID: 8,
        ServerName: 'rootcoord',
        Address: '10.244.0.12:53100',
        Exclusive: true,
        TriggerKill: true,
        Version: '2.2.16',
      },
      {
        role: 'rootcoord',
        serverId: 8,
        address: '10.244.0.12:53100',
        version: '2.2.16',
        isActive: true,
        isStandby: false,
        isStopping: false,
      },
    ],
    [
      'of a standby coordinator',
      'rootcoord-12',
      { ServerID: 12, ServerName: 'rootcoord', Exclusive: true },
      { role: 'rootcoord', serverId: 12, isActive: false, isStandby: true },
    ],
    [
      'of a node',
      'querynode-9',
      { ServerID: 9, ServerName: 'querynode', Version: '2.2.12' },
      { role: 'querynode', serverId: 9, isActive: false, isStandby: false },
    ],
    [
      'of a stopping node',
      'querynode-9',
      { ServerID: 9, ServerName: 'querynode', Stopping: true },
      { isStopping: true },
    ],
    [
      'of Milvus 2.1, which has no version',
      'proxy-3',
      { ServerID: 3, ServerName: 'proxy', Address: '10.0.0.3:19529' },
      { role: 'proxy', version: '' },
    ],
    [
      'of the migration tool',
      'migration',
      { ServerID: 40, ServerName: 'migration', Exclusive: true },
      { role: 'migration', isActive: true },
    ],
    [
      'whose value is not JSON',
      'mixcoord-14',
      'not json',
      { role: 'mixcoord', serverId: 14, isActive: false, address: '' },
    ],
    ['whose value is a number', 'datacoord', '7', { role: 'datacoord', serverId: null, isActive: true }],
  ])('is parsed: %s', (_, name, value, expected) => {
    expect(session(name, value)).toMatchObject(expected);
  });

  it.each(['id', 'version'])('does not have the key "%s"', (name) => {
    expect(session(name, '41')).toBeUndefined();
  });

  it('has a key with the prefix, and all are sorted by key', () => {
    const pairs = ['querynode-9', 'datacoord', 'querynode-10'].map((name) => ({
      key: `${PREFIX}${name}`,
      value: '{}',
    }));
    const foreign = { key: 'by-dev/meta/root-coord/collection/1', value: '{}' };
    expect(readSessions([...pairs, foreign], PREFIX).map((session) => session.key.slice(PREFIX.length))).toEqual([
      'datacoord',
      'querynode-10',
      'querynode-9',
    ]);
  });

  it.each<[string, Record<string, number>, string[]]>([
    ['while the new coordinator waits', { rootcoord: 1, 'rootcoord-10': 10 }, ['rootcoord-10']],
    ['after it took over and did not remove its other key', { rootcoord: 10, 'rootcoord-10': 10 }, []],
    ['while none is active', { 'rootcoord-10': 10, 'rootcoord-11': 11 }, ['rootcoord-10', 'rootcoord-11']],
  ])('is a standby, %s, only if it does not hold the key of its role', (_, ids, standby) => {
    const pairs = Object.entries(ids).map(([name, id]) => ({
      key: `${PREFIX}${name}`,
      value: JSON.stringify({ ServerID: id, ServerName: 'rootcoord', Exclusive: true }),
    }));
    const found = readSessions(pairs, PREFIX).filter((session) => session.isStandby);
    expect(found.map((session) => session.key.slice(PREFIX.length))).toEqual(standby);
  });
});
