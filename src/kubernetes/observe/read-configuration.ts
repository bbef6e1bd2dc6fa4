// Finds the ConfigMap with the Milvus configuration of a Deployment. Pure.
import type { V1Deployment } from '@kubernetes/client-node';

/**
 * The name of the ConfigMap from which a Deployment mounts the Milvus configuration; empty if it mounts none. Found by
 * the mount, since fullnameOverride and customConfigMap change its name.
 */
export function configMapOf(deployment: V1Deployment): string {
  const spec = deployment.spec?.template.spec;
  const mounted = new Set(
    (spec?.containers ?? [])
      .flatMap((container) => container.volumeMounts ?? [])
      .filter((mount) => mount.mountPath.startsWith('/milvus/configs'))
      .map((mount) => mount.name),
  );
  return (
    spec?.volumes?.find((volume) => volume.configMap?.name !== undefined && mounted.has(volume.name))?.configMap
      ?.name ?? ''
  );
}
