// Asks the etcd of a project before its metadata is changed: whether the sessions of Milvus can be seen, and whether etcd is healthy.
import { evaluateEtcdHealth } from '../core/checks/etcd-health.js';
import { evaluateSessions } from '../core/checks/etcd-sessions.js';
import type { EtcdChecked } from './preflight.js';
import type { ProjectEtcd } from './project-etcd.js';

/** What to do where Milvus' sessions in etcd cannot be seen. */
const SEE_SESSIONS =
  'See that etcd runs, and that etcd-endpoints and root-path are what Milvus has. Waived, the run waits until every session must have run out, and relies on the migration tool, which looks for itself.';

export async function checkEtcd(etcd: ProjectEtcd): Promise<EtcdChecked> {
  const health = await etcd.health().catch(() => null);
  const sessions = evaluateSessions(etcd.sessions(), true).map((each) => (each.state === 'fail' ? { ...each, remedy: SEE_SESSIONS } : each));
  return { findings: [...sessions, ...evaluateEtcdHealth(health, null)], bytes: health?.bytes ?? 0 };
}
