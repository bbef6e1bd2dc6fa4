// The preflight: everything that can be checked in the cluster before a change, requested concurrently and evaluated by
// core/checks/. Changes nothing.
import type { V1Deployment, V1Pod, V1Secret } from '@kubernetes/client-node';
import { evaluateAccess, MIGRATION_NEEDS, needsOfManifest, OWN_NEEDS, type Need } from '../../core/checks/access.js';
import { evaluateDataOwner } from '../../core/checks/data-owner.js';
import { evaluateDependencies, replacedDependencies } from '../../core/checks/dependency-images.js';
import { evaluateDryRun } from '../../core/checks/dry-run.js';
import type { CheckResult } from '../../core/model/check-result.js';
import { conclude, failSkippable, notChecked } from '../../core/checks/results.js';
import type { NodeRoom } from '../../core/checks/node-room.js';
import { evaluateReplicas, type ReplacementMode } from '../../core/checks/replicas.js';
import { evaluateMilvusChart } from '../../core/checks/milvus-chart.js';
import { evaluateRemovedObjects } from '../../core/checks/removed-objects.js';
import { evaluateTargetImage } from '../../core/checks/target-image.js';
import { evaluateUnknownValues } from '../../core/checks/unknown-values.js';
import { toProblem } from '../../core/model/error.js';
import type { HelmConfig } from '../../core/config/config.js';
import { describeChanges } from '../../core/checks/manifest-changes.js';
import type { KubeObject } from '../../core/checks/manifest.js';
import type { Preflight } from '../../core/model/preflight.js';
import { asRolled, evaluateOneByOne, milvusWorkloads } from '../../core/checks/workloads.js';
import type { Cluster } from '../client/cluster.js';
import { renderHelmUpgrade, type HelmUpgradeTools } from '../helm/helm-upgrade.js';
import { readMigrationState } from '../migration/preflight.js';
import { milvusDeployments } from '../observe/milvus-objects.js';
import { ObjectRequester } from './objects.js';
import { readRendering, type Rendering } from './rendering.js';
import { reviewRights } from './rights.js';
import { readSurroundings, type Surroundings } from './surroundings.js';
import { installedManifest } from '../helm/release-record.js';
import { revisionOf } from '../helm/release-secret.js';
import { own as entryOf } from '../../core/lib/own.js';
import { evaluateSurroundings, evaluateAtOnce } from './evaluate-surroundings.js';
import type { HelmUpgradeStep } from '../../core/helm/step.js';
import type { HelmPlan } from '../../core/helm/step.js';

export interface CheckTools {
  readonly cluster: Cluster;
  readonly config: HelmConfig;
  readonly helm: HelmUpgradeTools;
  readonly deployments: readonly V1Deployment[];
  readonly pods: readonly V1Pod[];
  readonly secrets: readonly V1Secret[];
}

/** The answers for a plan, and what the image probe needs of them; null if not available. */
export interface CheckedBefore {
  readonly preflight: Preflight;
  readonly rendered: readonly KubeObject[] | null;
  readonly nodes: readonly NodeRoom[] | null;
  /** Dependencies whose pods the upgrade replaces; absent if it is not known. */
  readonly dependencies?: readonly KubeObject[];
  /** The newest revision at that time. */
  readonly revision: number;
}

export const NOTHING_CHECKED: Preflight = { checks: [], failedChecks: [], changes: [] };

/**
 * True if an upgrade must be checked again with the lock held: its chart was not rendered due to a pending revision, or
 * another client created a revision.
 */
export function isOutdated(
  requested: Omit<CheckedBefore, 'preflight'> | null,
  { steps }: Pick<HelmPlan, 'steps'>,
  secrets: readonly V1Secret[],
): boolean {
  if (!steps.some((step) => step.kind === 'helm-upgrade')) return false;
  return !requested?.rendered || requested.revision !== newestRevision(secrets);
}

function newestRevision(secrets: readonly V1Secret[]): number {
  return Math.max(0, ...secrets.map(revisionOf));
}

/**
 * Requests the Helm dry run and everything that does not depend on it concurrently, then a dry run of each change from
 * the API server.
 */
export async function checkBefore(plan: HelmPlan, tools: CheckTools): Promise<CheckedBefore> {
  const { cluster, config, pods } = tools;
  const step = plan.steps.find((step) => step.kind === 'helm-upgrade');
  const migration = await checkMigration(plan, tools);
  const revision = newestRevision(tools.secrets);
  if (!step) {
    const preflight = {
      ...conclude([...(await ownRights(plan, tools)), ...migration], config.skipChecks),
      changes: [],
    };
    return { preflight, rendered: null, nodes: null, revision };
  }
  const [rendered, surroundings] = await Promise.all([
    render(step, tools),
    readSurroundings(cluster, config.namespace, pods),
  ]);
  const mode = REPLACEMENT_MODES[plan.strategy] ?? 'as-written';
  const requested =
    'failure' in rendered
      ? [...(await ownRights(plan, tools)), rendered.failure]
      : await checkFor(rendered, surroundings, { ...tools, mode, own: needsOf(plan), plan });
  const findings = [...requested, ...migration];
  const rendering = 'failure' in rendered ? null : rendered;
  const changes = rendering ? describeChanges(rendering.pairs) : [];
  return {
    preflight: { ...conclude(findings, config.skipChecks), changes },
    rendered: rendering?.objects ?? null,
    dependencies: replacedDependencies(rendering?.pairs ?? []),
    nodes: surroundings.nodes.found,
    revision,
  };
}

/**
 * A pending revision locks Helm, including its dry run; the run itself clears an abandoned one after it has acquired
 * the lock.
 */
async function render(
  step: HelmUpgradeStep,
  { helm, secrets }: CheckTools,
): Promise<Rendering | { readonly failure: CheckResult }> {
  const pending = secrets.find((secret) => secret.metadata?.labels?.status?.startsWith('pending-'));
  if (pending) {
    const why = `revision ${pending.metadata?.labels?.version ?? '?'} is ${pending.metadata?.labels?.status ?? 'pending'}, which locks Helm`;
    return {
      failure: notChecked(
        'dry-run',
        why,
        'No action is needed if this run is allowed to clear it; see the check release-pending.',
      ),
    };
  }
  try {
    return readRendering(await renderHelmUpgrade(step, helm), installedManifest(secrets));
  } catch (error) {
    if (helm.signal.aborted) throw error;
    const { why } = toProblem(error);
    const remedy =
      'Change the values or the chart so that Helm can render it; the upgrade would fail with the same error.';
    return { failure: failSkippable('dry-run', `helm upgrade --dry-run=server fails: ${why}`, remedy, 'Helm') };
  }
}

function checkMigration(plan: HelmPlan, { cluster, config, deployments }: CheckTools): Promise<CheckResult[]> {
  const like = milvusDeployments(config.release, deployments)[0]?.spec?.template ?? {};
  return readMigrationState(plan, { config, like }, new ObjectRequester(cluster, config.namespace));
}

async function ownRights(plan: HelmPlan, { cluster, config }: CheckTools): Promise<CheckResult[]> {
  return evaluateAccess(await reviewRights(cluster, config, needsOf(plan)));
}

function needsOf({ strategy }: HelmPlan): readonly Need[] {
  return strategy === 'migrate' || strategy === 'restore' ? [...OWN_NEEDS, ...MIGRATION_NEEDS] : OWN_NEEDS;
}

const REPLACEMENT_MODES: Partial<Readonly<Record<HelmPlan['strategy'], ReplacementMode>>> = {
  rolling: 'one-by-one',
  migrate: 'stopped',
  restore: 'stopped',
};

async function checkFor(
  rendering: Rendering,
  surroundings: Surroundings,
  tools: CheckTools & { readonly mode: ReplacementMode; readonly own: readonly Need[]; readonly plan: HelmPlan },
): Promise<CheckResult[]> {
  const { cluster, config, deployments, mode, own, plan } = tools;
  const rolls = mode === 'one-by-one';
  const { objects, pairs, hooks, supplied, computed } = rendering;
  const requester = new ObjectRequester(cluster, config.namespace);
  const removed = pairs.flatMap(({ before, after }) => (before && !after ? [before] : []));
  const kinds = await requester.kindsOf([...objects, ...removed, ...hooks]);
  const hookKinds = [...new Set(hooks.map((hook) => hook.kind))];
  const needs = [...own, ...needsOfManifest(pairs, kinds, hookKinds)];
  const [rights, answers] = await Promise.all([reviewRights(cluster, config, needs), requester.dryRun(pairs)]);
  const live = Object.fromEntries(deployments.map(({ metadata, spec }) => [metadata?.name ?? '', spec?.replicas ?? 1]));
  const written = milvusWorkloads(objects);
  const workloads = rolls ? asRolled(written) : written;
  return [
    ...evaluateAccess(rights),
    ...evaluateDryRun(answers),
    ...evaluateTargetImage(objects, { release: config.release, image: plan.image }),
    ...evaluateMilvusChart(objects, { release: config.release, milvusChart: milvusChartOf(plan) }),
    ...evaluateRemovedObjects(pairs, config.release),
    ...evaluateDataOwner(objects, plan),
    ...evaluateDependencies(pairs),
    ...evaluateReplicas(workloads, live, computed.reveal(), mode),
    ...evaluateUnknownValues(supplied.reveal(), rendering),
    ...evaluateSurroundings(
      surroundings,
      workloads.map((workload) => ({ ...workload, replicas: workload.replicas ?? entryOf(live, workload.name) ?? 1 })),
      workloads,
      rolls ? evaluateOneByOne : evaluateAtOnce,
    ),
  ];
}

function milvusChartOf({ steps }: HelmPlan): string | undefined {
  return steps.find((step) => step.kind === 'helm-upgrade')?.milvusChart;
}
