// Adds the results from etcd to a preflight: whether the Milvus sessions can be read and, before a metadata change,
// whether etcd is healthy.
import { evaluateEtcdHealth } from '../../core/checks/etcd-health.js';
import { evaluateSessions } from '../../core/checks/etcd-sessions.js';
import type { CheckResult } from '../../core/model/check-result.js';
import { conclude } from '../../core/checks/results.js';
import type { Config } from '../../core/config/config.js';
import type { Preflight } from '../../core/model/preflight.js';
import type { Plan } from '../../core/model/step.js';
import type { ReleaseSessions } from '../etcd/release-sessions.js';

interface EtcdTools {
  readonly sessions: ReleaseSessions;
  readonly config: Config;
}

export async function withEtcd(preflight: Preflight, plan: Plan, tools: EtcdTools): Promise<Preflight> {
  const { checks, failedChecks } = conclude(await checkEtcd(plan, tools), tools.config.skipChecks);
  return {
    ...preflight,
    checks: [...preflight.checks, ...checks],
    failedChecks: [...preflight.failedChecks, ...failedChecks],
  };
}

async function checkEtcd({ strategy }: Plan, { sessions, config }: EtcdTools): Promise<CheckResult[]> {
  const found = sessions.read();
  if (strategy !== 'migrate' && strategy !== 'restore') return evaluateSessions(found);
  const health = await sessions.health().catch(() => null);
  return [...evaluateSessions(found, true), ...evaluateEtcdHealth(health, config.migration.backupSize)];
}
