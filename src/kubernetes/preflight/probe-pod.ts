// The pod that pulls and starts the new image once on one node, and how to read its status. It has the scheduling
// settings of the Milvus pods, without their labels.
import type { V1Container, V1Pod, V1PodSpec, V1PodTemplateSpec } from '@kubernetes/client-node';
import type { Pod, PodContainer } from '../../core/model/pod.js';
import { placementOf } from '../observe/pod-template.js';
import { readPod } from '../observe/read-pod.js';
import { labelValue } from '../../core/lib/object-name.js';
import { UNOBSERVED, type ProbeSnapshot } from '../../core/checks/image-probe.js';

/** Selects the probe pods of a release, including those of a dead run. */
export const PROBE_LABEL = 'milvus-upgrade/probe-of';
const NODE_ANNOTATION = 'milvus-upgrade/node';
const PROBE = 'probe';
/** Reasons before a container can be created (kubernetes/kubernetes pkg/kubelet/images/types.go). */
const NOT_YET = /^($|ErrImage|ImagePull|InvalidImage|Registry|ImageInspect|ContainerCreating|PodInitializing)/;
const RUN_ANNOTATION = 'milvus-upgrade/run';

export interface ProbeSpec {
  readonly release: string;
  readonly run: string;
  readonly image: string;
  /** Other images that the Milvus pods need and that are not on the node yet: they are pulled, and not started. */
  readonly others: readonly string[];
  readonly node: string;
  readonly deadlineSeconds: number;
}

/** `like` is the template of a Milvus pod that runs, or may run, on the node. */
export function probePod(spec: ProbeSpec, template: V1PodTemplateSpec): V1Pod {
  const { release, run, node } = spec;
  return {
    metadata: {
      generateName: 'milvus-upgrade-probe-',
      labels: { [PROBE_LABEL]: labelValue(release), 'app.kubernetes.io/managed-by': 'milvus-upgrade' },
      annotations: { [NODE_ANNOTATION]: node, [RUN_ANNOTATION]: run },
    },
    spec: probeSpec(spec, template.spec),
  };
}

function probeSpec({ image, others, node, deadlineSeconds }: ProbeSpec, template: V1PodSpec | undefined): V1PodSpec {
  return {
    ...placementOf(template),
    restartPolicy: 'Never',
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 0,
    activeDeadlineSeconds: Math.max(1, Math.round(deadlineSeconds)),
    // As for the pods of a DaemonSet: the scheduler still checks taints and resources.
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] }],
        },
      },
    },
    containers: [
      // Exits at once, and shows whether the image contains the program that the chart runs.
      {
        name: PROBE,
        image,
        command: ['sh', '-c', 'command -v milvus'],
        terminationMessagePolicy: 'FallbackToLogsOnError',
        ...small(template),
      },
      // The effect of running another image is not known: a program that does not exist prevents its start.
      ...others.map((other, at) => ({
        name: `only-pulled-${at + 1}`,
        image: other,
        command: ['/only-pulled'],
        ...small(template),
      })),
    ],
  };
}

function small(
  template: V1PodSpec | undefined,
): Pick<V1Container, 'resources' | 'imagePullPolicy' | 'securityContext'> {
  const { imagePullPolicy, securityContext } = template?.containers[0] ?? {};
  return {
    // A lower CPU limit would delay the start by seconds.
    resources: { requests: { cpu: '10m', memory: '32Mi' }, limits: { cpu: '200m', memory: '128Mi' } },
    ...(imagePullPolicy ? { imagePullPolicy } : {}),
    ...(securityContext ? { securityContext } : {}),
  };
}

export function nodeOfProbe(pod: V1Pod): string {
  return pod.metadata?.annotations?.[NODE_ANNOTATION] ?? '';
}

/** The observed state of a probe; the caller adds the trouble from events and its duration. */
export function readProbe(observed: V1Pod): Omit<ProbeSnapshot, 'troubledMilliseconds'> {
  const pod = readPod(observed);
  const probe = pod.containers.find((container) => container.name === PROBE);
  const exitCode = probe?.state === 'terminated' ? (probe.lastExit?.exitCode ?? null) : null;
  const { reason, message } = informativeOf(pod, probe).find((state) => state.reason !== '') ?? NO_REASON;
  return { node: nodeOfProbe(observed), phase: phaseOf(pod, exitCode), reason, message, exitCode };
}

/** The phase of the probe container: the containers that are only pulled cannot start, and make the pod fail. */
function phaseOf(pod: Pod, exitCode: number | null): string {
  if (exitCode === null) return pod.phase || 'Pending';
  if (othersOf(pod).some((container) => !isPulled(container))) return 'Pending';
  return exitCode === 0 ? 'Succeeded' : 'Failed';
}

interface Reason {
  readonly reason: string;
  readonly message: string;
}

const NO_REASON: Reason = { reason: '', message: '' };

/** The places that can contain a reason, the most specific one first. */
function informativeOf(pod: Pod, probe: PodContainer | undefined): readonly Reason[] {
  const others = othersOf(pod).filter((container) => container.state === 'waiting');
  return [
    probe?.state === 'waiting' ? probe : NO_REASON,
    ...others.map(({ reason, message, image }) => ({ reason, message: `${image}: ${message}` })),
    probe?.state === 'terminated' ? probe : NO_REASON,
    pod.scheduling.state === 'refused' ? pod.scheduling : NO_REASON,
    pod,
    pod.scheduling.state === 'silent'
      ? { reason: UNOBSERVED, message: 'no scheduler has processed the pod' }
      : NO_REASON,
  ];
}

/** Failures to create or start the container, since the program does not exist, happen after the pull. */
function isPulled({ state, reason }: PodContainer): boolean {
  return state !== 'waiting' || !NOT_YET.test(reason);
}

function othersOf({ containers }: Pod): PodContainer[] {
  return containers.filter((container) => !container.isInit && container.name !== PROBE);
}
