// Symptoms of the Deployment: rejected pods, an exceeded deadline, old pods that do not terminate, and missing
// activity.
import { isStarting } from '../model/pod.js';
import { kubernetesEventsOf, newPods, type DeploymentSnapshot, type Snapshot, type PodSnapshot } from './snapshot.js';
import { mayFreeCapacity, type Symptom } from './symptom.js';

/** How long pulling an image counts as activity: large images on slow connections. */
const PULL_SECONDS = 900;
const SANDBOX_SECONDS = 300;
/** An unreachable webhook may recover; a missing service account may still be created. */
const OUTAGE_SECONDS = 300;
/** A pod that exists this long after its grace period is not only slow. */
const OVERDUE_MILLISECONDS = 60_000;

const QUOTA = /exceeded quota|failed quota|usage per (?:container|pod)|limit to request ratio/i;
const OUTAGE = /failed calling webhook|serviceaccount "?[^" ]+"? not found/i;

export function deploymentSymptoms(snapshot: Snapshot): Symptom[] {
  return [
    ...snapshot.deployments.flatMap((deployment) => [
      ...failedCheck(deployment, snapshot),
      ...deadline(deployment),
      ...silence(deployment, snapshot),
    ]),
    ...silentPods(snapshot),
    ...draining(snapshot),
  ];
}

function failedCheck({ name, failedCheck: message, settledSpec }: DeploymentSnapshot, snapshot: Snapshot): Symptom[] {
  if (message === '' || !settledSpec) return [];
  const about = { deployment: name, pod: '', evidence: message };
  if (QUOTA.test(message)) return [{ ...about, code: 'QUOTA', excused: mayFreeCapacity(snapshot) }];
  return [
    { ...about, code: 'ADMISSION_DENIED', ...(OUTAGE.test(message) ? { certainAfterSeconds: OUTAGE_SECONDS } : {}) },
  ];
}

function deadline({ name, givenUp }: DeploymentSnapshot): Symptom[] {
  return givenUp === '' ? [] : [{ code: 'PROGRESS_DEADLINE', deployment: name, pod: '', evidence: givenUp }];
}

function silence(deployment: DeploymentSnapshot, snapshot: Snapshot): Symptom[] {
  const pods = snapshot.pods.filter((pod) => pod.deployment === deployment.name);
  const none =
    deployment.settledSpec &&
    !deployment.paused &&
    deployment.failedCheck === '' &&
    deployment.updated < deployment.desired &&
    !pods.some((pod) => pod.isNew || pod.terminating);
  const evidence = none
    ? `${deployment.desired} pods are desired, and no pod of the new template exists`
    : 'its controller has not observed the latest spec';
  if (!none && deployment.settledSpec) return [];
  const mark = JSON.stringify([deployment, pods.map((pod) => [pod.uid, pod.ready, pod.phase])]);
  return [{ code: 'NO_ACTIVITY', deployment: deployment.name, pod: '', evidence, mark }];
}

function silentPods(snapshot: Snapshot): Symptom[] {
  return newPods(snapshot).flatMap((pod) => {
    const found = silentPod(pod, snapshot);
    return found
      ? [
          {
            code: 'NO_ACTIVITY',
            deployment: pod.deployment,
            pod: pod.name,
            mark: `${pod.uid} ${found.evidence}`,
            ...found,
          },
        ]
      : [];
  });
}

type Silence = Pick<Symptom, 'evidence' | 'certainAfterSeconds' | 'reportAfterSeconds'>;

function silentPod(pod: PodSnapshot, snapshot: Snapshot): Silence | null {
  if (pod.phase !== 'Pending' || pod.scheduling.state === 'refused') return null;
  if (pod.scheduling.state === 'silent') return { evidence: 'no scheduler has processed the pod' };
  if (
    pod.containers.length === 0 ||
    pod.containers.every((container) => container.state === 'waiting' && container.reason === '')
  ) {
    return { evidence: `the kubelet of node ${pod.node} reports no status for the pod` };
  }
  if (!pod.containers.some(isStarting)) return null;
  if (pod.containers.some((container) => container.state === 'running')) return null;
  const sandbox = kubernetesEventsOf(pod, snapshot).findLast((event) => event.reason === 'FailedCreatePodSandBox');
  if (sandbox)
    return {
      evidence: `node ${pod.node} cannot create the pod sandbox: ${sandbox.message}`,
      certainAfterSeconds: SANDBOX_SECONDS,
    };
  const evidence = `its containers are being created on node ${pod.node}; pulling the image can take several minutes`;
  return { evidence, reportAfterSeconds: PULL_SECONDS / 3, certainAfterSeconds: PULL_SECONDS };
}

function draining(snapshot: Snapshot): Symptom[] {
  return snapshot.pods.flatMap(({ name, deployment, terminating, node }) => {
    if (!terminating) return [];
    const left = Date.parse(terminating.deadline) + OVERDUE_MILLISECONDS - Date.parse(snapshot.takenAt);
    const overdue = left <= 0;
    const grace = `its grace period of ${terminating.graceSeconds} s ${overdue ? 'ended' : 'ends'} at ${terminating.deadline}`;
    const patience = overdue ? {} : { certainAfterSeconds: null, recheckInSeconds: left / 1000 };
    return [
      {
        code: 'OLD_PODS_DRAINING',
        deployment,
        pod: name,
        evidence: `the pod is terminating on node ${node}; ${grace}`,
        ...patience,
      },
    ];
  });
}
