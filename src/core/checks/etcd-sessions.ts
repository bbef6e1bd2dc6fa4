// The check `etcd-sessions`: whether a rolling upgrade, or a migration, sees in etcd who is registered. Pure.
import type { Sessions } from '../observation.js';
import { UNOBSERVED_SECONDS } from '../rolling/judge.js';
import { pass, warn, type Finding } from './finding.js';

const ID = 'etcd-sessions';
const SOURCE = 'the sessions of Milvus in its etcd';

/** Without etcd a roll goes by what Kubernetes shows: slower, and blind to a coordinator that is ready and not registered. */
export function evaluateSessions(sessions: Sessions | undefined, migrates = false): Finding[] {
  if (!sessions) return [];
  if (migrates) return [evaluateForMigration(sessions)];
  if (sessions.observation !== null)
    return [pass(ID, `every hand-over waits for the new pod's session; ${sessions.observation.length} are registered now`, SOURCE)];
  const reason = `${sessions.why}. A new coordinator counts as standing by when it has been ready for ${UNOBSERVED_SECONDS} s`;
  const remedy = 'Nothing needs to be done. To have every hand-over wait for the session itself, let the run read etcd: deploy/rbac/rolling.yaml.';
  return [warn(ID, reason, remedy, SOURCE)];
}

/** A migration must not touch the metadata while anybody works on them. */
function evaluateForMigration(sessions: Sessions): Finding {
  if (sessions.observation !== null)
    return pass(ID, `the metadata are touched only when no session is left; ${sessions.observation.length} are registered now`, SOURCE);
  const remedy =
    'Let the run read etcd: deploy/rbac/rolling.yaml, or the inputs etcd-endpoints and root-path. Waived, it waits until every session must have run out, and relies on the migration tool, which looks for itself.';
  const reason = `${sessions.why}. So nobody would see whether Milvus has really stopped`;
  return { id: ID, state: 'fail', reason, remedy, source: SOURCE, skippable: true };
}
