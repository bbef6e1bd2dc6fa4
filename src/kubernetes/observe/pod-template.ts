// What a pod of this action takes over from the template of a Milvus pod, so that it may run where Milvus runs. Pure.
import type { V1PodSpec } from '@kubernetes/client-node';

const FIELDS = [
  'tolerations',
  'imagePullSecrets',
  'serviceAccountName',
  'securityContext',
  'runtimeClassName',
  'schedulerName',
] as const satisfies readonly (keyof V1PodSpec)[];

/** Everything but the selection of a node. */
export function placementOf(template: V1PodSpec | undefined): Partial<V1PodSpec> {
  return Object.fromEntries(
    FIELDS.map((field) => [field, template?.[field]]).filter(([, value]) => value !== undefined),
  ) as Partial<V1PodSpec>;
}
