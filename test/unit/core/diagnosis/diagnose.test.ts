// Pods that do not become ready, second by second: when a cause is reported, and when it is certain.
import { describe, expect, it } from '@jest/globals';
import type { CoreV1Event, V1Deployment, V1Pod } from '@kubernetes/client-node';
import { diagnose, type History } from '../../../../src/core/diagnosis/diagnose.js';
import { readKubernetesEvents } from '../../../../src/kubernetes/observe/read-events.js';
import { readDeploymentSnapshots, readPodSnapshots } from '../../../../src/kubernetes/observe/read-pods.js';
import {
  at,
  container,
  deployment,
  ended,
  event,
  givenUp,
  IMAGE,
  pod,
  progressing,
  refused,
  replicaFailure,
  running,
  waiting,
} from '../../../support/pods.js';
import type { CauseCode } from '../../../../src/core/model/cause-code.js';

/** The objects of an API server; the default is one Deployment, no pods and no events. */
interface Platform {
  readonly deployments?: readonly V1Deployment[];
  readonly pods?: readonly V1Pod[];
  readonly events?: readonly CoreV1Event[];
  readonly isCurrent?: boolean;
}

interface Course {
  /** The second at which the code was first reported, and first certain; null for never. */
  readonly reported: number | null;
  readonly certain: number | null;
  /** Every reported code, and the codes of the last observation in order. */
  readonly codes: readonly string[];
  readonly last: readonly string[];
  readonly evidence: string;
}

/** Observes once per second until the code is certain. The objects can depend on the second. */
function watch(code: CauseCode, platform: (second: number) => Platform, seconds = 700): Course {
  let history: History | null = null;
  let [reported, certain, evidence]: [number | null, number | null, string] = [null, null, ''];
  const codes = new Set<string>();
  let last: readonly string[] = [];
  for (let second = 0; second <= seconds && certain === null; second += 1) {
    const { deployments = [deployment()], pods = [], events = [], isCurrent = true } = platform(second);
    const snapshots = readPodSnapshots(deployments, pods);
    const kubernetesEvents = readKubernetesEvents(events, snapshots);
    const found = diagnose(history, {
      takenAt: at(second).toISOString(),
      isCurrent,
      deployments: readDeploymentSnapshots(deployments),
      pods: snapshots,
      kubernetesEvents,
    });
    history = found.history;
    last = found.causes.map((cause) => cause.code);
    for (const found of last) codes.add(found);
    const cause = found.causes.find((candidate) => candidate.code === code);
    if (cause) [reported, evidence] = [reported ?? second, cause.evidence];
    if (cause?.certain) certain = second;
  }
  return { reported, certain, codes: [...codes], last, evidence };
}

const READY = pod({ ready: true, containers: [container(running(0), { ready: true })] });
const STARTING = (role: string): V1Pod => pod({ role, containers: [container(running(0), { name: role })] });
const OLD = pod({ isOld: true, id: 'old', ready: true, containers: [container(running(-900), { ready: true })] });
const LEAVING = pod({ isOld: true, id: 'old', containers: [container(running(-900))], deletedAt: at(1030) });
const HEALTHY: Platform = { deployments: [deployment({ ready: 1 })], pods: [READY] };

const notFound = `failed to pull and unpack image "${IMAGE}": failed to resolve reference "${IMAGE}": ${IMAGE}: not found`;
const timeout = `failed to do request: Head "https://registry-1.docker.io/v2/": dial tcp: i/o timeout`;
const pulling = (reason: string, message: string): V1Pod => pod({ containers: [container(waiting(reason, message))] });
const backOff = pulling('ImagePullBackOff', `Back-off pulling image "${IMAGE}"`);
const flapping =
  (message: string) =>
  (second: number): Platform => ({ pods: [second % 15 < 2 ? pulling('ErrImagePull', message) : backOff] });

/**
 * A container that runs for `runsFor` seconds, then is in a back-off of 10 s, which doubles, like that of a kubelet.
 */
function crashing(runsFor: number, exit = { code: 1, reason: 'Error' }): (second: number) => Platform {
  return (second) => {
    let [start, backOffSeconds, restarts] = [0, 10, 0];
    for (;;) {
      const end = start + runsFor;
      const last = restarts > 0 ? { lastState: ended(start - backOffSeconds / 2, exit.code, exit.reason) } : {};
      if (second < end)
        return { pods: [pod({ containers: [container(running(start), { restartCount: restarts, ...last })] })] };
      if (second < end + backOffSeconds) {
        const lastState = ended(end, exit.code, exit.reason);
        return {
          pods: [
            pod({
              containers: [container(waiting('CrashLoopBackOff', 'back-off'), { restartCount: restarts, lastState })],
            }),
          ],
        };
      }
      [start, backOffSeconds, restarts] = [end + backOffSeconds, Math.min(300, backOffSeconds * 2), restarts + 1];
    }
  };
}

const noNode =
  '0/3 nodes are available: 3 Insufficient memory. preemption: 0/3 nodes are available: 3 No preemption victims found for incoming pod.';
const unplaced = (message: string, over = {}): V1Pod => pod({ node: '', conditions: [refused(message)], ...over });
const quota =
  'pods "my-milvus-proxy-new-x" is forbidden: exceeded quota: q, requested: pods=1, used: pods=3, limited: pods=3';
const denied = 'admission webhook "policy.example.com" denied the request: image is not signed';
const outage = 'Internal error occurred: failed calling webhook "policy.example.com": connection refused';
const refusing = (message: string): V1Deployment =>
  deployment({ updated: 0, conditions: [progressing(), replicaFailure(message)] });
const unready = (since: number): V1Pod => pod({ containers: [container(running(since))] });
const readinessFails = (second: number): CoreV1Event =>
  event(unready(0), 'Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 500', second, {
    firstTimestamp: at(90),
    count: 3,
  });
const making = pod({ containers: [container(waiting('ContainerCreating'))] });
const endedWell = (id: string): V1Pod => pod({ id, phase: 'Succeeded', containers: [] });
const evicted = (id: string): V1Pod =>
  pod({ id, phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: memory.', containers: [] });
const after =
  (second: number, platform: Platform) =>
  (now: number): Platform =>
    now < second ? HEALTHY : platform;

describe('the diagnosis', () => {
  const rows: readonly [
    CauseCode,
    string,
    (second: number) => Platform,
    { reported: number | null; certain: number | null },
  ][] = [
    [
      'IMAGE_NOT_FOUND',
      'is certain after 20 s of a pull that does not find the image',
      () => ({ pods: [pulling('ErrImagePull', notFound)] }),
      { reported: 0, certain: 20 },
    ],
    [
      'IMAGE_NOT_FOUND',
      'is detected late in a run',
      after(400, { pods: [pulling('ErrImagePull', notFound)] }),
      { reported: 400, certain: 420 },
    ],
    [
      'IMAGE_NOT_FOUND',
      'keeps its clock while it flaps, and its message during a back-off without one',
      flapping(notFound),
      { reported: 0, certain: 20 },
    ],
    [
      'IMAGE_NOT_FOUND',
      'is read from an event if the pod only reports a back-off',
      () => ({
        pods: [backOff],
        events: [event(backOff, 'Failed', `Failed to pull image "${IMAGE}": manifest unknown`)],
      }),
      { reported: 0, certain: 20 },
    ],
    [
      'IMAGE_NOT_FOUND',
      'is reported for an invalid image name',
      () => ({ pods: [pulling('InvalidImageName', 'couldn’t parse image name')] }),
      { reported: 0, certain: 20 },
    ],
    [
      'IMAGE_NOT_FOUND',
      'is dropped once the image is pulled',
      (now) => (now < 15 ? { pods: [pulling('ErrImagePull', notFound)] } : { pods: [READY] }),
      { reported: 0, certain: null },
    ],
    [
      'IMAGE_NOT_FOUND',
      'is not reported for an old pod',
      () => ({ pods: [pod({ isOld: true, containers: [container(waiting('ErrImagePull', notFound))] })] }),
      { reported: null, certain: null },
    ],
    ['IMAGE_PULL_TRANSIENT', 'never fails a run', flapping(timeout), { reported: 5, certain: null }],

    ['CRASH_LOOP', 'is certain after 120 s in the back-off', crashing(3), { reported: 3, certain: 132 }],
    [
      'CRASH_LOOP',
      'is not certain if the container recovers',
      (now) => (now < 40 ? crashing(5)(now) : HEALTHY),
      { reported: 5, certain: null },
    ],
    [
      'CRASH_LOOP',
      'is not certain if the third start keeps running, even if it becomes ready slowly',
      (now) =>
        now < 45 ? crashing(5)(now) : { pods: [pod({ containers: [container(running(45), { restartCount: 2 })] })] },
      { reported: 5, certain: null },
    ],
    [
      'CRASH_LOOP',
      'waits while an old pod of the Deployment is terminating',
      (now) => ({ pods: [...(crashing(3)(now).pods ?? []), LEAVING] }),
      { reported: 3, certain: null },
    ],
    [
      'CRASH_LOOP',
      'is not certain because of restarts before the run alone',
      () => ({
        pods: [
          pod({ containers: [container(waiting('CrashLoopBackOff'), { restartCount: 9, lastState: ended(-60) })] }),
        ],
      }),
      { reported: 0, certain: null },
    ],
    [
      'OOM_KILLED',
      'is certain after the second kill',
      crashing(20, { code: 137, reason: 'OOMKilled' }),
      { reported: 20, certain: 50 },
    ],

    [
      'CONFIG_MISSING',
      'is certain after 20 s',
      () => ({ pods: [pulling('CreateContainerConfigError', 'secret "minio" not found')] }),
      { reported: 3, certain: 20 },
    ],
    [
      'CONFIG_MISSING',
      'is read from a failed mount',
      () => ({
        pods: [making],
        events: [
          event(making, 'FailedMount', 'MountVolume.SetUp failed for volume "c" : configmap "my-milvus" not found'),
        ],
      }),
      { reported: 3, certain: 20 },
    ],
    [
      'CONFIG_MISSING',
      'is resolved when the Secret is created',
      (now) => (now < 15 ? { pods: [pulling('CreateContainerConfigError', 'secret "minio" not found')] } : HEALTHY),
      { reported: 3, certain: null },
    ],

    [
      'UNSCHEDULABLE',
      'is certain after 60 s',
      () => ({ pods: [OLD, unplaced(noNode)] }),
      { reported: 10, certain: 60 },
    ],
    [
      'UNSCHEDULABLE',
      'waits while terminating old pods free capacity',
      () => ({ pods: [LEAVING, unplaced(noNode)] }),
      { reported: 10, certain: null },
    ],
    [
      'UNSCHEDULABLE',
      'waits while new pods start, which then replace old ones',
      (now) => ({
        pods: [unplaced(noNode), ...(now < 100 ? [STARTING('datanode')] : [])],
        deployments: [deployment(), deployment({ role: 'datanode' })],
      }),
      { reported: 10, certain: 160 },
    ],
    [
      'UNSCHEDULABLE',
      'is certain after ten minutes while the cluster autoscaler adds a node',
      () => ({
        pods: [unplaced(noNode)],
        events: [event(unplaced(noNode), 'TriggeredScaleUp', 'pod triggered scale-up', 5, { type: 'Normal' })],
      }),
      { reported: 10, certain: 600 },
    ],
    [
      'PVC_UNBOUND',
      'is certain after 60 s',
      () => ({
        pods: [unplaced('0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found')],
      }),
      { reported: 10, certain: 60 },
    ],
    [
      'NODE_PRESSURE',
      'is certain 30 s after the second eviction',
      (now) => ({ pods: [making, ...(now > 5 ? [evicted('x')] : []), ...(now > 100 ? [evicted('y')] : [])] }),
      { reported: 106, certain: 131 },
    ],
    [
      'NODE_PRESSURE',
      'is reported for pods that exited cleanly when they were evicted',
      (now) => ({ pods: [making, ...(now > 5 ? [endedWell('x')] : []), ...(now > 100 ? [endedWell('y')] : [])] }),
      { reported: 106, certain: 131 },
    ],
    [
      'NODE_PRESSURE',
      'is not reported for evictions before the run',
      () => ({ pods: [making, evicted('x'), evicted('y')] }),
      { reported: null, certain: null },
    ],
    [
      'NODE_PRESSURE',
      'is certain after 30 s of a taint',
      () => ({
        pods: [
          unplaced('0/1 nodes are available: 1 node(s) had untolerated taint {node.kubernetes.io/disk-pressure: }.'),
        ],
      }),
      { reported: 5, certain: 30 },
    ],

    ['QUOTA', 'is certain after 20 s', () => ({ deployments: [refusing(quota)] }), { reported: 5, certain: 20 }],
    [
      'QUOTA',
      'waits for old pods to terminate, and as long again for the next try',
      (now) => ({ deployments: [refusing(quota)], pods: now < 100 ? [LEAVING] : [] }),
      { reported: 5, certain: 220 },
    ],
    [
      'QUOTA',
      'is resolved when the quota has capacity',
      (now) => (now < 15 ? { deployments: [refusing(quota)] } : HEALTHY),
      { reported: 5, certain: null },
    ],
    [
      'ADMISSION_DENIED',
      'is certain after 20 s',
      () => ({ deployments: [refusing(denied)] }),
      { reported: 5, certain: 20 },
    ],
    [
      'ADMISSION_DENIED',
      'is certain after five minutes of an unavailable webhook',
      () => ({ deployments: [refusing(outage)] }),
      { reported: 5, certain: 300 },
    ],

    [
      'PROBE_FAILING',
      'is certain 300 s after the start',
      (now) => ({ pods: [unready(0)], events: now >= 90 ? [readinessFails(now)] : [] }),
      { reported: 90, certain: 300 },
    ],
    [
      'PROBE_FAILING',
      'keeps its start time if the probe passes once',
      (now) => ({ pods: [now % 100 === 99 ? READY : unready(0)], events: now >= 90 ? [readinessFails(now)] : [] }),
      { reported: 90, certain: 306 },
    ],
    [
      'PROBE_FAILING',
      'is not certain without a reported probe failure',
      () => ({ pods: [unready(0)] }),
      { reported: 300, certain: null },
    ],
    [
      'PROBE_FAILING',
      'is resolved when the pod becomes ready',
      (now) => ({ pods: [now < 280 ? unready(0) : READY], events: now >= 90 ? [readinessFails(now)] : [] }),
      { reported: 90, certain: null },
    ],

    [
      'PROGRESS_DEADLINE',
      'is certain at once',
      () => ({ deployments: [deployment({ conditions: [givenUp()] })], pods: [unready(0)] }),
      { reported: 0, certain: 0 },
    ],
    [
      'NO_ACTIVITY',
      'is reported for a controller that does not respond',
      () => ({ deployments: [deployment({ observedGeneration: 1 })] }),
      { reported: 60, certain: 120 },
    ],
    [
      'NO_ACTIVITY',
      'is reported for a pod that is not created',
      () => ({ deployments: [deployment({ updated: 0 })] }),
      { reported: 60, certain: 120 },
    ],
    [
      'NO_ACTIVITY',
      'is reported for a scheduler that does not respond',
      () => ({ pods: [pod({ node: '', conditions: [] })] }),
      { reported: 60, certain: 120 },
    ],
    [
      'NO_ACTIVITY',
      'is reported for a kubelet that does not respond',
      () => ({ pods: [pod({})] }),
      { reported: 60, certain: 120 },
    ],
    [
      'NO_ACTIVITY',
      'restarts its clock after progress',
      (now) => ({ pods: [now < 100 ? pod({ node: '', conditions: [] }) : pod({})] }),
      { reported: 60, certain: 220 },
    ],
    [
      'NO_ACTIVITY',
      'is not certain while an image is pulled for ten minutes',
      (now) => (now < 600 ? { pods: [making] } : HEALTHY),
      { reported: 300, certain: null },
    ],
    [
      'OLD_PODS_DRAINING',
      'is reported after a minute, and certain a minute after the grace period',
      () => ({ pods: [pod({ isOld: true, containers: [], deletedAt: at(300) })] }),
      { reported: 60, certain: 360 },
    ],
  ];
  it.each(rows)('%s %s', (code, _, platform, expected) => {
    const { reported, certain } = watch(code, platform);
    expect({ reported, certain }).toEqual(expected);
  });

  it('reports nothing for a slow but successful rollout', () => {
    const rollout = (now: number): Platform => {
      if (now < 3) return { pods: [OLD, pod({ node: '', conditions: [] })] };
      if (now < 40) return { pods: [OLD, making] };
      if (now < 160) return { pods: [OLD, unready(40)] };
      return now < 190 ? { pods: [READY, LEAVING] } : HEALTHY;
    };
    expect(watch('NO_ACTIVITY', rollout, 600).codes).toEqual([]);
  });

  it('reaches no certainty while the watches are broken', () => {
    const broken = (now: number): Platform => ({ pods: [unplaced(noNode)], isCurrent: now < 30 || now > 300 });
    expect(watch('UNSCHEDULABLE', broken)).toMatchObject({ reported: 10, certain: 332 });
  });

  it('restarts with a new template', () => {
    const replaced = (now: number): Platform => {
      if (now < 15) return { pods: [pulling('ErrImagePull', notFound)] };
      const next = { ...progressing(), message: 'ReplicaSet "my-milvus-proxy-newer" is progressing.' };
      const fresh = pulling('ErrImagePull', notFound);
      const metadata = {
        ...fresh.metadata,
        ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'my-milvus-proxy-newer', uid: 'n' }],
        labels: { component: 'proxy', 'pod-template-hash': 'newer' },
      };
      return { deployments: [deployment({ conditions: [next] })], pods: [{ ...fresh, metadata }] };
    };
    expect(watch('IMAGE_NOT_FOUND', replaced).certain).toBe(35);
  });

  it('reports a failing probe, not a crash, if the kubelet killed the container twice because of its liveness probe', () => {
    const killed = (now: number): Platform => {
      const platform = crashing(120, { code: 137, reason: 'Error' })(now);
      return {
        ...platform,
        events: [
          event(unready(0), 'Unhealthy', 'Liveness probe failed: connection refused', now, { firstTimestamp: at(90) }),
        ],
      };
    };
    const course = watch('PROBE_FAILING', killed);
    expect(course.certain).toBe(250);
    expect(course.codes).not.toContain('CRASH_LOOP');
  });

  it('contains the exit code, reason and message', () => {
    expect(watch('CRASH_LOOP', crashing(3, { code: 134, reason: 'Error' })).evidence).toMatch(
      /terminated \d+ times, most recently with exit code 134 \(Error\)/,
    );
    expect(watch('IMAGE_NOT_FOUND', flapping(notFound)).evidence).toContain('failed to resolve reference');
    expect(watch('OOM_KILLED', crashing(20, { code: 137, reason: 'OOMKilled' })).evidence).toContain('OOMKilled');
    expect(watch('QUOTA', () => ({ deployments: [refusing(quota)] })).evidence).toContain('exceeded quota: q');
    const claimed = unplaced('pod has unbound immediate PersistentVolumeClaims.', { claim: 'data-0' });
    const failed = event(claimed, 'ProvisioningFailed', 'storageclass "fast" not found', 0, {
      involvedObject: { kind: 'PersistentVolumeClaim', name: 'data-0', uid: 'p' },
    });
    expect(watch('PVC_UNBOUND', () => ({ pods: [claimed], events: [failed] })).evidence).toContain(
      'storageclass "fast" not found',
    );
  });

  it('reports the specific cause before the deadline of the Deployment', () => {
    const platform = {
      deployments: [deployment({ conditions: [givenUp()] })],
      pods: [pulling('ErrImagePull', timeout)],
    };
    expect(watch('IMAGE_PULL_TRANSIENT', () => platform, 10).last).toEqual([
      'IMAGE_PULL_TRANSIENT',
      'PROGRESS_DEADLINE',
    ]);
  });

  it('returns when to observe again, so that no run waits for the next change', () => {
    const pods = readPodSnapshots([deployment()], [unplaced(noNode)]);
    const look = {
      takenAt: at(0).toISOString(),
      isCurrent: true,
      deployments: readDeploymentSnapshots([deployment()]),
      pods,
      kubernetesEvents: [],
    };
    const first = diagnose(null, look);
    expect(first.nextInSeconds).toBe(10);
    const second = diagnose(first.history, { ...look, takenAt: at(10).toISOString() });
    expect(second.nextInSeconds).toBe(50);
    const third = diagnose(second.history, { ...look, takenAt: at(60).toISOString() });
    expect(third.causes).toEqual([
      expect.objectContaining({ code: 'UNSCHEDULABLE', certain: true, since: at(0).toISOString() }),
    ]);
    expect(third.nextInSeconds).toBeNull();
  });

  it('observes an old pod again as soon as it is a minute beyond its grace period', () => {
    const look = (now: number): Parameters<typeof diagnose>[1] => ({
      takenAt: at(now).toISOString(),
      isCurrent: true,
      deployments: readDeploymentSnapshots([deployment()]),
      pods: readPodSnapshots([deployment()], [pod({ isOld: true, containers: [], deletedAt: at(9) })]),
      kubernetesEvents: [],
    });
    const reported = diagnose(diagnose(null, look(0)).history, look(60));
    expect(reported.nextInSeconds).toBe(9);
    expect(diagnose(reported.history, look(69)).causes).toEqual([
      expect.objectContaining({ code: 'OLD_PODS_DRAINING', certain: true }),
    ]);
  });
});
