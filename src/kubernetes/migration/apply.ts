// Applies the steps of a metadata migration through the API server.
import {
  BatchV1Api,
  PatchStrategy,
  setHeaderOptions,
  type V1PersistentVolumeClaim,
  type V1Pod,
  type V1PodTemplateSpec,
} from '@kubernetes/client-node';
import type { Journal } from '../../core/migration/journal.js';
import { jobOf } from '../../core/migration/observation.js';
import type {
  FinalizeStep,
  PrepareStep,
  MigrationJobStep,
  MigrationStep,
  ScaleDownStep,
} from '../../core/migration/step.js';
import type { Cluster } from '../client/cluster.js';
import { apiError, isStatus } from '../client/api-error.js';
import { milvusDeployments } from '../observe/milvus-objects.js';
import { backupVolume, journalMap, keeperPod } from './manifests.js';
import { sealOf } from './journal-seal.js';
import { removeSecrets } from './leftovers.js';
import { ANNOTATIONS, namesOf } from './names.js';
import { assertSamePlan, ensureJob, ensureOwn, ensureSecret, planDigest } from './own-objects.js';
import { scale } from './scale.js';
import { toolConfig } from './tool-config.js';
import { toolJob } from './tool-job.js';
import { verifyBackup } from './verify-backup.js';
import { own } from '../../core/lib/own.js';
import type { MigrationTools } from './migration-tools.js';
import type { ScaleUpStep } from '../../core/helm/step.js';
import type { HelmObservation } from '../../core/helm/observation.js';

/**
 * Applies one step of a migration.
 *
 * Safe to repeat because: existing objects stay unchanged; a Job has a unique name and is created once.
 * Fails when: the API server denies the request (`access-denied`, `command-failed`), or the backup cannot be read
 * (`command-failed`).
 */
export async function applyMigrationStep(step: MigrationStep | ScaleUpStep, tools: MigrationTools): Promise<void> {
  if (step.kind === 'prepare') return prepare(step, tools);
  if (step.kind === 'scale-down') return stop(step, tools);
  if (step.kind === 'scale-up') return start(step, tools);
  if (step.kind === 'finalize') return close(step, tools);
  const job = tools.observation.migration
    ? jobOf(tools.observation.migration, step.kind, step.attempt, step.number)
    : undefined;
  if (job) return verifyBackup(step, tools);
  return createJob(step, tools);
}

async function prepare({ journal: draft }: PrepareStep, tools: MigrationTools): Promise<void> {
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
  const { backupSize, storageClass } = config.migration;
  const body = backupVolume(config.release, backupSize, storageClass ?? '');
  const fieldSelector = `metadata.name=${body.metadata?.name}`;
  const create = (): Promise<unknown> => cluster.core.createNamespacedPersistentVolumeClaim({ namespace, body });
  const list = async (): Promise<V1PersistentVolumeClaim[]> =>
    (await cluster.core.listNamespacedPersistentVolumeClaim({ namespace, fieldSelector })).items;
  await ensureOwn('persistentvolumeclaim', body, { create, list }, tools);
}

async function writeJournal(
  journal: Journal,
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

async function stop({ revoke }: ScaleDownStep, tools: MigrationTools): Promise<void> {
  const names = namesWith(tools, (desired) => desired > 0);
  await all(names.map((name) => scale(name, 0, tools)));
  if (revoke && names.length === 0) await tools.revoke(tools.observation.migration?.gone ?? []);
}

async function start({ replicas }: ScaleUpStep, tools: MigrationTools): Promise<void> {
  const wrong = namesWith(tools, (desired, name) => desired !== (own(replicas, name) ?? desired));
  await all(wrong.map((name) => scale(name, own(replicas, name) ?? 1, tools)));
}

/**
 * All requests are answered before the first error is thrown: a pending request would interfere with the recovery from
 * the error.
 */
async function all(requests: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(requests)).find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
}

function namesWith(
  { deployments, config }: MigrationTools,
  matters: (desired: number, name: string) => boolean,
): string[] {
  const own = milvusDeployments(config.release, deployments).map(({ metadata, spec }) => ({
    name: metadata?.name ?? '',
    desired: spec?.replicas ?? 1,
  }));
  return own.filter((own) => matters(own.desired, own.name)).map((own) => own.name);
}

/** Afterwards, every requested object exists and belongs to this plan. */
async function createJob(
  { kind, attempt, number, timeoutSeconds }: MigrationJobStep,
  tools: MigrationTools,
): Promise<void> {
  const { config, observation, migration, run } = tools;
  const { release } = config;
  const known = observation.migration;
  if (!known?.journal) return;
  const { journal } = known;
  const login = await tools.login();
  const generations = Object.fromEntries(
    observation.components.map((component) => [component.deployment, component.generation ?? 0]),
  );
  const sha256 = jobOf(known, 'backup', attempt)?.backup?.sha256 ?? '';
  const plan = planDigest({ ...journal, endpoints: login.endpoints });
  const job = {
    release,
    run,
    plan,
    kind,
    attempt,
    number,
    image: config.migration.image,
    deadlineSeconds: timeoutSeconds,
    generations,
    login,
    sha256,
  };
  const body = toolJob({ ...job, node: migration.keeper?.spec?.nodeName ?? '' }, templateOf(tools));
  const earlier = migration.jobs.filter((job) => job.metadata?.annotations?.[ANNOTATIONS.attempt] === String(attempt));
  assertSamePlan(body, earlier);
  await ensureSecret(toolConfig({ release, journal, login, attempt, run }), earlier, tools);
  await ensureJob(body, tools);
}

/**
 * The backup and its record stay, unless they are to be deleted; the Secret with the etcd password is always deleted.
 */
async function close(_step: FinalizeStep, tools: MigrationTools): Promise<void> {
  const { cluster, namespace, config, observation } = tools;
  const names = namesOf(config.release);
  await deleted('pods', tools, () =>
    cluster.core.deleteNamespacedPod({ name: names.keeper, namespace, gracePeriodSeconds: 0 }),
  );
  await removeSecrets(tools);
  if (config.migration.cleanUp) await cleanUp(tools);
  else if (observation.migration?.journal)
    await writeJournal({ ...observation.migration.journal, closed: true }, tools);
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

/** Scheduling and security settings of the tool are those of a Milvus pod. */
function templateOf({ deployments, config }: MigrationTools): V1PodTemplateSpec {
  return milvusDeployments(config.release, deployments)[0]?.spec?.template ?? {};
}

function batchOf(cluster: Cluster): BatchV1Api {
  return cluster.config.makeApiClient(BatchV1Api);
}

async function deleted(what: string, { cluster }: MigrationTools, remove: () => Promise<unknown>): Promise<void> {
  try {
    await remove();
  } catch (error) {
    if (!isStatus(error, 404)) throw apiError(error, `delete ${what}`, cluster.server);
  }
}
