// What the pods of the migration tool have in common: scheduling and security settings of Milvus, and the volume for
// the backup. Pure.
import type { V1PodSpec, V1Volume, V1VolumeMount } from '@kubernetes/client-node';
import { placementOf } from '../observe/pod-template.js';
import { DATA, namesOf } from './names.js';

/** The tool ends on SIGTERM without cleanup. */
const END_SECONDS = 5;

export function kept(like: V1PodSpec | undefined): Partial<V1PodSpec> {
  return { ...placementOf(like), ...(like?.nodeSelector ? { nodeSelector: like.nodeSelector } : {}) };
}

export function withVolume(
  release: string,
  others: readonly V1Volume[] = [],
): Pick<
  V1PodSpec,
  'restartPolicy' | 'terminationGracePeriodSeconds' | 'automountServiceAccountToken' | 'enableServiceLinks' | 'volumes'
> {
  const backup = { name: 'backup', persistentVolumeClaim: { claimName: namesOf(release).volume } };
  return {
    restartPolicy: 'Never',
    terminationGracePeriodSeconds: END_SECONDS,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    volumes: [backup, ...others],
  };
}

export function onNode(name: string): NonNullable<V1PodSpec['affinity']> {
  const terms = [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [name] }] }];
  return { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } } };
}

export interface ContainerSpec {
  readonly name: string;
  readonly image: string;
  readonly script: string;
  /** Its `$1` and so on: values that were read from the cluster are never part of the script. */
  readonly words?: readonly string[];
  /** In addition to the volume for the backup. */
  readonly mounts?: readonly V1VolumeMount[];
}

export function container(
  { name, image, script, words = [], mounts = [] }: ContainerSpec,
  like: V1PodSpec | undefined,
): V1PodSpec['containers'][0] {
  const { imagePullPolicy, securityContext } = like?.containers[0] ?? {};
  return {
    name,
    image,
    command: ['sh', '-c', script, ...(words.length > 0 ? ['sh', ...words] : [])],
    resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '2Gi' } },
    terminationMessagePolicy: 'FallbackToLogsOnError',
    ...(imagePullPolicy ? { imagePullPolicy } : {}),
    ...(securityContext ? { securityContext } : {}),
    volumeMounts: [{ name: 'backup', mountPath: DATA }, ...mounts],
  };
}
