// Checks with dryRun=All, before any change, whether the API server accepts everything that a metadata migration
// creates: a rejection by a quota, an admission rule or a validation must not occur after Milvus was stopped.
import type { V1PodTemplateSpec } from '@kubernetes/client-node';
import type { DryRunAnswer } from '../../core/checks/dry-run.js';
import { evaluateMigrationObjects, type ObjectAnswer } from '../../core/checks/migration-objects.js';
import type { CheckResult } from '../../core/model/check-result.js';
import type { HelmConfig } from '../../core/config/config.js';
import type { KubeObject } from '../../core/checks/manifest.js';
import type { RevisionPart } from '../../core/helm/journal.js';
import type { PrepareStep, MigrationJobStep } from '../../core/migration/step.js';
import { objectName } from '../../core/lib/object-name.js';
import type { ObjectRequester } from '../preflight/objects.js';
import { backupVolume, journalMap, keeperPod } from './manifests.js';
import { MANAGED_BY, MIGRATION_LABEL } from './names.js';
import { toolConfig, type ToolLogin } from './tool-config.js';
import { toolJob } from './tool-job.js';
import type { HelmStep } from '../../core/helm/step.js';
import type { HelmPlan } from '../../core/helm/step.js';

/** A dry run stores nothing, so neither the etcd password nor its certificates are sent. */
const NO_LOGIN: ToolLogin = { endpoints: ['etcd:2379'], user: null, tls: null };

export interface MigrationDraft {
  readonly config: HelmConfig;
  /** The template of a Milvus pod. */
  readonly like: V1PodTemplateSpec;
}

export async function readMigrationState(
  plan: HelmPlan,
  draft: MigrationDraft,
  requester: ObjectRequester,
): Promise<CheckResult[]> {
  const objects = migrationObjects(plan, draft);
  const answers = await requester.dryRun(objects.map((after) => ({ before: null, after })));
  return objects.length === 0
    ? []
    : evaluateMigrationObjects(await Promise.all(answers.map((answer) => withOwner(answer, objects, requester))));
}

/** Adds whether an existing object of the same name belongs to this action. */
async function withOwner(
  answer: DryRunAnswer,
  objects: readonly KubeObject[],
  requester: ObjectRequester,
): Promise<ObjectAnswer> {
  const object = objects.find(({ kind, metadata }) => `${kind}/${metadata.name}` === answer.object);
  if (answer.status !== 409 || !object) return { ...answer, isOwn: true };
  const labels = await requester.labelsOf(object);
  const desired = object.metadata.labels as Readonly<Record<string, string>>;
  return {
    ...answer,
    isOwn: labels === null || [MIGRATION_LABEL, MANAGED_BY].every((label) => labels[label] === desired[label]),
  };
}

/** In the order in which they are created; `Pod/…-tool` is what the Jobs start. */
export function migrationObjects({ steps }: HelmPlan, draft: MigrationDraft): KubeObject[] {
  return [...steps.flatMap((step) => readyObjects(step, draft)), ...toolObjects(steps.filter(isToolStep), draft)];
}

function isToolStep(step: HelmStep): step is MigrationJobStep {
  return (step.kind === 'backup' || step.kind === 'migrate' || step.kind === 'restore') && !step.mayFail;
}

function readyObjects(step: HelmStep, { config, like }: MigrationDraft): KubeObject[] {
  if (step.kind !== 'prepare') return [];
  const { release, migration } = config;
  const journal = {
    ...(step satisfies PrepareStep<RevisionPart>).journal,
    run: 'dry-run',
    since: '1970-01-01T00:00:00.000Z',
  };
  const keeper = {
    release,
    run: 'dry-run',
    image: migration.image,
    seconds: config.timeoutSeconds + config.stepTimeoutSeconds,
  };
  return [
    object('v1', 'ConfigMap', journalMap(release, journal, '')),
    object('v1', 'PersistentVolumeClaim', backupVolume(release, config.backupVolume)),
    object('v1', 'Pod', keeperPod(keeper, like)),
  ];
}

function toolObjects(steps: readonly MigrationJobStep[], { config, like }: MigrationDraft): KubeObject[] {
  const { release, migration } = config;
  const journal = { from: '', to: '', rootPath: '' };
  const attempts = [...new Set(steps.map((step) => step.attempt))];
  const configs = attempts.map((attempt) =>
    object('v1', 'Secret', toolConfig({ release, journal, login: NO_LOGIN, attempt, run: 'dry-run' })),
  );
  const jobs = steps.map(({ kind, attempt, number, timeoutSeconds }) => {
    const job = {
      release,
      run: 'dry-run',
      plan: '',
      kind,
      attempt,
      number,
      image: migration.image,
      deadlineSeconds: timeoutSeconds,
    };
    return toolJob({ ...job, generations: {}, login: NO_LOGIN, node: '', sha256: '' }, like);
  });
  const pods = jobs.slice(0, 1).map(({ metadata, spec }) => {
    return object('v1', 'Pod', {
      metadata: { name: objectName(release, 'tool'), labels: metadata?.labels ?? {} },
      spec: spec?.template.spec,
    });
  });
  return [...configs, ...jobs.map((job) => object('batch/v1', 'Job', job)), ...pods];
}

function object(apiVersion: string, kind: string, body: object): KubeObject {
  return { apiVersion, kind, ...body } as KubeObject;
}
