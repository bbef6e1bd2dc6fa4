// The preflight: everything that can be asked of the cluster before a change, asked at once and judged by core/checks/. Changes nothing.
import type { V1Deployment, V1Pod, V1Secret } from '@kubernetes/client-node';
import { judgeAccess, MIGRATION_NEEDS, needsOfManifest, OWN_NEEDS, type Need } from '../core/checks/access.js';
import { judgeAutoscalers } from '../core/checks/autoscaling.js';
import { judgeDataOwner } from '../core/checks/data-owner.js';
import { judgeDependencies } from '../core/checks/dependency-images.js';
import { judgeDisruptionBudgets } from '../core/checks/disruption.js';
import { judgeDryRun } from '../core/checks/dry-run.js';
import { conclude, notAsked, type Finding } from '../core/checks/finding.js';
import { judgeNodeRoom, type NodeRoom } from '../core/checks/node-room.js';
import { judgeQuotas } from '../core/checks/quota.js';
import { judgeReplicas, type GivingWay } from '../core/checks/replicas.js';
import { judgeRemovedObjects } from '../core/checks/removed-objects.js';
import { judgeTargetImage } from '../core/checks/target-image.js';
import { judgeUnknownValues } from '../core/checks/unknown-values.js';
import { toProblem } from '../core/errors.js';
import type { Goal } from '../core/goal.js';
import { describeChanges } from '../core/manifest-changes.js';
import type { KubeObject } from '../core/manifest.js';
import type { Preflight } from '../core/preflight.js';
import type { HelmUpgradeStep, Plan } from '../core/steps.js';
import { asRolled, judgeOneByOne, milvusWorkloads, type Workload } from '../core/workloads.js';
import type { Cluster } from './cluster.js';
import { renderHelmUpgrade, type HelmUpgradeTools } from './helm-upgrade.js';
import { askMigration } from './migration/preflight.js';
import { milvusDeployments } from './milvus-objects.js';
import { ObjectAsker } from './preflight/objects.js';
import { readRendering, type Rendering } from './preflight/rendering.js';
import { reviewRights } from './preflight/rights.js';
import { readSurroundings, type Asked, type Surroundings } from './preflight/surroundings.js';
import { installedManifest, revisionOf } from './release-record.js';
import { own as entryOf } from '../core/own.js';

export interface AskTools {
  readonly cluster: Cluster;
  readonly goal: Goal;
  readonly helm: HelmUpgradeTools;
  readonly deployments: readonly V1Deployment[];
  readonly pods: readonly V1Pod[];
  readonly secrets: readonly V1Secret[];
}

/** The answers to a plan, and what the rehearsal needs of them; null where it could not be told. */
export interface AskedBefore {
  readonly preflight: Preflight;
  readonly rendered: readonly KubeObject[] | null;
  readonly nodes: readonly NodeRoom[] | null;
  /** The newest revision at that time. */
  readonly revision: number;
}

export const NOTHING_ASKED: Preflight = { checks: [], refusals: [], changes: [] };

/** True where an upgrade must be checked again with the lock held: its chart was not rendered, for a revision that was pending, or another client has written a revision since. */
export function isOutdated(asked: Omit<AskedBefore, 'preflight'> | null, { steps }: Pick<Plan, 'steps'>, secrets: readonly V1Secret[]): boolean {
  if (!steps.some((each) => each.kind === 'helm-upgrade')) return false;
  return !asked?.rendered || asked.revision !== newestRevision(secrets);
}

function newestRevision(secrets: readonly V1Secret[]): number {
  return Math.max(0, ...secrets.map(revisionOf));
}

/** Asks for Helm's dry run and for everything that does not depend on it at the same time, then the API server about each change. */
export async function askBefore(plan: Plan, tools: AskTools): Promise<AskedBefore> {
  const { cluster, goal, pods } = tools;
  const step = plan.steps.find((each) => each.kind === 'helm-upgrade');
  const migration = await askAboutMigration(plan, tools);
  const revision = newestRevision(tools.secrets);
  if (!step) {
    const preflight = { ...conclude([...(await ownRights(plan, tools)), ...migration], goal.skipChecks), changes: [] };
    return { preflight, rendered: null, nodes: null, revision };
  }
  const [rendered, around] = await Promise.all([render(step, tools), readSurroundings(cluster, goal.namespace, pods)]);
  const way = WAYS[plan.strategy] ?? 'as-written';
  const asked =
    'failure' in rendered
      ? [...(await ownRights(plan, tools)), rendered.failure]
      : await askAbout(rendered, around, { ...tools, way, own: needsOf(plan), plan });
  const findings = [...asked, ...migration];
  const rendering = 'failure' in rendered ? null : rendered;
  const changes = rendering ? describeChanges(rendering.pairs) : [];
  return { preflight: { ...conclude(findings, goal.skipChecks), changes }, rendered: rendering?.objects ?? null, nodes: around.nodes.found, revision };
}

/** A pending revision locks Helm, its dry run included; the run itself clears one that is left behind, with the lock held. */
async function render(step: HelmUpgradeStep, { helm, secrets }: AskTools): Promise<Rendering | { readonly failure: Finding }> {
  const pending = secrets.find((each) => each.metadata?.labels?.status?.startsWith('pending-'));
  if (pending) {
    const why = `revision ${pending.metadata?.labels?.version ?? '?'} is ${pending.metadata?.labels?.status ?? 'pending'}, and locks Helm`;
    return { failure: notAsked('dry-run', why, 'Nothing needs to be done where this run may clear it; see release-pending.') };
  }
  try {
    return readRendering(await renderHelmUpgrade(step, helm), installedManifest(secrets));
  } catch (error) {
    if (helm.signal.aborted) throw error;
    const { why } = toProblem(error);
    const remedy = 'Change the values or the chart so that Helm renders it; the upgrade would end with the same words.';
    return { failure: { id: 'dry-run', state: 'fail', because: `helm upgrade --dry-run=server fails: ${why}`, remedy, source: 'Helm', waivable: true } };
  }
}

function askAboutMigration(plan: Plan, { cluster, goal, deployments }: AskTools): Promise<Finding[]> {
  const like = milvusDeployments(goal.release, deployments)[0]?.spec?.template ?? {};
  return askMigration(plan, { goal, like }, new ObjectAsker(cluster, goal.namespace));
}

async function ownRights(plan: Plan, { cluster, goal }: AskTools): Promise<Finding[]> {
  return judgeAccess(await reviewRights(cluster, goal, needsOf(plan)));
}

function needsOf({ strategy }: Plan): readonly Need[] {
  return strategy === 'migrate' || strategy === 'restore' ? [...OWN_NEEDS, ...MIGRATION_NEEDS] : OWN_NEEDS;
}

const WAYS: Partial<Readonly<Record<Plan['strategy'], GivingWay>>> = { rolling: 'one-by-one', migrate: 'stopped', restore: 'stopped' };

async function askAbout(
  rendering: Rendering,
  around: Surroundings,
  tools: AskTools & { readonly way: GivingWay; readonly own: readonly Need[]; readonly plan: Plan },
): Promise<Finding[]> {
  const { cluster, goal, deployments, way, own, plan } = tools;
  const rolls = way === 'one-by-one';
  const { objects, pairs, hooks, supplied, computed, defaults, subcharts } = rendering;
  const asker = new ObjectAsker(cluster, goal.namespace);
  const removed = pairs.flatMap(({ before, after }) => (before && !after ? [before] : []));
  const kinds = await asker.kindsOf([...objects, ...removed, ...hooks]);
  const hookKinds = [...new Set(hooks.map((each) => each.kind))];
  const needs = [...own, ...needsOfManifest(pairs, kinds, hookKinds)];
  const [rights, answers] = await Promise.all([reviewRights(cluster, goal, needs), asker.dryRun(pairs)]);
  const live = Object.fromEntries(deployments.map(({ metadata, spec }) => [metadata?.name ?? '', spec?.replicas ?? 1]));
  const written = milvusWorkloads(objects);
  const workloads = rolls ? asRolled(written) : written;
  return [
    ...judgeAccess(rights),
    ...judgeDryRun(answers),
    ...judgeTargetImage(objects, { release: goal.release, image: plan.image }),
    ...judgeRemovedObjects(pairs, goal.release),
    ...judgeDataOwner(objects, plan),
    ...judgeDependencies(pairs),
    ...judgeReplicas(workloads, live, computed.reveal(), way),
    ...judgeUnknownValues(supplied.reveal(), defaults, subcharts),
    ...judgeSurroundings(
      around,
      workloads.map((each) => ({ ...each, replicas: each.replicas ?? entryOf(live, each.name) ?? 1 })),
      workloads,
      rolls ? judgeOneByOne : judgeAtOnce,
    ),
  ];
}

type JudgeWorkloads = typeof judgeOneByOne;

/** Every Deployment is replaced at the same time. */
const judgeAtOnce: JudgeWorkloads = (workloads, judge) => judge(workloads);

/** `counted` have the replicas that run where the chart leaves them to an autoscaler; `written` are as the chart says. */
function judgeSurroundings(
  { autoscalers, budgets, quotas, nodes }: Surroundings,
  counted: readonly Workload[],
  written: readonly Workload[],
  together: JudgeWorkloads,
): Finding[] {
  return [
    ...judged('autoscaler', 'list horizontalpodautoscalers.autoscaling', autoscalers, (found) => judgeAutoscalers(found, written)),
    ...judged('disruption-budget', 'list poddisruptionbudgets.policy', budgets, judgeDisruptionBudgets),
    ...judged('quota', 'list resourcequotas', quotas, (found) => together(counted, (each) => judgeQuotas(found, each))),
    ...judged('node-room', 'list nodes (deploy/rbac/cluster.yaml)', nodes, (found) => together(counted, (each) => judgeNodeRoom(each, found))),
  ];
}

function judged<T>(id: string, right: string, asked: Asked<T>, judge: (found: T) => readonly Finding[]): readonly Finding[] {
  return asked.found === null ? [notAsked(id, asked.refused ?? '', `To have it asked, give the user the right to ${right}.`)] : judge(asked.found);
}
