// The steps of a metadata migration, asked of the API server.
import {
  BatchV1Api,
  PatchStrategy,
  setHeaderOptions,
  type V1ConfigMap,
  type V1Deployment,
  type V1Job,
  type V1PersistentVolumeClaim,
  type V1Pod,
  type V1PodTemplateSpec,
} from '@kubernetes/client-node';
import type { Emit } from '../../core/events.js';
import type { Goal } from '../../core/goal.js';
import type { Journal } from '../../core/migration/journal.js';
import { jobOf } from '../../core/migration/seen.js';
import type { Observation } from '../../core/observation.js';
import type { CloseStep, MakeReadyStep, MigrationJobStep, MigrationStep, StartStep, StopStep } from '../../core/migration/step-kinds.js';
import type { Step } from '../../core/steps.js';
import { apiError, isStatus, type Cluster } from '../cluster.js';
import { milvusDeployments } from '../milvus-objects.js';
import { backupVolume, journalMap, keeperPod } from './manifests.js';
import { sealOf } from './journal-seal.js';
import { removeSecrets } from './leftovers.js';
import { ANNOTATIONS, namesOf } from './names.js';
import { assertSamePlan, ensureJob, ensureOwn, ensureSecret, planDigest } from './own-objects.js';
import { scale } from './scale.js';
import { toolConfig, type ToolLogin } from './tool-config.js';
import { toolJob } from './tool-job.js';
import { verifyBackup } from './verify-backup.js';
import { own } from '../../core/own.js';

export interface MigrationTools {
  readonly cluster: Cluster;
  readonly namespace: string;
  readonly goal: Goal;
  readonly run: string;
  readonly seen: Observation;
  readonly deployments: readonly V1Deployment[];
  readonly migration: { readonly jobs: readonly V1Job[]; readonly journal: V1ConfigMap | null; readonly keeper: V1Pod | null };
  readonly login: () => Promise<ToolLogin>;
  /** Ends the sessions of these addresses, and says how many. */
  readonly revoke: (addresses: readonly string[]) => Promise<void>;
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

const KINDS: ReadonlySet<Step['kind']> = new Set(['make-ready', 'stop', 'back-up', 'migrate', 'restore', 'start', 'close']);

export function isMigrationStep(step: Step): step is MigrationStep {
  return KINDS.has(step.kind);
}

/**
 * Asks for one step of a migration.
 *
 * Safe to repeat because: what is there already is left as it is; a Job is made once under a name of its own.
 * Fails when: the API server says no (`access-denied`, `command-failed`), or the backup cannot be read (`command-failed`).
 */
export async function applyMigrationStep(step: MigrationStep, tools: MigrationTools): Promise<void> {
  if (step.kind === 'make-ready') return makeReady(step, tools);
  if (step.kind === 'stop') return stop(step, tools);
  if (step.kind === 'start') return start(step, tools);
  if (step.kind === 'close') return close(step, tools);
  const job = tools.seen.migration ? jobOf(tools.seen.migration, step.kind, step.attempt, step.number) : undefined;
  if (job) return verifyBackup(step, tools);
  return createJob(step, tools);
}

async function makeReady({ journal: draft }: MakeReadyStep, tools: MigrationTools): Promise<void> {
  const { seen, run } = tools;
  if (!isWritten(draft, seen)) await writeJournal({ ...draft, run, since: new Date().toISOString() }, tools);
  await ensureVolume(tools);
  const { state } = seen.migration?.keeper ?? { state: 'none' };
  if (state !== 'ready' && state !== 'starting') await startKeeper(tools);
}

function isWritten({ to }: MakeReadyStep['journal'], { migration }: Observation): boolean {
  const { journal = null, doubt = '' } = migration ?? {};
  return journal?.closed === false && journal.to === to && doubt === '';
}

async function startKeeper(tools: MigrationTools): Promise<void> {
  const { cluster, namespace, goal, run, migration } = tools;
  const { keeper: name } = namesOf(goal.release);
  // Only one that carries our label was observed.
  if (migration.keeper) await deleted('pods', tools, () => cluster.core.deleteNamespacedPod({ name, namespace, gracePeriodSeconds: 0 }));
  const seconds = goal.timeoutSeconds + goal.stepTimeoutSeconds;
  const body = keeperPod({ release: goal.release, run, image: goal.migration.image, seconds }, templateOf(tools));
  const create = (): Promise<unknown> => cluster.core.createNamespacedPod({ namespace, body });
  const list = async (): Promise<V1Pod[]> => (await cluster.core.listNamespacedPod({ namespace, fieldSelector: `metadata.name=${name}` })).items;
  await ensureOwn('pod', body, { create, list }, tools);
}

async function ensureVolume(tools: MigrationTools): Promise<void> {
  const { cluster, namespace, goal } = tools;
  const { backupSize, storageClass } = goal.migration;
  const body = backupVolume(goal.release, backupSize, storageClass ?? '');
  const fieldSelector = `metadata.name=${body.metadata?.name}`;
  const create = (): Promise<unknown> => cluster.core.createNamespacedPersistentVolumeClaim({ namespace, body });
  const list = async (): Promise<V1PersistentVolumeClaim[]> => (await cluster.core.listNamespacedPersistentVolumeClaim({ namespace, fieldSelector })).items;
  await ensureOwn('persistentvolumeclaim', body, { create, list }, tools);
}

async function writeJournal(journal: Journal, { cluster, namespace, goal, migration, seen }: MigrationTools): Promise<void> {
  const body = journalMap(goal.release, journal, sealOf(journal, seen.release));
  const name = namesOf(goal.release).journal;
  try {
    if (!migration.journal) await cluster.core.createNamespacedConfigMap({ namespace, body });
    else await cluster.core.patchNamespacedConfigMap({ name, namespace, body }, setHeaderOptions('Content-Type', PatchStrategy.MergePatch));
  } catch (error) {
    throw apiError(error, 'write the journal, a configmap,', cluster.server);
  }
}

async function stop({ revoke }: StopStep, tools: MigrationTools): Promise<void> {
  const names = namesWith(tools, (wanted) => wanted > 0);
  await all(names.map((name) => scale(name, 0, tools)));
  if (revoke && names.length === 0) await tools.revoke(tools.seen.migration?.gone ?? []);
}

async function start({ replicas }: StartStep, tools: MigrationTools): Promise<void> {
  const wrong = namesWith(tools, (wanted, name) => wanted !== (own(replicas, name) ?? wanted));
  await all(wrong.map((name) => scale(name, own(replicas, name) ?? 1, tools)));
}

/** Every request has its answer before the first error is thrown: what is on its way would undo what is done about the error. */
async function all(requests: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(requests)).find((each) => each.status === 'rejected');
  if (failed) throw failed.reason;
}

function namesWith({ deployments, goal }: MigrationTools, matters: (wanted: number, name: string) => boolean): string[] {
  const own = milvusDeployments(goal.release, deployments).map(({ metadata, spec }) => ({ name: metadata?.name ?? '', wanted: spec?.replicas ?? 1 }));
  return own.filter((each) => matters(each.wanted, each.name)).map((each) => each.name);
}

/** Everything that is requested is there afterwards, and of this plan. */
async function createJob({ kind, attempt, number, timeoutSeconds }: MigrationJobStep, tools: MigrationTools): Promise<void> {
  const { goal, seen, migration, run } = tools;
  const { release } = goal;
  const known = seen.migration;
  if (!known?.journal) return;
  const { journal } = known;
  const login = await tools.login();
  const generations = Object.fromEntries(seen.components.map((each) => [each.deployment, each.generation ?? 0]));
  const sha256 = jobOf(known, 'back-up', attempt)?.backup?.sha256 ?? '';
  const plan = planDigest({ ...journal, endpoints: login.endpoints });
  const wish = { release, run, plan, kind, attempt, number, image: goal.migration.image, deadlineSeconds: timeoutSeconds, generations, login, sha256 };
  const body = toolJob({ ...wish, node: migration.keeper?.spec?.nodeName ?? '' }, templateOf(tools));
  const earlier = migration.jobs.filter((each) => each.metadata?.annotations?.[ANNOTATIONS.attempt] === String(attempt));
  assertSamePlan(body, earlier);
  await ensureSecret(toolConfig({ release, journal, login, attempt, run }), earlier, tools);
  await ensureJob(body, tools);
}

/** The backup and what tells of it stay, unless they are to go; what holds the password of etcd always goes. */
async function close(_step: CloseStep, tools: MigrationTools): Promise<void> {
  const { cluster, namespace, goal, seen } = tools;
  const names = namesOf(goal.release);
  await deleted('pods', tools, () => cluster.core.deleteNamespacedPod({ name: names.keeper, namespace, gracePeriodSeconds: 0 }));
  await removeSecrets(tools);
  if (goal.migration.cleanUp) await cleanUp(tools);
  else if (seen.migration?.journal) await writeJournal({ ...seen.migration.journal, closed: true }, tools);
}

async function cleanUp(tools: MigrationTools): Promise<void> {
  const { cluster, namespace, goal, migration } = tools;
  for (const { metadata } of migration.jobs)
    await deleted('jobs', tools, () => batchOf(cluster).deleteNamespacedJob({ name: metadata?.name ?? '', namespace, propagationPolicy: 'Background' }));
  const { volume: name, journal } = namesOf(goal.release);
  await deleted('persistentvolumeclaims', tools, () => cluster.core.deleteNamespacedPersistentVolumeClaim({ name, namespace }));
  await deleted('configmaps', tools, () => cluster.core.deleteNamespacedConfigMap({ name: journal, namespace }));
}

/** The tool is placed and secured as a Milvus pod is. */
function templateOf({ deployments, goal }: MigrationTools): V1PodTemplateSpec {
  return milvusDeployments(goal.release, deployments)[0]?.spec?.template ?? {};
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
