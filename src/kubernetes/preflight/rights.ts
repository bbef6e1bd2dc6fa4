// Asks the API server which rights this user has: one SelfSubjectAccessReview a right, all at once. Judges nothing.
import { AuthorizationV1Api } from '@kubernetes/client-node';
import { nameOfNeed, OWN_NEEDS, uniqueNeeds, type Answer, type Need } from '../../core/checks/access.js';
import { UpgradeError } from '../../core/errors.js';
import type { Config } from '../../core/goal.js';
import { leaseName } from '../../core/lock.js';
import type { Cluster } from '../cluster.js';

export type ReleaseName = Pick<Config, 'namespace' | 'release'>;

/** The answers to all needs, each asked once; a question without an answer has null. */
export function reviewRights(cluster: Cluster, { namespace, release }: ReleaseName, needs: readonly Need[]): Promise<Answer[]> {
  const api = cluster.config.makeApiClient(AuthorizationV1Api);
  return Promise.all(
    uniqueNeeds(needs).map(async (need) => {
      const [resource, subresource] = need.resource.split('/');
      const attributes = {
        verb: need.verb,
        group: need.group,
        resource: resource ?? '',
        ...(subresource ? { subresource } : {}),
        ...(need.isLock ? { name: leaseName(release) } : {}),
      };
      const spec = { resourceAttributes: need.clusterWide ? attributes : { ...attributes, namespace } };
      const review = await api.createSelfSubjectAccessReview({ body: { spec } }).catch(() => null);
      return { need, allowed: review?.status?.allowed ?? null };
    }),
  );
}

/** An error that names every right of ours that is missing, in place of one that names the first; the same error where the cluster does not say. */
export async function nameMissingRights(error: unknown, cluster: Cluster, place: ReleaseName): Promise<unknown> {
  if (!(error instanceof UpgradeError) || error.code !== 'access-denied') return error;
  const missing = (await reviewRights(cluster, place, OWN_NEEDS)).filter((each) => each.allowed === false).map((each) => nameOfNeed(each.need));
  if (missing.length === 0) return error;
  const why = `${error.why}. In namespace ${place.namespace} the user may not: ${missing.join(', ')}`;
  return new UpgradeError(
    { code: error.code, what: error.what, why, remedy: 'Give it these rights; deploy/rbac/namespace.yaml has all of them.' },
    { cause: error },
  );
}
