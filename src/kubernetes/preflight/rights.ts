// Requests the permissions of this user from the API server: one SelfSubjectAccessReview for each, concurrently.
// Evaluates nothing.
import { AuthorizationV1Api } from '@kubernetes/client-node';
import { nameOfNeed, OWN_NEEDS, uniqueNeeds, type Answer, type Need } from '../../core/checks/access.js';
import { UpgradeError } from '../../core/model/error.js';
import type { HelmConfig } from '../../core/config/config.js';
import { leaseName } from '../../core/model/lock.js';
import type { Cluster } from '../client/cluster.js';

export type ReleaseName = Pick<HelmConfig, 'namespace' | 'release'>;

/** The answers for all needs, each requested once; `allowed` is null if there was no answer. */
export function reviewRights(
  cluster: Cluster,
  { namespace, release }: ReleaseName,
  needs: readonly Need[],
): Promise<Answer[]> {
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

/**
 * An error that lists all missing permissions of this action instead of only the first; the same error if the cluster
 * does not report them.
 */
export async function nameMissingRights(error: unknown, cluster: Cluster, place: ReleaseName): Promise<unknown> {
  if (!(error instanceof UpgradeError) || error.code !== 'access-denied') return error;
  const missing = (await reviewRights(cluster, place, OWN_NEEDS))
    .filter((answer) => answer.allowed === false)
    .map((answer) => nameOfNeed(answer.need));
  if (missing.length === 0) return error;
  const why = `${error.why}. In namespace ${place.namespace} the user lacks the permissions: ${missing.join(', ')}`;
  return new UpgradeError(
    {
      code: error.code,
      what: error.what,
      why,
      remedy: 'Grant the user these permissions; deploy/rbac/namespace.yaml contains all of them.',
    },
    { cause: error },
  );
}
