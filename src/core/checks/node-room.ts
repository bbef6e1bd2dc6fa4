// The check `node-room`: whether a node has capacity for the new pods that run beside the old ones. An estimate by
// requests, node selectors and taints. Pure.
import { describeAmounts, fitsInto, subtractAmounts, type Amounts } from '../lib/quantity.js';
import type { Values } from '../model/values.js';
import { surgeOf, type Workload } from './workloads.js';
import type { CheckResult } from '../model/check-result.js';
import { failSkippable, notChecked, pass, someOf, warn } from './results.js';

export interface NodeRoom {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly { readonly key: string; readonly value: string; readonly effect: string }[];
  readonly allocatable: Amounts;
  /** Total requests of its pods; null if the user is not allowed to list them. */
  readonly taken: Amounts | null;
}

const ID = 'node-room';
const HOW_FULL =
  'No action is needed if a cluster autoscaler adds nodes. To enable this check, grant the right to list pods in all namespaces, which also exposes the environment variables of every pod; deploy/rbac/cluster.yaml contains the rule, disabled. Above 6,000 pods this is not checked.';
const SOURCE = 'resource requests of the pods and allocatable resources of the nodes';

/** `nodes` contains the ready and schedulable nodes. */
export function evaluateNodeRoom(workloads: readonly Workload[], nodes: readonly NodeRoom[]): CheckResult[] {
  const never = workloads.filter(
    (workload) =>
      workload.replicas !== 0 &&
      !nodes.some((node) => accepts(node, workload) && fitsInto(workload.requests, node.allocatable)),
  );
  if (never.length > 0) return [refuse(never, nodes)];
  if (nodes.some((node) => node.taken === null))
    return [notChecked(ID, 'how full the nodes are; each pod fits on an empty node', HOW_FULL)];
  const homeless = placeSurge(workloads, nodes);
  if (homeless.length === 0)
    return [pass(ID, 'the nodes have capacity for every new pod that runs beside an old one', SOURCE)];
  const described = homeless.map(
    (workload) => `${workload.role} needs ${describeAmounts(workload.requests)}, ${bestNode(workload, nodes)}`,
  );
  const remedy =
    'Wait for the cluster autoscaler to add a node, free capacity, or remove an old pod before a new one starts: set `strategy.rollingUpdate.maxSurge` to 0 and `maxUnavailable` to 1 for these components.';
  return [
    warn(ID, `no node has capacity for the new pods beside the old ones: ${someOf(described, 6)}`, remedy, SOURCE),
  ];
}

function refuse(workloads: readonly Workload[], nodes: readonly NodeRoom[]): CheckResult {
  const described = workloads.map(
    (workload) => `${workload.role} needs ${describeAmounts(workload.requests)}, ${largestNode(workload, nodes)}`,
  );
  const remedy =
    'Lower the requests, or add a node that is large enough. Skip this check if a cluster autoscaler adds such a node.';
  return failSkippable(ID, `no node is large enough: ${someOf(described, 6)}`, remedy, SOURCE);
}

/**
 * Every Deployment rolls at the same time, so all surge pods are placed together: largest first, each on the first node
 * with capacity.
 */
function placeSurge(workloads: readonly Workload[], nodes: readonly NodeRoom[]): Workload[] {
  const room = new Map(nodes.map((node) => [node.name, roomOf(node)]));
  const surge = workloads.flatMap((workload) =>
    Array.from({ length: surgeOf(workload, workload.replicas ?? 1) }, () => workload),
  );
  const largestFirst = surge.toSorted(
    (a, b) => b.requests.memory - a.requests.memory || b.requests.cpu - a.requests.cpu,
  );
  const homeless = largestFirst.filter((workload) => {
    const node = nodes.find(
      (candidate) =>
        accepts(candidate, workload) && fitsInto(workload.requests, room.get(candidate.name) ?? candidate.allocatable),
    );
    if (node) room.set(node.name, subtractAmounts(room.get(node.name) ?? node.allocatable, workload.requests));
    return !node;
  });
  return [...new Set(homeless)];
}

function roomOf({ allocatable, taken }: NodeRoom): Amounts {
  return taken ? subtractAmounts(allocatable, taken) : allocatable;
}

function bestNode(workload: Workload, nodes: readonly NodeRoom[]): string {
  const best = nodes
    .filter((node) => accepts(node, workload))
    .toSorted((a, b) => roomOf(b).memory - roomOf(a).memory || roomOf(b).cpu - roomOf(a).cpu)[0];
  return best
    ? `the node with the most free memory, ${best.name}, has ${describeAmounts(roomOf(best))} left`
    : 'no node accepts it';
}

function largestNode(workload: Workload, nodes: readonly NodeRoom[]): string {
  const largest = nodes
    .filter((node) => accepts(node, workload))
    .toSorted((a, b) => b.allocatable.memory - a.allocatable.memory)[0];
  return largest
    ? `the largest node ${largest.name} has ${describeAmounts(largest.allocatable)}`
    : 'no node matches its node selector and tolerations';
}

/** By node selector and taints; affinity is not evaluated. */
export function accepts(
  node: NodeRoom,
  { nodeSelector, tolerations }: Pick<Workload, 'nodeSelector' | 'tolerations'>,
): boolean {
  const labelled = Object.entries(nodeSelector).every(([key, value]) => node.labels[key] === String(value));
  const hard = node.taints.filter((taint) => taint.effect !== 'PreferNoSchedule');
  return labelled && hard.every((taint) => tolerations.some((toleration) => tolerates(toleration, taint)));
}

function tolerates(toleration: Values, taint: NodeRoom['taints'][number]): boolean {
  const { key, operator = 'Equal', value = '', effect } = toleration;
  if (effect !== undefined && effect !== '' && effect !== taint.effect) return false;
  if (operator === 'Exists') return key === undefined || key === '' || key === taint.key;
  return key === taint.key && value === taint.value;
}
