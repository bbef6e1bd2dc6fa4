// Asks the etcd of a project before its metadata is changed: whether the sessions of Milvus can be seen, and whether etcd is healthy.
import { judgeEtcdHealth } from '../core/checks/etcd-health.js';
import { judgeSessions } from '../core/checks/etcd-sessions.js';
import type { EtcdAsked } from './preflight.js';
import type { ProjectEtcd } from './project-etcd.js';

/** What to do where Milvus' sessions in etcd cannot be seen. */
const SEE_SESSIONS =
  'See that etcd runs, and that etcd-endpoints and root-path are what Milvus has. Waived, the run waits until every session must have run out, and relies on the migration tool, which looks for itself.';

export async function askEtcd(etcd: ProjectEtcd): Promise<EtcdAsked> {
  const health = await etcd.health().catch(() => null);
  const sessions = judgeSessions(etcd.sessions(), true).map((each) => (each.state === 'fail' ? { ...each, remedy: SEE_SESSIONS } : each));
  return { findings: [...sessions, ...judgeEtcdHealth(health, null)], bytes: health?.bytes ?? 0 };
}
