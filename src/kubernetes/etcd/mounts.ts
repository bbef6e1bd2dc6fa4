// Finds the key of the Secret or ConfigMap that a file of a container comes from. Pure.
import type { V1Container, V1KeyToPath, V1Volume, V1VolumeMount } from '@kubernetes/client-node';
import { withoutEnd } from '../../core/lib/text-scan.js';

/** A key of a Secret or ConfigMap in the namespace of Milvus. */
export interface Reference {
  readonly kind: 'secret' | 'configmap';
  readonly name: string;
  readonly key: string;
}

interface Source {
  readonly kind: Reference['kind'];
  readonly name: string;
  readonly items: readonly V1KeyToPath[];
}

/** Null if the path is in the image, or on a volume that the API server cannot read. */
export function mountedFrom(
  path: string,
  container: V1Container | undefined,
  volumes: readonly V1Volume[],
): Reference | null {
  const mount = (container?.volumeMounts ?? [])
    .filter(({ mountPath }) => path === mountPath || path.startsWith(`${withoutEnd(mountPath, '/')}/`))
    .sort((a, b) => b.mountPath.length - a.mountPath.length)[0];
  const volume = volumes.find((volume) => volume.name === mount?.name);
  if (!mount || !volume) return null;
  const file = fileWithin(path, mount);
  const found = sourcesOf(volume).map(({ kind, name, items }) => ({
    kind,
    name,
    key: items.length === 0 ? file : keyOf(file, items),
  }));
  // Several sources without a list of keys cannot be distinguished here; in most manifests, the first one is right.
  return found.find(({ key }) => key !== '') ?? null;
}

function fileWithin(path: string, { mountPath, subPath = '' }: V1VolumeMount): string {
  const below = path.slice(mountPath.length).replace(/^\/+/, '');
  return [subPath, below].filter((part) => part !== '').join('/');
}

function keyOf(file: string, items: readonly V1KeyToPath[]): string {
  return items.find((item) => item.path === file)?.key ?? '';
}

function sourcesOf({ secret, configMap, projected }: V1Volume): readonly Source[] {
  const parts = [
    { secret: secret && { name: secret.secretName, items: secret.items }, configMap },
    ...(projected?.sources ?? []),
  ];
  return parts.flatMap((part): Source[] => [
    ...(part.secret ? [{ kind: 'secret' as const, name: part.secret.name ?? '', items: part.secret.items ?? [] }] : []),
    ...(part.configMap
      ? [{ kind: 'configmap' as const, name: part.configMap.name ?? '', items: part.configMap.items ?? [] }]
      : []),
  ]);
}
