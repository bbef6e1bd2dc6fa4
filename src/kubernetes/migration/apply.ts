// Applies the steps of a metadata migration through the API server.
import { jobOf } from '../../core/migration/observation.js';
import type { RevisionPart } from '../../core/helm/journal.js';
import type { MigrationJobStep, MigrationStep, ScaleDownStep } from '../../core/migration/step.js';
import { milvusDeployments } from '../observe/milvus-objects.js';
import { ANNOTATIONS } from './names.js';
import { assertSamePlan, ensureJob, ensureSecret, planDigest } from './own-objects.js';
import { scale } from './scale.js';
import { toolConfig } from './tool-config.js';
import { toolJob } from './tool-job.js';
import { verifyBackup } from './verify-backup.js';
import { own } from '../../core/lib/own.js';
import type { MigrationTools } from './migration-tools.js';
import { prepare, templateOf } from './apply-prepare.js';
import { close } from './apply-finalize.js';
import type { ScaleUpStep } from '../../core/helm/step.js';

/**
 * Applies one step of a migration.
 *
 * Safe to repeat because: existing objects stay unchanged; a Job has a unique name and is created once.
 * Fails when: the API server denies the request (`access-denied`, `command-failed`), or the backup cannot be read
 * (`command-failed`).
 */
export async function applyMigrationStep(
  step: MigrationStep<RevisionPart> | ScaleUpStep,
  tools: MigrationTools,
): Promise<void> {
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
