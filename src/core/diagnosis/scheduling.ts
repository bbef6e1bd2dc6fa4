// Pods that cannot run on a node: no node accepts them, their volumes are missing, or a node evicted them.
import type { PodMemories } from './memory.js';
import { kubernetesEventsOf, newPods, type KubernetesEvent, type Snapshot, type PodSnapshot } from './snapshot.js';
import { mayFreeCapacity, type Symptom } from './symptom.js';

/**
 * The cluster autoscaler is adding a node, which takes minutes (kubernetes/autoscaler cluster-autoscaler/FAQ.md,
 * "max-node-provision-time" is 15 min).
 */
const NEW_NODE_SECONDS = 600;
/**
 * A volume is detached from a dead node after 6 min (kubernetes pkg/controller/volume/attachdetach,
 * maxWaitForUnmountDuration).
 */
const DETACH_SECONDS = 420;
const EVICTIONS = 2;

const UNBOUND =
  /unbound immediate PersistentVolumeClaims|persistentvolumeclaim "?[^" ]+"? (not found|is being deleted)|volume node affinity conflict|didn't find available persistent volumes/i;
const PRESSURE = /node\.kubernetes\.io\/(memory|disk|pid)-pressure/;

export function schedulingSymptoms(snapshot: Snapshot, memories: PodMemories): Symptom[] {
  const excused = mayFreeCapacity(snapshot);
  const pods = newPods(snapshot).filter((pod) => pod.phase === 'Pending');
  return [
    ...pods.flatMap((pod) => [...unscheduled(pod, snapshot, excused), ...volumes(pod, snapshot)]),
    ...evictions(snapshot, memories),
  ];
}

function unscheduled(
  { name, uid, deployment, scheduling, claims }: PodSnapshot,
  snapshot: Snapshot,
  excused: boolean,
): Symptom[] {
  if (scheduling.state !== 'refused') return [];
  const { reason, message } = scheduling;
  const about = { deployment, pod: name, evidence: `${reason}: ${message}` };
  if (reason === 'SchedulingGated') return [{ ...about, code: 'UNSCHEDULABLE', certainAfterSeconds: null }];
  if (UNBOUND.test(message))
    return [{ ...about, code: 'PVC_UNBOUND', evidence: claimWords(claims, snapshot) || about.evidence }];
  if (PRESSURE.test(message)) return [{ ...about, code: 'NODE_PRESSURE', excused }];
  const grows = snapshot.kubernetesEvents.some((event) => event.uid === uid && event.reason === 'TriggeredScaleUp');
  return [
    {
      ...about,
      code: 'UNSCHEDULABLE',
      excused,
      ...(grows
        ? {
            certainAfterSeconds: NEW_NODE_SECONDS,
            evidence: `${about.evidence} (the cluster autoscaler is adding a node)`,
          }
        : {}),
    },
  ];
}

/** The message of the provisioner is more specific than that the claim is unbound. */
function claimWords(claims: readonly string[], snapshot: Snapshot): string {
  const failed = snapshot.kubernetesEvents.findLast(
    (event) => event.kind === 'PersistentVolumeClaim' && claims.includes(event.object),
  );
  return failed ? `claim ${failed.object}: ${failed.reason}: ${failed.message}` : '';
}

/** An event is kept for one hour: it counts only while no container has started. */
function volumes(pod: PodSnapshot, snapshot: Snapshot): Symptom[] {
  if (pod.scheduling.state !== 'complete' || pod.containers.some((container) => container.state !== 'waiting'))
    return [];
  const failed = kubernetesEventsOf(pod, snapshot).findLast(
    (event: KubernetesEvent) => event.reason === 'FailedAttachVolume',
  );
  if (!failed) return [];
  return [
    {
      code: 'PVC_UNBOUND',
      deployment: pod.deployment,
      pod: pod.name,
      evidence: `FailedAttachVolume: ${failed.message}`,
      certainAfterSeconds: DETACH_SECONDS,
    },
  ];
}

/**
 * A pod whose containers exit cleanly on eviction is Succeeded, without a message; a pod of a Deployment is Succeeded
 * in no other case (kubernetes pkg/kubelet/kubelet_pods.go: getPhase).
 */
function wasEvicted({ phase, reason, terminating }: PodSnapshot): boolean {
  return (phase === 'Failed' && reason === 'Evicted') || (phase === 'Succeeded' && terminating === null);
}

/** An evicted pod stays in the list together with its replacement. */
function evictions(snapshot: Snapshot, memories: PodMemories): Symptom[] {
  const evicted = snapshot.pods.filter(
    (pod) => pod.isNew && wasEvicted(pod) && memories.get(pod.uid)?.goneBefore !== true,
  );
  const names = [...new Set(evicted.map((pod) => pod.deployment))];
  return names.flatMap((deployment) => {
    const gone = evicted.filter((pod) => pod.deployment === deployment);
    const last = gone.at(-1);
    const evidence = `${gone.length} new pods were evicted: ${gone.map((pod) => pod.message).findLast((message) => message !== '') ?? 'the kubelet terminated them'}`;
    return gone.length < EVICTIONS || !last ? [] : [{ code: 'NODE_PRESSURE', deployment, pod: last.name, evidence }];
  });
}
