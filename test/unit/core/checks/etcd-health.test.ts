import { describe, expect, it } from '@jest/globals';
import { evaluateEtcdHealth } from '../../../../src/core/checks/etcd-health.js';
import { evaluateSessions } from '../../../../src/core/checks/etcd-sessions.js';

describe('the etcd checks before a migration', () => {
  it.each([
    [{ bytes: 3 * 1024 ** 2, alarms: [] }, 'pass', '3.0 MiB'],
    [{ bytes: 3 * 1024 ** 2, alarms: ['NOSPACE'] }, 'fail', 'NOSPACE'],
    [{ bytes: 11 * 1024 ** 3, alarms: [] }, 'warn', 'larger than the volume for the backup (10Gi)'],
  ])('evaluate %j', (health, state, reason) => {
    expect(evaluateEtcdHealth(health, '10Gi')).toEqual([
      expect.objectContaining({ id: 'etcd-health', state, reason: expect.stringContaining(reason) }),
    ]);
  });

  it('report nothing about the health if etcd could not be queried', () => {
    expect(evaluateEtcdHealth(null, '10Gi')).toEqual([]);
  });

  it('require readable sessions unless that check is skipped', () => {
    expect(evaluateSessions({ list: null, why: 'no right' }, true)).toEqual([
      expect.objectContaining({ state: 'fail', skippable: true, reason: expect.stringContaining('no right') }),
    ]);
    expect(evaluateSessions({ list: [] }, true)).toEqual([expect.objectContaining({ state: 'pass' })]);
  });
});
