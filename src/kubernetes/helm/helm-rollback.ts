// The step `helm-rollback`: one Helm call that restores chart, image and values of an earlier revision in every
// Deployment.
import type { Helm } from './helm.js';
import type { RollbackCall } from './helm-arguments.js';

/**
 * Rolls back to a revision of the release, without waiting for pods. Without `--cleanup-on-fail`: the old version needs
 * what a failed rollback recreated.
 *
 * Done when: the newest Helm revision is deployed with the chart and values of that revision, and every Deployment
 * specifies its image. Safe to repeat because: Helm applies the stored manifest of that revision again; Kubernetes
 * changes nothing for an identical one. Fails when: Helm exits with another code than 0 (`command-failed`), for example
 * if it no longer has the revision.
 */
export function applyHelmRollback(call: RollbackCall, helm: Helm): Promise<void> {
  return helm.rollback(call);
}
