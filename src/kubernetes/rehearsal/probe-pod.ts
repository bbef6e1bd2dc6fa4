// The pod that pulls and starts the new image once on one node, and what is read of it. It is placed and secured as the Milvus pods are, and carries none of their labels.
import type { V1Container, V1ContainerState, V1ContainerStatus, V1Pod, V1PodSpec, V1PodTemplateSpec } from '@kubernetes/client-node';
import { labelValue } from '../../core/object-name.js';
import { UNOBSERVED, type ProbeSnapshot } from '../../core/checks/image-probe.js';

/** Finds the probes of a release, those of a dead run included. */
export const PROBE_LABEL = 'milvus-upgrade/probe-of';
const NODE_ANNOTATION = 'milvus-upgrade/node';
const PROBE = 'probe';
/** Before a container can be made (kubernetes/kubernetes pkg/kubelet/images/types.go). */
const NOT_YET = /^($|ErrImage|ImagePull|InvalidImage|Registry|ImageInspect|ContainerCreating|PodInitializing)/;
const RUN_ANNOTATION = 'milvus-upgrade/run';

export interface ProbeSpec {
  readonly release: string;
  readonly run: string;
  readonly image: string;
  /** Images that the pods of Milvus need beside it and that the node has not yet: they are pulled, and not run. */
  readonly others: readonly string[];
  readonly node: string;
  readonly deadlineSeconds: number;
}

/** `like` is the template of a Milvus pod that runs, or may run, on the node. */
export function probePod(wish: ProbeSpec, like: V1PodTemplateSpec): V1Pod {
  const { release, run, node } = wish;
  return {
    metadata: {
      generateName: 'milvus-upgrade-probe-',
      labels: { [PROBE_LABEL]: labelValue(release), 'app.kubernetes.io/managed-by': 'milvus-upgrade' },
      annotations: { [NODE_ANNOTATION]: node, [RUN_ANNOTATION]: run },
    },
    spec: probeSpec(wish, like.spec),
  };
}

function probeSpec({ image, others, node, deadlineSeconds }: ProbeSpec, like: V1PodSpec | undefined): V1PodSpec {
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
      // Ends at once, and tells whether the image holds what the chart calls.
      { name: PROBE, image, command: ['sh', '-c', 'command -v milvus'], terminationMessagePolicy: 'FallbackToLogsOnError', ...small(like) },
      // What such an image does when it is run nobody knows here: a program that it does not have keeps it from that.
      ...others.map((other, at) => ({ name: `only-pulled-${at + 1}`, image: other, command: ['/only-pulled'], ...small(like) })),
    ],
  };
}

function small(like: V1PodSpec | undefined): Pick<V1Container, 'resources' | 'imagePullPolicy' | 'securityContext'> {
  const { imagePullPolicy, securityContext } = like?.containers[0] ?? {};
  return {
    // A lower limit of CPU makes a start take seconds.
    resources: { requests: { cpu: '10m', memory: '32Mi' }, limits: { cpu: '200m', memory: '128Mi' } },
    ...(imagePullPolicy ? { imagePullPolicy } : {}),
    ...(securityContext ? { securityContext } : {}),
  };
}

/** What decides whether the image may be pulled and run there. */
function kept(like: V1PodSpec | undefined): Partial<V1PodSpec> {
  const { tolerations, imagePullSecrets, serviceAccountName, securityContext, runtimeClassName, schedulerName } = like ?? {};
  const desired = { tolerations, imagePullSecrets, serviceAccountName, securityContext, runtimeClassName, schedulerName };
  return Object.fromEntries(Object.entries(desired).filter(([, value]) => value !== undefined));
}

export function nodeOfProbe(pod: V1Pod): string {
  return pod.metadata?.annotations?.[NODE_ANNOTATION] ?? '';
}

/** What is seen of a probe; trouble that events tell and how long it lasts is added by who watches. */
export function readProbe(pod: V1Pod): Omit<ProbeSnapshot, 'troubledMilliseconds'> {
  const { reason = '', message = '' } = informativeOf(pod).find((each) => each.reason) ?? {};
  return { node: nodeOfProbe(pod), phase: phaseOf(pod), reason, message, exitCode: stateOf(pod).terminated?.exitCode ?? null };
}

/** That of the probe itself: what is only pulled cannot run, and the pod fails for it. */
function phaseOf(pod: V1Pod): string {
  const { terminated } = stateOf(pod);
  if (!terminated) return pod.status?.phase ?? 'Pending';
  if (othersOf(pod).some((each) => !isPulled(each))) return 'Pending';
  return terminated.exitCode === 0 ? 'Succeeded' : 'Failed';
}

/** Where a reason may stand, the most telling place first. */
function informativeOf(pod: V1Pod): { reason?: string; message?: string }[] {
  const { waiting, terminated } = stateOf(pod);
  const scheduled = pod.status?.conditions?.find((each) => each.type === 'PodScheduled');
  const unscheduled = scheduled?.status === 'False' ? scheduled : undefined;
  const unobserved = !scheduled && !pod.spec?.nodeName ? { reason: UNOBSERVED, message: 'no scheduler has looked at the pod' } : undefined;
  const others = othersOf(pod).flatMap(({ state, image }) =>
    state?.waiting ? [{ ...state.waiting, message: `${image}: ${state.waiting.message ?? ''}` }] : [],
  );
  return [waiting, ...others, terminated, unscheduled, pod.status, unobserved].filter((each) => each !== undefined);
}

/** That it cannot be made or started, with a program that is not there, comes after the pull. */
function isPulled({ state }: V1ContainerStatus): boolean {
  return !state?.waiting || !NOT_YET.test(state.waiting.reason ?? '');
}

function othersOf({ status }: V1Pod): V1ContainerStatus[] {
  return (status?.containerStatuses ?? []).filter((each) => each.name !== PROBE);
}

function stateOf({ status }: V1Pod): V1ContainerState {
  return status?.containerStatuses?.find((each) => each.name === PROBE)?.state ?? {};
}
