// Where a Deployment has Milvus' configuration from. Pure.
import type { V1Deployment } from '@kubernetes/client-node';

/** The name of the ConfigMap that a Deployment mounts Milvus' configuration from; empty when it mounts none. Found by the mount, since fullnameOverride and customConfigMap change its name. */
export function configMapOf(deployment: V1Deployment): string {
  const spec = deployment.spec?.template.spec;
  const mounted = new Set(
    (spec?.containers ?? [])
      .flatMap((each) => each.volumeMounts ?? [])
      .filter((each) => each.mountPath.startsWith('/milvus/configs'))
      .map((each) => each.name),
  );
  return spec?.volumes?.find((each) => each.configMap?.name !== undefined && mounted.has(each.name))?.configMap?.name ?? '';
}
