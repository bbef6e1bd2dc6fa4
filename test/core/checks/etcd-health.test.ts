import { describe, expect, it } from '@jest/globals';
import { evaluateEtcdHealth } from '../../../src/core/checks/etcd-health.js';
import { evaluateSessions } from '../../../src/core/checks/etcd-sessions.js';

describe('etcd, before a migration', () => {
  it.each([
    [{ bytes: 3 * 1024 ** 2, alarms: [] }, 'pass', '3.0 MiB'],
    [{ bytes: 3 * 1024 ** 2, alarms: ['NOSPACE'] }, 'fail', 'NOSPACE'],
    [{ bytes: 11 * 1024 ** 3, alarms: [] }, 'warn', 'more than the volume for the backup (10Gi)'],
  ])('is judged by %j', (health, state, reason) => {
    expect(evaluateEtcdHealth(health, '10Gi')).toEqual([expect.objectContaining({ id: 'etcd-health', state, reason: expect.stringContaining(reason) })]);
  });

  it('says nothing where nobody could ask', () => {
    expect(evaluateEtcdHealth(null, '10Gi')).toEqual([]);
  });

  it('has to show its sessions, unless that is waived', () => {
    expect(evaluateSessions({ observation: null, why: 'no right' }, true)).toEqual([
      expect.objectContaining({ state: 'fail', skippable: true, reason: expect.stringContaining('no right') }),
    ]);
    expect(evaluateSessions({ observation: [] }, true)).toEqual([expect.objectContaining({ state: 'pass' })]);
  });
});
