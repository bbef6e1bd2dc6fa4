// The check `etcd-sessions`: whether a rolling upgrade, or a migration, can read the registered sessions from etcd.
// Pure.
import { UNOBSERVED_SECONDS } from '../rolling/status.js';
import type { CheckResult } from '../model/check-result.js';
import { failSkippable, pass, warn } from './results.js';
import type { Sessions } from '../model/shared-observation.js';

const ID = 'etcd-sessions';
const SOURCE = 'the sessions of Milvus in its etcd';

/**
 * Without etcd, a rolling upgrade relies on the state that Kubernetes reports: it is slower and does not detect a
 * coordinator that is ready but not registered.
 */
export function evaluateSessions(sessions: Sessions | undefined, migrates = false): CheckResult[] {
  if (!sessions) return [];
  if (migrates) return [evaluateForMigration(sessions)];
  if (sessions.list !== null)
    return [
      pass(
        ID,
        `every leadership handover waits for the session of the new pod; ${sessions.list.length} sessions are registered now`,
        SOURCE,
      ),
    ];
  const reason = `${sessions.why}. A new coordinator counts as standby once it has been ready for ${UNOBSERVED_SECONDS} s`;
  const remedy =
    'No action is needed. To make every handover wait for the session, allow the run to read etcd: deploy/rbac/rolling.yaml.';
  return [warn(ID, reason, remedy, SOURCE)];
}

/** A migration must not change the metadata while a Milvus process uses it. */
function evaluateForMigration(sessions: Sessions): CheckResult {
  if (sessions.list !== null)
    return pass(
      ID,
      `the metadata is changed only when no session is left; ${sessions.list.length} sessions are registered now`,
      SOURCE,
    );
  const remedy =
    'Allow the run to read etcd: deploy/rbac/rolling.yaml, or the inputs `etcd-endpoints` and `root-path`. If this check is skipped, the run waits until every session must have expired and relies on the session check of the migration tool.';
  const reason = `${sessions.why}, so the run cannot verify that Milvus has stopped`;
  return failSkippable(ID, reason, remedy, SOURCE);
}
