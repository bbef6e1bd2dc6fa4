// Creates the objects of a migration, and never adopts an object that may belong to something else: existing objects
// are compared. An unused Secret of an earlier plan is replaced; everything else is refused, with its name and how to
// remove it.
import { createHash } from 'node:crypto';
import { BatchV1Api, type V1Job, type V1ObjectMeta, type V1Secret } from '@kubernetes/client-node';
import { UpgradeError } from '../../core/model/error.js';
import type { Emit } from '../../core/model/event.js';
import type { Cluster } from '../client/cluster.js';
import { apiError, isStatus } from '../client/api-error.js';
import { ANNOTATIONS, MANAGED_BY, MIGRATION_LABEL } from './names.js';
import { hasJobEnded } from './read-migration.js';

export interface OwnTools {
  readonly cluster: Cluster;
  readonly namespace: string;
  readonly emit: Emit;
}

/** True for an object with the labels of this action and of the same release. */
export function isOwn(found: V1ObjectMeta | undefined, desired: V1ObjectMeta | undefined): boolean {
  return [MIGRATION_LABEL, MANAGED_BY].every((label) => found?.labels?.[label] === desired?.labels?.[label]);
}

/** `jobs` are those of the same attempt. */
export async function ensureSecret(body: V1Secret, jobs: readonly V1Job[], tools: OwnTools): Promise<void> {
  const { cluster, namespace, emit } = tools;
  const { name = '' } = body.metadata ?? {};
  const create = (): Promise<unknown> => cluster.core.createNamespacedSecret({ namespace, body });
  if (await isCreated('secrets', create, tools)) return;
  const found = await requested('get secrets', () => cluster.core.readNamespacedSecret({ name, namespace }), tools);
  if (!isOwn(found.metadata, body.metadata)) throw obstacles({ kind: 'secret', name, reason: UNLABELED }, tools);
  if (holdsTheSame(found, body)) return;
  assertUnused(name, jobs, tools);
  const { uid, resourceVersion } = found.metadata as { uid: string; resourceVersion: string };
  const exactly = { preconditions: { uid, resourceVersion } };
  await requested(
    'delete secrets',
    () => cluster.core.deleteNamespacedSecret({ name, namespace, body: exactly }),
    tools,
  );
  await requested('create secrets', create, tools);
  emit({ type: 'noted', message: `The Secret ${name} was left over from an earlier plan${leftBy(found)}: replaced` });
}

function assertUnused(name: string, jobs: readonly V1Job[], tools: OwnTools): void {
  const running = jobs.find((job) => !hasJobEnded(job))?.metadata?.name;
  const remedy = `Wait until the Job ${running} has ended, and run the action again: it resumes from the current state.`;
  if (running)
    throw obstacles(
      { kind: 'secret', name, reason: `it belongs to another plan, and the Job ${running} is still using it`, remedy },
      tools,
    );
}

/** An existing one is accepted only if a request of this run created it and its response was lost. */
export async function ensureJob(body: V1Job, tools: OwnTools): Promise<void> {
  const { cluster, namespace } = tools;
  const batch = cluster.config.makeApiClient(BatchV1Api);
  const name = body.metadata?.name ?? '';
  if (await isCreated('jobs', () => batch.createNamespacedJob({ namespace, body }), tools)) return;
  const found = await requested(
    'get jobs',
    async () => (await batch.listNamespacedJob({ namespace, fieldSelector: `metadata.name=${name}` })).items[0],
    tools,
  );
  if (!isOwn(found?.metadata, body.metadata)) throw obstacles({ kind: 'job', name, reason: UNLABELED }, tools);
  const same = [ANNOTATIONS.plan, ANNOTATIONS.run].every(
    (key) => found?.metadata?.annotations?.[key] === body.metadata?.annotations?.[key],
  );
  // The remedy must never suggest removing a record of changes to the metadata.
  const again =
    'Do not remove it: it records what was done to the metadata. Run the action again: it resumes from the current state.';
  if (!same)
    throw obstacles(
      { kind: 'job', name, reason: `it was created in the meantime for another plan${leftBy(found)}`, remedy: again },
      tools,
    );
}

/** For objects without a plan: the volume and the pod that keeps it mounted. */
export async function ensureOwn(
  kind: string,
  body: { readonly metadata?: V1ObjectMeta },
  requests: Requests,
  tools: OwnTools,
): Promise<void> {
  if (await isCreated(`${kind}s`, requests.create, tools)) return;
  const [found] = await requested(`list ${kind}s`, requests.list, tools);
  if (!isOwn(found?.metadata, body.metadata))
    throw obstacles({ kind, name: body.metadata?.name ?? '', reason: UNLABELED }, tools);
}

export interface Requests {
  readonly create: () => Promise<unknown>;
  /** The existing object of the same name. */
  readonly list: () => Promise<readonly { readonly metadata?: V1ObjectMeta }[]>;
}

/** Identifies what an attempt depends on: a backup of one etcd must not be followed by a migration of another. */
export function planDigest(plan: {
  readonly from: string;
  readonly to: string;
  readonly rootPath: string;
  readonly endpoints: readonly string[];
}): string {
  const { from, to, rootPath, endpoints } = plan;
  return createHash('sha256')
    .update(JSON.stringify([from, to, rootPath, [...endpoints].sort()]))
    .digest('hex');
}

const AS_BEFORE =
  'Set root-path, etcd-endpoints and migration-image to the values from the start of the migration; or run the action again after the rollback to start with a new backup.';

/** Throws if an earlier Job of the attempt used another etcd, or created the backup with another image. */
export function assertSamePlan(body: V1Job, jobs: readonly V1Job[]): void {
  const kind = annotationOf(body, ANNOTATIONS.kind);
  // A restore uses the existing backup, with any image that can read it.
  const isRestore = kind === 'restore';
  for (const job of jobs) {
    const known = annotationOf(job, ANNOTATIONS.plan);
    const isSame = known === annotationOf(body, ANNOTATIONS.plan) || (isRestore && known === '');
    if (!isSame) throw otherPlan(job, 'it used another root path, other etcd endpoints or other versions', AS_BEFORE);
    if (kind === 'migrate' && imageOf(job) !== imageOf(body))
      throw otherPlan(job, `it ran ${imageOf(job)}, not ${imageOf(body)}`, AS_BEFORE);
  }
}

function annotationOf({ metadata }: V1Job, name: string): string {
  return metadata?.annotations?.[name] ?? '';
}

function imageOf(job: V1Job): string {
  return job.spec?.template.spec?.containers[0]?.image ?? '';
}

function holdsTheSame({ data = {} }: V1Secret, { stringData = {} }: V1Secret): boolean {
  const desired = Object.entries(stringData);
  return (
    Object.keys(data).length === desired.length &&
    desired.every(([key, text]) => data[key] === Buffer.from(text).toString('base64'))
  );
}

function leftBy(found: { readonly metadata?: V1ObjectMeta } | undefined): string {
  const run = found?.metadata?.annotations?.[ANNOTATIONS.run];
  return run ? ` (of the run ${run})` : '';
}

function otherPlan(job: V1Job, why: string, remedy: string): UpgradeError {
  return new UpgradeError({
    code: 'upgrade-refused',
    what: `The Job ${job.metadata?.name} belongs to another plan of this migration`,
    why,
    remedy,
  });
}

interface Found {
  readonly kind: string;
  readonly name: string;
  readonly reason: string;
  /** Set if the object must not be removed. */
  readonly remedy?: string;
}

function obstacles({ kind, name, reason, remedy }: Found, { namespace }: OwnTools): UpgradeError {
  const kubectl = `kubectl --namespace ${namespace}`;
  const remove = `Inspect it: \`${kubectl} describe ${kind} ${name}\`. If nothing uses it, remove it with \`${kubectl} delete ${kind} ${name}\` and run the action again.`;
  return new UpgradeError({
    code: 'upgrade-refused',
    what: `The ${kind} ${name} blocks the migration`,
    why: reason,
    remedy: remedy ?? remove,
  });
}

const UNLABELED = 'it does not have the labels of this action';

/** False if an object of that name exists. */
async function isCreated(what: string, create: () => Promise<unknown>, { cluster }: OwnTools): Promise<boolean> {
  try {
    await create();
    return true;
  } catch (error) {
    if (isStatus(error, 409)) return false;
    throw apiError(error, `create ${what}`, cluster.server);
  }
}

async function requested<T>(verb: string, request: () => Promise<T>, { cluster }: OwnTools): Promise<T> {
  try {
    return await request();
  } catch (error) {
    throw apiError(error, verb, cluster.server);
  }
}
