// Queries the etcd of a project before its metadata is changed: whether the sessions of Milvus can be read, and whether
// etcd is healthy.
import { evaluateEtcdHealth } from '../../core/checks/etcd-health.js';
import { evaluateSessions } from '../../core/checks/etcd-sessions.js';
import type { EtcdChecked } from './preflight.js';
import type { ProjectEtcd } from '../project/etcd.js';

/** The remedy if the sessions of Milvus in etcd cannot be read. */
const SEE_SESSIONS =
  'Check that etcd is running, and that etcd-endpoints and root-path match the configuration of Milvus. If you skip this check, the run waits until every session must have expired, and relies on the migration tool, which checks for sessions as well.';

export async function checkEtcd(etcd: ProjectEtcd): Promise<EtcdChecked> {
  const health = await etcd.health().catch(() => null);
  const sessions = evaluateSessions(etcd.read(), true).map((finding) =>
    finding.state === 'fail' ? { ...finding, remedy: SEE_SESSIONS } : finding,
  );
  return { findings: [...sessions, ...evaluateEtcdHealth(health, null)], bytes: health?.bytes ?? 0 };
}
