// Reads objects beside Milvus that may block an upgrade: autoscalers, disruption budgets, quotas, nodes. A missing
// permission is returned as the reason.
import {
  ApiException,
  AutoscalingV2Api,
  PolicyV1Api,
  type V1Node,
  type V1Pod,
  type V1PodDisruptionBudget,
  type V1ResourceQuota,
  type V2HorizontalPodAutoscaler,
} from '@kubernetes/client-node';
import type { Autoscaler } from '../../core/checks/autoscaling.js';
import type { DisruptionBudget } from '../../core/checks/disruption.js';
import type { NodeRoom } from '../../core/checks/node-room.js';
import type { Quota } from '../../core/checks/quota.js';
import { addAmounts, parseQuantity, type Amounts } from '../../core/lib/quantity.js';
import type { Values } from '../../core/model/values.js';
import { amountsOf } from '../../core/checks/workloads.js';
import type { Cluster } from '../client/cluster.js';

/** Either the requested data, or why there is none. */
export type EtcdRequest<T> =
  | { readonly found: T; readonly refused: null }
  | { readonly found: null; readonly refused: string };

/** Objects per page, and the maximum number of pages: a cluster with more pods is not read completely. */
const PAGE = 500;
const MAX_PAGES = 12;

export interface Surroundings {
  readonly autoscalers: EtcdRequest<Autoscaler[]>;
  readonly budgets: EtcdRequest<DisruptionBudget[]>;
  readonly quotas: EtcdRequest<Quota[]>;
  readonly nodes: EtcdRequest<NodeRoom[]>;
}

/** Requests everything concurrently. `pods` are those of Milvus. */
export async function readSurroundings(
  { config, core }: Cluster,
  namespace: string,
  pods: readonly V1Pod[],
): Promise<Surroundings> {
  const policy = config.makeApiClient(PolicyV1Api);
  const scaling = config.makeApiClient(AutoscalingV2Api);
  const [autoscalers, budgets, quotas, nodes] = await Promise.all([
    requested(async () => (await scaling.listNamespacedHorizontalPodAutoscaler({ namespace })).items.map(toAutoscaler)),
    requested(async () =>
      (await policy.listNamespacedPodDisruptionBudget({ namespace })).items.map((budget) => toBudget(budget, pods)),
    ),
    requested(async () =>
      (await core.listNamespacedResourceQuota({ namespace })).items.filter(hasNoScope).map(toQuota),
    ),
    requested(() => readNodes({ core })),
  ]);
  return { autoscalers, budgets, quotas, nodes };
}

async function requested<T>(request: () => Promise<T>): Promise<EtcdRequest<T>> {
  try {
    return { found: await request(), refused: null };
  } catch (error) {
    return {
      found: null,
      refused:
        error instanceof ApiException
          ? error.code === 403
            ? 'permission denied'
            : `the server answered ${error.code}`
          : (error as Error).message,
    };
  }
}

function toAutoscaler({ metadata, spec }: V2HorizontalPodAutoscaler): Autoscaler {
  const owners = metadata?.ownerReferences ?? [];
  const scaledObject = owners
    .filter((owner) => owner.kind === 'ScaledObject')
    .map((owner) => owner.name)
    .join();
  const { scaleTargetRef, minReplicas = 1, maxReplicas } = spec;
  return {
    name: metadata?.name ?? '',
    target: scaleTargetRef.name,
    least: minReplicas,
    most: maxReplicas,
    scaledObject,
  };
}

function toBudget({ metadata, spec, status }: V1PodDisruptionBudget, pods: readonly V1Pod[]): DisruptionBudget {
  const selected = pods.filter((pod) => selects(spec?.selector ?? {}, pod.metadata?.labels ?? {}));
  return {
    name: metadata?.name ?? '',
    roles: [...new Set(selected.map((pod) => pod.metadata?.labels?.component ?? ''))].sort(),
    allowed: status?.disruptionsAllowed ?? 0,
  };
}

type Selector = NonNullable<NonNullable<V1PodDisruptionBudget['spec']>['selector']>;

function selects(
  { matchLabels = {}, matchExpressions = [] }: Selector,
  labels: Readonly<Record<string, string>>,
): boolean {
  const exact = Object.entries(matchLabels).every(([key, value]) => labels[key] === value);
  return (
    exact &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const value = labels[key];
      if (operator === 'Exists') return value !== undefined;
      if (operator === 'DoesNotExist') return value === undefined;
      const isIn = value !== undefined && values.includes(value);
      return operator === 'In' ? isIn : !isIn;
    })
  );
}

function hasNoScope({ spec }: V1ResourceQuota): boolean {
  return (spec?.scopes ?? []).length === 0 && spec?.scopeSelector === undefined;
}

function toQuota({ metadata, status }: V1ResourceQuota): Quota {
  const numbers = (table: Readonly<Record<string, string>> = {}): Record<string, number> =>
    Object.fromEntries(Object.entries(table).map(([key, value]) => [key, parseQuantity(value)]));
  return { name: metadata?.name ?? '', hard: numbers(status?.hard), used: numbers(status?.used) };
}

async function readNodes({ core }: Pick<Cluster, 'core'>): Promise<NodeRoom[]> {
  const nodes = await readPages((_continue) => core.listNode({ limit: PAGE, ...(_continue ? { _continue } : {}) }));
  const taken = await takenByNode(core).catch(() => null);
  return (nodes ?? []).filter(isUsable).map((node) => toRoom(node, taken));
}

/** The resource requests of all pods in the cluster, by node; null if there are too many pods to read. */
async function takenByNode(core: Cluster['core']): Promise<Map<string, Amounts> | null> {
  const fieldSelector = 'status.phase!=Succeeded,status.phase!=Failed';
  const pods = await readPages((_continue) =>
    core.listPodForAllNamespaces({ fieldSelector, limit: PAGE, ...(_continue ? { _continue } : {}) }),
  );
  if (!pods) return null;
  const taken = new Map<string, Amounts>();
  for (const { spec } of pods) {
    const node = spec?.nodeName ?? '';
    taken.set(
      node,
      addAmounts(taken.get(node) ?? { cpu: 0, memory: 0 }, amountsOf((spec ?? {}) as unknown as Values, 'requests')),
    );
  }
  return taken;
}

interface Page<T> {
  readonly items: T[];
  readonly metadata?: { readonly _continue?: string };
}

async function readPages<T>(read: (next: string) => Promise<Page<T>>): Promise<T[] | null> {
  const found: T[] = [];
  let next = '';
  for (let pages = 0; pages < MAX_PAGES; pages += 1) {
    const page = await read(next);
    found.push(...page.items);
    next = page.metadata?._continue ?? '';
    if (next === '') return found;
  }
  return null;
}

function isUsable({ spec, status }: V1Node): boolean {
  return (
    spec?.unschedulable !== true &&
    (status?.conditions ?? []).some((condition) => condition.type === 'Ready' && condition.status === 'True')
  );
}

function toRoom({ metadata, spec, status }: V1Node, taken: ReadonlyMap<string, Amounts> | null): NodeRoom {
  const { name = '', labels = {} } = metadata ?? {};
  const { cpu, memory } = status?.allocatable ?? {};
  const taints = (spec?.taints ?? []).map(({ key, value = '', effect }) => ({ key, value, effect }));
  const nothing = { cpu: 0, memory: 0 };
  return {
    name,
    labels,
    taints,
    allocatable: { cpu: parseQuantity(cpu), memory: parseQuantity(memory) },
    taken: taken ? (taken.get(name) ?? nothing) : null,
  };
}
