// What the Deployment itself shows: pods that are not allowed, a deadline that passed, old pods that do not go, and silence.
import { kubernetesEventsOf, newPods, type DeploymentSnapshot, type Snapshot, type PodSnapshot } from './sight.js';
import { roomMayCome, type Symptom } from './symptom.js';

/** Large images on slow lines: a pull is activity for so long. */
const PULL_SECONDS = 900;
const SANDBOX_SECONDS = 300;
/** A webhook that cannot be reached may come back; a service account may still be made. */
const OUTAGE_SECONDS = 300;
/** So long after the end of its grace period a pod is not merely slow. */
const OVERDUE_MILLISECONDS = 60_000;

const QUOTA = /exceeded quota|failed quota|usage per (?:container|pod)|limit to request ratio/i;
const OUTAGE = /failed calling webhook|serviceaccount "?[^" ]+"? not found/i;

export function deploymentSymptoms(look: Snapshot): Symptom[] {
  return [
    ...look.deployments.flatMap((each) => [...failedCheck(each, look), ...deadline(each), ...silence(each, look)]),
    ...silentPods(look),
    ...draining(look),
  ];
}

function failedCheck({ name, failedCheck: words, settledSpec }: DeploymentSnapshot, look: Snapshot): Symptom[] {
  if (words === '' || !settledSpec) return [];
  const about = { deployment: name, pod: '', evidence: words };
  if (QUOTA.test(words)) return [{ ...about, code: 'QUOTA', excused: roomMayCome(look) }];
  return [{ ...about, code: 'ADMISSION_DENIED', ...(OUTAGE.test(words) ? { certainAfterSeconds: OUTAGE_SECONDS } : {}) }];
}

function deadline({ name, givenUp }: DeploymentSnapshot): Symptom[] {
  return givenUp === '' ? [] : [{ code: 'PROGRESS_DEADLINE', deployment: name, pod: '', evidence: givenUp }];
}

function silence(each: DeploymentSnapshot, look: Snapshot): Symptom[] {
  const pods = look.pods.filter((pod) => pod.deployment === each.name);
  const none = each.settledSpec && !each.paused && each.failedCheck === '' && each.updated < each.desired && !pods.some((pod) => pod.isNew || pod.terminating);
  const evidence = none ? `${each.desired} pods are wanted, and none of the new template is made` : 'its controller has not looked at the newest spec';
  if (!none && each.settledSpec) return [];
  const mark = JSON.stringify([each, pods.map((pod) => [pod.uid, pod.ready, pod.phase])]);
  return [{ code: 'NO_ACTIVITY', deployment: each.name, pod: '', evidence, mark }];
}

function silentPods(look: Snapshot): Symptom[] {
  return newPods(look).flatMap((pod) => {
    const found = silentPod(pod, look);
    return found ? [{ code: 'NO_ACTIVITY', deployment: pod.deployment, pod: pod.name, mark: `${pod.uid} ${found.evidence}`, ...found }] : [];
  });
}

type Silence = Pick<Symptom, 'evidence' | 'certainAfterSeconds' | 'reportAfterSeconds'>;

function silentPod(pod: PodSnapshot, look: Snapshot): Silence | null {
  if (pod.phase !== 'Pending' || pod.scheduling.state === 'refused') return null;
  if (pod.scheduling.state === 'silent') return { evidence: 'no scheduler has looked at the pod' };
  const reasons = pod.containers.filter((each) => each.state === 'waiting').map((each) => each.reason);
  if (pod.containers.length === 0 || pod.containers.every((each) => each.state === 'waiting' && each.reason === '')) {
    return { evidence: `the kubelet of node ${pod.node} says nothing of the pod` };
  }
  if (!reasons.includes('ContainerCreating') && !reasons.includes('PodInitializing')) return null;
  if (pod.containers.some((each) => each.state === 'running')) return null;
  const sandbox = kubernetesEventsOf(pod, look).findLast((each) => each.reason === 'FailedCreatePodSandBox');
  if (sandbox) return { evidence: `node ${pod.node} cannot make its sandbox: ${sandbox.message}`, certainAfterSeconds: SANDBOX_SECONDS };
  const evidence = `its containers are being made on node ${pod.node}; pulling the image may take long`;
  return { evidence, reportAfterSeconds: PULL_SECONDS / 3, certainAfterSeconds: PULL_SECONDS };
}

function draining(look: Snapshot): Symptom[] {
  return look.pods.flatMap(({ name, deployment, terminating, node }) => {
    if (!terminating) return [];
    const overdue = Date.parse(look.takenAt) > Date.parse(terminating.deadline) + OVERDUE_MILLISECONDS;
    const grace = `its grace period of ${terminating.graceSeconds} s ${overdue ? 'ended' : 'ends'} at ${terminating.deadline}`;
    const patience = overdue ? {} : { certainAfterSeconds: null };
    return [{ code: 'OLD_PODS_DRAINING', deployment, pod: name, evidence: `the pod ends on node ${node}; ${grace}`, ...patience }];
  });
}
