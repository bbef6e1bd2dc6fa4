import { describe, expect, it } from '@jest/globals';
import { judgeEtcdHealth } from '../../../src/core/checks/etcd-health.js';
import { judgeSessions } from '../../../src/core/checks/etcd-sessions.js';

describe('etcd, before a migration', () => {
  it.each([
    [{ bytes: 3 * 1024 ** 2, alarms: [] }, 'pass', '3.0 MiB'],
    [{ bytes: 3 * 1024 ** 2, alarms: ['NOSPACE'] }, 'fail', 'NOSPACE'],
    [{ bytes: 11 * 1024 ** 3, alarms: [] }, 'warn', 'more than the volume for the backup (10Gi)'],
  ])('is judged by %j', (health, state, because) => {
    expect(judgeEtcdHealth(health, '10Gi')).toEqual([expect.objectContaining({ id: 'etcd-health', state, because: expect.stringContaining(because) })]);
  });

  it('says nothing where nobody could ask', () => {
    expect(judgeEtcdHealth(null, '10Gi')).toEqual([]);
  });

  it('has to show its sessions, unless that is waived', () => {
    expect(judgeSessions({ seen: null, why: 'no right' }, true)).toEqual([
      expect.objectContaining({ state: 'fail', waivable: true, because: expect.stringContaining('no right') }),
    ]);
    expect(judgeSessions({ seen: [] }, true)).toEqual([expect.objectContaining({ state: 'pass' })]);
  });
});
