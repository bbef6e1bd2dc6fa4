// The marks that objects of the cluster leave: what is seen of a namespace at one look, and since when.
import type { V1ContainerStatus, V1Deployment, V1PersistentVolumeClaim, V1Pod, V1Secret } from '@kubernetes/client-node';

/** What may be seen of one installation; a number behind a word counts. */
export type Mark = string;

export interface Shown {
  readonly pods: V1Pod[];
  readonly deployments: V1Deployment[];
  readonly claims: V1PersistentVolumeClaim[];
  readonly revisions: V1Secret[];
}

/** What the rule for crash loops counts: the back-off, not the time in which a container runs. */
export function downNow(pods: readonly V1Pod[]): string[] {
  const ending = new Set(pods.filter((pod) => pod.metadata?.deletionTimestamp).map((pod) => pod.metadata?.labels?.component));
  const settled = pods.filter((pod) => !ending.has(pod.metadata?.labels?.component));
  const isDown = ({ state, lastState }: V1ContainerStatus): boolean =>
    state?.terminated !== undefined || (state?.waiting !== undefined && lastState?.terminated !== undefined);
  return settled.flatMap((pod) =>
    containersOf(pod)
      .filter(isDown)
      .map((each) => `${pod.metadata?.uid}/${each.name}`),
  );
}

/** Something seen, and when it came about by the cluster's own clock, where an object says it; else it is as old as the look. */
export type Sighting = readonly [mark: Mark, at?: Date | undefined];

export function timeOf(at: Date | undefined): number {
  return at ? new Date(at).getTime() : Date.now();
}

export function marksOf({ pods, deployments, claims, revisions }: Shown, ends: Map<string, Date>): Sighting[] {
  const conditions = deployments.flatMap((each) => each.status?.conditions ?? []);
  return [
    ...pods.flatMap((pod) => containersOf(pod).flatMap((each) => containerMarks(pod, each, ends))),
    ...pods.flatMap(podMarks),
    ...inOrder('evicted', pods.filter(isEvicted).map(endOf)),
    ...conditions
      .filter((each) => each.type === 'ReplicaFailure' && each.status === 'True')
      .map((each) => ['ReplicaFailure', each.lastTransitionTime] as const),
    ...conditions.filter((each) => each.reason === 'ProgressDeadlineExceeded').map((each) => [each.reason ?? '', each.lastTransitionTime] as const),
    ...revisions.map((each) => [`release ${each.metadata?.labels?.status}`] as const),
    ...claims.filter((each) => each.status?.phase === 'Pending').map((each) => ['claim Pending', each.metadata?.creationTimestamp] as const),
  ];
}

function podMarks({ metadata, spec, status }: V1Pod): Sighting[] {
  const no = (status?.conditions ?? []).filter((each) => each.status === 'False');
  const deadline = metadata?.deletionTimestamp;
  const unobserved = !spec?.nodeName && !status?.conditions;
  const overdue = deadline && Date.now() > new Date(deadline).getTime();
  return [
    ...no.map((each) => [`${each.type} ${each.reason ?? ''}`.trim(), each.lastTransitionTime] as const),
    ...(unobserved ? [['unseen', metadata?.creationTimestamp] as const] : []),
    ...(overdue ? [['overdue', deadline] as const] : []),
  ];
}

/** A pod of a Deployment ends for good, without being deleted, only when its node ends it. */
function isEvicted({ metadata, status }: V1Pod): boolean {
  const owned = metadata?.ownerReferences?.some((each) => each.kind === 'ReplicaSet') === true;
  return owned && !metadata.deletionTimestamp && ['Failed', 'Succeeded'].includes(status?.phase ?? '');
}

function endOf(pod: V1Pod): Date {
  return containersOf(pod).find((each) => each.state?.terminated?.finishedAt)?.state?.terminated?.finishedAt ?? new Date();
}

function containersOf({ status }: V1Pod): V1ContainerStatus[] {
  return [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
}

/** A container is known to have ended as often as different moments of its end were seen. */
function containerMarks({ metadata }: V1Pod, { name, state, lastState, restartCount }: V1ContainerStatus, ends: Map<string, Date>): Sighting[] {
  if (metadata?.deletionTimestamp) return [];
  const key = `${metadata?.uid}/${name}`;
  const terminated = [state?.terminated, lastState?.terminated].filter((each) => each !== undefined);
  for (const { reason, finishedAt } of terminated) if (finishedAt) ends.set(`${key} ${reason} ${new Date(finishedAt).toISOString()}`, finishedAt);
  const mine = [...ends].filter(([each]) => each.startsWith(key));
  const startedAt = state?.running?.startedAt ?? terminated[0]?.startedAt;
  return [
    ...(state?.waiting?.reason ? [[state.waiting.reason] as const] : []),
    ...Array.from({ length: restartCount }, (_, at) => [`restarts ${at + 1}`, startedAt] as const),
    ...inOrder(
      'ended',
      mine.map(([, at]) => at),
    ),
    ...inOrder(
      'OOMKilled',
      mine.filter(([each]) => each.includes('OOMKilled')).map(([, at]) => at),
    ),
  ];
}

function inOrder(word: string, times: readonly Date[]): Sighting[] {
  return [...times].sort((a, b) => timeOf(a) - timeOf(b)).map((each, at) => [`${word} ${at + 1}`, each]);
}
