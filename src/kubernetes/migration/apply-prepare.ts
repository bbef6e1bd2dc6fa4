// Prepares a migration: writes the journal, and creates the volume for the backup and the pod that keeps it mounted.
import type { V1Pod, V1PersistentVolumeClaim, V1PodTemplateSpec } from '@kubernetes/client-node';
import type { RevisionPart } from '../../core/helm/journal.js';
import type { PrepareStep } from '../../core/migration/step.js';
import type { HelmObservation } from '../../core/helm/observation.js';
import { deleted } from './delete-object.js';
import { keeperPod, backupVolume } from './manifests.js';
import type { MigrationTools } from './migration-tools.js';
import { namesOf } from './names.js';
import { ensureOwn } from './own-objects.js';
import { writeJournal } from './write-journal.js';
import { milvusDeployments } from '../observe/milvus-objects.js';

export async function prepare({ journal: draft }: PrepareStep<RevisionPart>, tools: MigrationTools): Promise<void> {
  const { observation, run } = tools;
  if (!isWritten(draft, observation)) await writeJournal({ ...draft, run, since: new Date().toISOString() }, tools);
  await ensureVolume(tools);
  const { state } = observation.migration?.keeper ?? { state: 'none' };
  if (state !== 'ready' && state !== 'starting') await startKeeper(tools);
}

function isWritten({ to }: PrepareStep['journal'], { migration }: HelmObservation): boolean {
  const { journal = null, doubt = '' } = migration ?? {};
  return journal?.closed === false && journal.to === to && doubt === '';
}

async function startKeeper(tools: MigrationTools): Promise<void> {
  const { cluster, namespace, config, run, migration } = tools;
  const { keeper: name } = namesOf(config.release);
  // Only a pod that carries the label of this action was observed.
  if (migration.keeper)
    await deleted('pods', tools, () => cluster.core.deleteNamespacedPod({ name, namespace, gracePeriodSeconds: 0 }));
  const seconds = config.timeoutSeconds + config.stepTimeoutSeconds;
  const body = keeperPod({ release: config.release, run, image: config.migration.image, seconds }, templateOf(tools));
  const create = (): Promise<unknown> => cluster.core.createNamespacedPod({ namespace, body });
  const list = async (): Promise<V1Pod[]> =>
    (await cluster.core.listNamespacedPod({ namespace, fieldSelector: `metadata.name=${name}` })).items;
  await ensureOwn('pod', body, { create, list }, tools);
}

async function ensureVolume(tools: MigrationTools): Promise<void> {
  const { cluster, namespace, config } = tools;
  const body = backupVolume(config.release, config.backupVolume);
  const fieldSelector = `metadata.name=${body.metadata?.name}`;
  const create = (): Promise<unknown> => cluster.core.createNamespacedPersistentVolumeClaim({ namespace, body });
  const list = async (): Promise<V1PersistentVolumeClaim[]> =>
    (await cluster.core.listNamespacedPersistentVolumeClaim({ namespace, fieldSelector })).items;
  await ensureOwn('persistentvolumeclaim', body, { create, list }, tools);
}

/** Scheduling and security settings of the tool are those of a Milvus pod. */
export function templateOf({ deployments, config }: MigrationTools): V1PodTemplateSpec {
  return milvusDeployments(config.release, deployments)[0]?.spec?.template ?? {};
}
