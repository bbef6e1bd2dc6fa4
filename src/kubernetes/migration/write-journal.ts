// Writes the journal of a migration, a ConfigMap beside the release.
import { setHeaderOptions, PatchStrategy } from '@kubernetes/client-node';
import type { HelmJournal } from '../../core/helm/journal.js';
import { apiError } from '../client/api-error.js';
import { sealOf } from './journal-seal.js';
import { journalMap } from './manifests.js';
import type { MigrationTools } from './migration-tools.js';
import { namesOf } from './names.js';

export async function writeJournal(
  journal: HelmJournal,
  { cluster, namespace, config, migration, observation }: MigrationTools,
): Promise<void> {
  const body = journalMap(config.release, journal, sealOf(journal, observation.release));
  const name = namesOf(config.release).journal;
  try {
    if (!migration.journal) await cluster.core.createNamespacedConfigMap({ namespace, body });
    else
      await cluster.core.patchNamespacedConfigMap(
        { name, namespace, body },
        setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
      );
  } catch (error) {
    throw apiError(error, 'write the journal, a configmap,', cluster.server);
  }
}
