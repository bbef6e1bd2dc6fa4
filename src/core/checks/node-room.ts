// The check `node-room`: whether the pods that exist besides the old ones during the upgrade find a node. Roughly: by requests, node selectors and taints. Pure.
import { describeAmounts, fitsInto, subtractAmounts, type Amounts } from '../quantity.js';
import type { Values } from '../values.js';
import { surgeOf, type Workload } from '../workloads.js';
import { notChecked, pass, someOf, warn, type Finding } from './finding.js';

export interface NodeRoom {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly { readonly key: string; readonly value: string; readonly effect: string }[];
  readonly allocatable: Amounts;
  /** What the pods on it ask for; null when nobody may know. */
  readonly taken: Amounts | null;
}

const ID = 'node-room';
const HOW_FULL =
  'Nothing needs to be done where a cluster autoscaler adds nodes. To check it, grant the right to list pods in all namespaces, which also shows the environment variables of every pod; deploy/rbac/cluster.yaml has the rule, disabled. Above 6,000 pods it is not checked.';
const SOURCE = 'requests of pods and what nodes have allocatable';

/** `nodes` are those that are ready and may be scheduled on. */
export function evaluateNodeRoom(workloads: readonly Workload[], nodes: readonly NodeRoom[]): Finding[] {
  const never = workloads.filter((each) => each.replicas !== 0 && !nodes.some((node) => accepts(node, each) && fitsInto(each.requests, node.allocatable)));
  if (never.length > 0) return [refuse(never, nodes)];
  if (nodes.some((each) => each.taken === null)) return [notChecked(ID, 'how full the nodes are, only that each pod fits on an empty one', HOW_FULL)];
  const homeless = placeSurge(workloads, nodes);
  if (homeless.length === 0) return [pass(ID, 'every pod that comes while an old one still runs finds a node', SOURCE)];
  const told = homeless.map((each) => `${each.role} needs ${describeAmounts(each.requests)} more, ${bestNode(each, nodes)}`);
  const remedy =
    'Wait for a node that a cluster autoscaler adds, free some room, or let an old pod go first: strategy.rollingUpdate.maxSurge 0 and maxUnavailable 1 for these components.';
  return [warn(ID, `no node has room for the new pods beside the old ones: ${someOf(told, 6)}`, remedy, SOURCE)];
}

function refuse(workloads: readonly Workload[], nodes: readonly NodeRoom[]): Finding {
  const told = workloads.map((each) => `${each.role} needs ${describeAmounts(each.requests)}, ${largestNode(each, nodes)}`);
  const remedy = 'Ask for less, or add a node that is large enough. Waive this when a cluster autoscaler adds such a node.';
  return { id: ID, state: 'fail', reason: `no node could ever hold: ${someOf(told, 6)}`, remedy, source: SOURCE, skippable: true };
}

/** Every Deployment rolls at the same time, so all surge pods look for room at once: largest first, each on the first node that has room. */
function placeSurge(workloads: readonly Workload[], nodes: readonly NodeRoom[]): Workload[] {
  const room = new Map(nodes.map((node) => [node.name, roomOf(node)]));
  const surge = workloads.flatMap((each) => Array.from({ length: surgeOf(each, each.replicas ?? 1) }, () => each));
  const largestFirst = surge.toSorted((a, b) => b.requests.memory - a.requests.memory || b.requests.cpu - a.requests.cpu);
  const homeless = largestFirst.filter((each) => {
    const node = nodes.find((candidate) => accepts(candidate, each) && fitsInto(each.requests, room.get(candidate.name) ?? candidate.allocatable));
    if (node) room.set(node.name, subtractAmounts(room.get(node.name) ?? node.allocatable, each.requests));
    return !node;
  });
  return [...new Set(homeless)];
}

function roomOf({ allocatable, taken }: NodeRoom): Amounts {
  return taken ? subtractAmounts(allocatable, taken) : allocatable;
}

function bestNode(workload: Workload, nodes: readonly NodeRoom[]): string {
  const best = nodes.filter((node) => accepts(node, workload)).toSorted((a, b) => roomOf(b).memory - roomOf(a).memory || roomOf(b).cpu - roomOf(a).cpu)[0];
  return best ? `the best node ${best.name} has ${describeAmounts(roomOf(best))} left` : 'no node accepts it';
}

function largestNode(workload: Workload, nodes: readonly NodeRoom[]): string {
  const largest = nodes.filter((node) => accepts(node, workload)).toSorted((a, b) => b.allocatable.memory - a.allocatable.memory)[0];
  return largest ? `the largest node ${largest.name} has ${describeAmounts(largest.allocatable)}` : 'no node has its labels or tolerates it';
}

/** By node selector and taints; affinity is not looked at. */
export function accepts(node: NodeRoom, { nodeSelector, tolerations }: Pick<Workload, 'nodeSelector' | 'tolerations'>): boolean {
  const labelled = Object.entries(nodeSelector).every(([key, value]) => node.labels[key] === String(value));
  const hard = node.taints.filter((taint) => taint.effect !== 'PreferNoSchedule');
  return labelled && hard.every((taint) => tolerations.some((each) => tolerates(each, taint)));
}

function tolerates(toleration: Values, taint: NodeRoom['taints'][number]): boolean {
  const { key, operator = 'Equal', value = '', effect } = toleration;
  if (effect !== undefined && effect !== '' && effect !== taint.effect) return false;
  if (operator === 'Exists') return key === undefined || key === '' || key === taint.key;
  return key === taint.key && value === taint.value;
}
