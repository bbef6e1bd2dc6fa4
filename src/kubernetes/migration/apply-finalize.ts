// Finalizes a migration: closes the journal and deletes what is no longer needed.
import { ObjectBatchV1Api as BatchV1Api } from '@kubernetes/client-node/dist/gen/types/ObjectParamAPI.js';
import type { FinalizeStep } from '../../core/migration/step.js';
import type { Cluster } from '../client/cluster.js';
import { deleted } from './delete-object.js';
import { removeSecrets } from './leftovers.js';
import type { MigrationTools } from './migration-tools.js';
import { namesOf } from './names.js';
import { writeJournal } from './write-journal.js';

/**
 * The backup and its record stay, unless they are to be deleted; the Secret with the etcd password is always deleted.
 */
export async function close(_step: FinalizeStep, tools: MigrationTools): Promise<void> {
  const { cluster, namespace, config, observation } = tools;
  const names = namesOf(config.release);
  await deleted('pods', tools, () =>
    cluster.core.deleteNamespacedPod({ name: names.keeper, namespace, gracePeriodSeconds: 0 }),
  );
  await removeSecrets(tools);
  // Before anything is removed: an open journal without its Jobs would be a migration that has not begun.
  if (observation.migration?.journal) await writeJournal({ ...observation.migration.journal, closed: true }, tools);
  if (config.migration.cleanUp) await cleanUp(tools);
}

async function cleanUp(tools: MigrationTools): Promise<void> {
  const { cluster, namespace, config, migration } = tools;
  for (const { metadata } of migration.jobs)
    await deleted('jobs', tools, () =>
      batchOf(cluster).deleteNamespacedJob({ name: metadata?.name ?? '', namespace, propagationPolicy: 'Background' }),
    );
  const { volume: name, journal } = namesOf(config.release);
  await deleted('persistentvolumeclaims', tools, () =>
    cluster.core.deleteNamespacedPersistentVolumeClaim({ name, namespace }),
  );
  await deleted('configmaps', tools, () => cluster.core.deleteNamespacedConfigMap({ name: journal, namespace }));
}

function batchOf(cluster: Cluster): BatchV1Api {
  return cluster.config.makeApiClient(BatchV1Api);
}
