// Adds the results from etcd to a preflight: whether the Milvus sessions can be read and, before a metadata change,
// whether etcd is healthy.
import { evaluateEtcdHealth } from '../../core/checks/etcd-health.js';
import { evaluateSessions } from '../../core/checks/etcd-sessions.js';
import type { CheckResult } from '../../core/model/check-result.js';
import { conclude } from '../../core/checks/results.js';
import type { HelmConfig } from '../../core/config/config.js';
import type { Preflight } from '../../core/model/preflight.js';
import type { ReleaseSessions } from '../etcd/release-sessions.js';
import type { HelmPlan } from '../../core/helm/step.js';

interface EtcdTools {
  readonly sessions: ReleaseSessions;
  readonly config: HelmConfig;
}

export async function withEtcd(preflight: Preflight, plan: HelmPlan, tools: EtcdTools): Promise<Preflight> {
  const { checks, failedChecks } = conclude(await checkEtcd(plan, tools), tools.config.skipChecks);
  return {
    ...preflight,
    checks: [...preflight.checks, ...checks],
    failedChecks: [...preflight.failedChecks, ...failedChecks],
  };
}

async function checkEtcd({ strategy }: HelmPlan, { sessions, config }: EtcdTools): Promise<CheckResult[]> {
  const found = sessions.read();
  if (strategy !== 'migrate' && strategy !== 'restore') return evaluateSessions(found);
  const health = await sessions.health().catch(() => null);
  return [...evaluateSessions(found, true), ...evaluateEtcdHealth(health, config.backupVolume.size)];
}
