// The pod that pulls and starts the new image once on one node, and what is read of it. It is placed and secured as the Milvus pods are, and carries none of their labels.
import type { V1ContainerState, V1Pod, V1PodSpec, V1PodTemplateSpec } from '@kubernetes/client-node';
import { UNSEEN, type ProbeSight } from '../../core/checks/image-probe.js';

/** Finds the probes of a release, those of a dead run included. */
export const PROBE_LABEL = 'milvus-upgrade/probe-of';
const NODE_ANNOTATION = 'milvus-upgrade/node';
const RUN_ANNOTATION = 'milvus-upgrade/run';

export interface ProbeWish {
  readonly release: string;
  readonly run: string;
  readonly image: string;
  readonly node: string;
  readonly deadlineSeconds: number;
}

/** `like` is the template of a Milvus pod that runs, or may run, on the node. */
export function probePod({ release, run, image, node, deadlineSeconds }: ProbeWish, like: V1PodTemplateSpec): V1Pod {
  return {
    metadata: {
      generateName: 'milvus-upgrade-probe-',
      labels: { [PROBE_LABEL]: release, 'app.kubernetes.io/managed-by': 'milvus-upgrade' },
      annotations: { [NODE_ANNOTATION]: node, [RUN_ANNOTATION]: run },
    },
    spec: probeSpec(image, node, deadlineSeconds, like.spec),
  };
}

function probeSpec(image: string, node: string, deadlineSeconds: number, like: V1PodSpec | undefined): V1PodSpec {
  const { imagePullPolicy, securityContext } = like?.containers[0] ?? {};
  const requests = { cpu: '10m', memory: '32Mi' };
  return {
    ...kept(like),
    restartPolicy: 'Never',
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 0,
    activeDeadlineSeconds: Math.max(1, Math.round(deadlineSeconds)),
    // As a DaemonSet places its pods: the scheduler still looks at taints and room.
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] }] },
      },
    },
    containers: [
      {
        name: 'probe',
        image,
        // Ends at once, and tells whether the image holds what the chart calls.
        command: ['sh', '-c', 'command -v milvus'],
        // A lower limit of CPU makes a start take seconds.
        resources: { requests, limits: { cpu: '200m', memory: '128Mi' } },
        terminationMessagePolicy: 'FallbackToLogsOnError',
        ...(imagePullPolicy ? { imagePullPolicy } : {}),
        ...(securityContext ? { securityContext } : {}),
      },
    ],
  };
}

/** What decides whether the image may be pulled and run there. */
function kept(like: V1PodSpec | undefined): Partial<V1PodSpec> {
  const { tolerations, imagePullSecrets, serviceAccountName, securityContext, runtimeClassName, schedulerName } = like ?? {};
  const wanted = { tolerations, imagePullSecrets, serviceAccountName, securityContext, runtimeClassName, schedulerName };
  return Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));
}

export function nodeOfProbe(pod: V1Pod): string {
  return pod.metadata?.annotations?.[NODE_ANNOTATION] ?? '';
}

/** What is seen of a probe; trouble that events tell and how long it lasts is added by who watches. */
export function readProbe(pod: V1Pod): Omit<ProbeSight, 'troubledMilliseconds'> {
  const { reason = '', message = '' } = tellingOf(pod).find((each) => each.reason) ?? {};
  return { node: nodeOfProbe(pod), phase: pod.status?.phase ?? 'Pending', reason, message, exitCode: stateOf(pod).terminated?.exitCode ?? null };
}

/** Where a reason may stand, the most telling place first. */
function tellingOf(pod: V1Pod): { reason?: string; message?: string }[] {
  const { waiting, terminated } = stateOf(pod);
  const scheduled = pod.status?.conditions?.find((each) => each.type === 'PodScheduled');
  const unscheduled = scheduled?.status === 'False' ? scheduled : undefined;
  const unseen = !scheduled && !pod.spec?.nodeName ? { reason: UNSEEN, message: 'no scheduler has looked at the pod' } : undefined;
  return [waiting, terminated, unscheduled, pod.status, unseen].filter((each) => each !== undefined);
}

function stateOf({ status }: V1Pod): V1ContainerState {
  return status?.containerStatuses?.[0]?.state ?? {};
}
