// The marks of cluster objects: what one observation of a namespace shows, and since when.
import type {
  V1ContainerStatus,
  V1Deployment,
  V1PersistentVolumeClaim,
  V1Pod,
  V1Secret,
} from '@kubernetes/client-node';

/** The possible marks of one installation; a number after a name is a count. */
export type Mark = string;

export interface Shown {
  readonly pods: V1Pod[];
  readonly deployments: V1Deployment[];
  readonly claims: V1PersistentVolumeClaim[];
  readonly revisions: V1Secret[];
}

/** The time that the rule for crash loops counts: the back-off, not the time in which a container runs. */
export function downNow(pods: readonly V1Pod[]): string[] {
  const ending = new Set(
    pods.filter((pod) => pod.metadata?.deletionTimestamp).map((pod) => pod.metadata?.labels?.component),
  );
  const settled = pods.filter((pod) => !ending.has(pod.metadata?.labels?.component));
  const isDown = ({ state, lastState }: V1ContainerStatus): boolean =>
    state?.terminated !== undefined || (state?.waiting !== undefined && lastState?.terminated !== undefined);
  return settled.flatMap((pod) =>
    containersOf(pod)
      .filter(isDown)
      .map((container) => `${pod.metadata?.uid}/${container.name}`),
  );
}

/** A mark, and its time by the clock of the cluster if an object contains it; otherwise the time of the observation. */
export type Sighting = readonly [mark: Mark, at?: Date | undefined];

export function timeOf(at: Date | undefined): number {
  return at ? new Date(at).getTime() : Date.now();
}

export function marksOf({ pods, deployments, claims, revisions }: Shown, ends: Map<string, Date>): Sighting[] {
  const conditions = deployments.flatMap((deployment) => deployment.status?.conditions ?? []);
  return [
    ...pods.flatMap((pod) => containersOf(pod).flatMap((container) => containerMarks(pod, container, ends))),
    ...pods.flatMap(podMarks),
    ...inOrder('evicted', pods.filter(isEvicted).map(endOf)),
    ...conditions
      .filter((condition) => condition.type === 'ReplicaFailure' && condition.status === 'True')
      .map((condition) => ['ReplicaFailure', condition.lastTransitionTime] as const),
    ...conditions
      .filter(({ reason }) => reason === 'ProgressDeadlineExceeded')
      .map(({ reason, lastTransitionTime }) => [reason ?? '', lastTransitionTime] as const),
    ...revisions.map((revision) => [`release ${revision.metadata?.labels?.status}`] as const),
    ...claims
      .filter((claim) => claim.status?.phase === 'Pending')
      .map((claim) => ['claim Pending', claim.metadata?.creationTimestamp] as const),
  ];
}

function podMarks({ metadata, spec, status }: V1Pod): Sighting[] {
  const no = (status?.conditions ?? []).filter((condition) => condition.status === 'False');
  const deadline = metadata?.deletionTimestamp;
  const unobserved = !spec?.nodeName && !status?.conditions;
  const overdue = deadline && Date.now() > new Date(deadline).getTime();
  return [
    ...no.map(
      (condition) => [`${condition.type} ${condition.reason ?? ''}`.trim(), condition.lastTransitionTime] as const,
    ),
    ...(unobserved ? [['unseen', metadata?.creationTimestamp] as const] : []),
    ...(overdue ? [['overdue', deadline] as const] : []),
  ];
}

/** A pod of a Deployment that ends without being deleted was terminated by its node. */
function isEvicted({ metadata, status }: V1Pod): boolean {
  const owned = metadata?.ownerReferences?.some((owner) => owner.kind === 'ReplicaSet') === true;
  return owned && !metadata.deletionTimestamp && ['Failed', 'Succeeded'].includes(status?.phase ?? '');
}

function endOf(pod: V1Pod): Date {
  return (
    containersOf(pod).find((container) => container.state?.terminated?.finishedAt)?.state?.terminated?.finishedAt ??
    new Date()
  );
}

function containersOf({ status }: V1Pod): V1ContainerStatus[] {
  return [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
}

/** The number of ends of a container is the number of different end times that were observed. */
function containerMarks(
  { metadata }: V1Pod,
  { name, state, lastState, restartCount }: V1ContainerStatus,
  ends: Map<string, Date>,
): Sighting[] {
  if (metadata?.deletionTimestamp) return [];
  const key = `${metadata?.uid}/${name}`;
  const terminated = [state?.terminated, lastState?.terminated].filter((ended) => ended !== undefined);
  for (const { reason, finishedAt } of terminated)
    if (finishedAt) ends.set(`${key} ${reason} ${new Date(finishedAt).toISOString()}`, finishedAt);
  const mine = [...ends].filter(([name]) => name.startsWith(key));
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
      mine.filter(([name]) => name.includes('OOMKilled')).map(([, at]) => at),
    ),
  ];
}

function inOrder(word: string, times: readonly Date[]): Sighting[] {
  return [...times].sort((a, b) => timeOf(a) - timeOf(b)).map((time, at) => [`${word} ${at + 1}`, time]);
}
