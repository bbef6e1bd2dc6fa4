// What is asked of etcd before a change: whether the sessions of Milvus can be seen, and, before a metadata migration, whether it is well. Judges nothing itself.
import { judgeEtcdHealth } from '../../core/checks/etcd-health.js';
import { judgeSessions } from '../../core/checks/etcd-sessions.js';
import type { Finding } from '../../core/checks/finding.js';
import type { Plan } from '../../core/steps.js';
import type { ReleaseSessions } from '../etcd/release-sessions.js';

export async function askEtcd({ strategy }: Plan, etcd: ReleaseSessions, backupSize: string): Promise<Finding[]> {
  const sessions = etcd.read();
  if (strategy !== 'migrate' && strategy !== 'restore') return judgeSessions(sessions);
  const health = await etcd.health().catch(() => null);
  return [...judgeSessions(sessions, true), ...judgeEtcdHealth(health, backupSize)];
}
