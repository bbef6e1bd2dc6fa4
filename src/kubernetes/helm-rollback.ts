// The step `helm-rollback`: one call of Helm that writes an earlier revision's chart, image and values back into every Deployment.
import type { Helm, RollbackCall } from './helm.js';

/**
 * Goes back to a revision of the release, without waiting for pods. Not with `--cleanup-on-fail`: what a failed rollback made again is what the old version needs.
 *
 * Done when: Helm's newest revision is deployed with the chart and values of that revision, and every Deployment asks for its image.
 * Safe to repeat because: Helm writes the stored manifest of that revision again; Kubernetes changes nothing for an equal one.
 * Fails when: Helm exits with another code than 0 (`command-failed`), such as when it no longer holds the revision.
 */
export function applyHelmRollback(call: RollbackCall, helm: Helm): Promise<void> {
  return helm.rollback(call);
}
