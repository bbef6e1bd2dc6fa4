// Adds to a preflight what etcd answers: whether the sessions of Milvus can be read and, before its metadata is changed, whether it is healthy.
import { judgeEtcdHealth } from '../../core/checks/etcd-health.js';
import { judgeSessions } from '../../core/checks/etcd-sessions.js';
import { conclude, type Finding } from '../../core/checks/finding.js';
import type { Goal } from '../../core/goal.js';
import type { Preflight } from '../../core/preflight.js';
import type { Plan } from '../../core/steps.js';
import type { ReleaseSessions } from '../etcd/release-sessions.js';

interface EtcdTools {
  readonly sessions: ReleaseSessions;
  readonly goal: Goal;
}

export async function withEtcd(preflight: Preflight, plan: Plan, tools: EtcdTools): Promise<Preflight> {
  const { checks, refusals } = conclude(await askEtcd(plan, tools), tools.goal.skipChecks);
  return { ...preflight, checks: [...preflight.checks, ...checks], refusals: [...preflight.refusals, ...refusals] };
}

async function askEtcd({ strategy }: Plan, { sessions, goal }: EtcdTools): Promise<Finding[]> {
  const seen = sessions.read();
  if (strategy !== 'migrate' && strategy !== 'restore') return judgeSessions(seen);
  const health = await sessions.health().catch(() => null);
  return [...judgeSessions(seen, true), ...judgeEtcdHealth(health, goal.migration.backupSize)];
}
