// Which key of which Secret or ConfigMap a file of a container comes from. Pure.
import type { V1Container, V1KeyToPath, V1Volume, V1VolumeMount } from '@kubernetes/client-node';
import { withoutEnd } from '../../core/text-scan.js';

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

/** Null where the path is in the image, or on a volume that the API server cannot show. */
export function mountedFrom(path: string, container: V1Container | undefined, volumes: readonly V1Volume[]): Reference | null {
  const mount = (container?.volumeMounts ?? [])
    .filter(({ mountPath }) => path === mountPath || path.startsWith(`${withoutEnd(mountPath, '/')}/`))
    .sort((one, other) => other.mountPath.length - one.mountPath.length)[0];
  const volume = volumes.find((each) => each.name === mount?.name);
  if (!mount || !volume) return null;
  const file = fileWithin(path, mount);
  const found = sourcesOf(volume).map(({ kind, name, items }) => ({ kind, name, key: items.length === 0 ? file : keyOf(file, items) }));
  // Several sources without a list of keys cannot be told apart from here; the first is the one that is meant in most manifests.
  return found.find(({ key }) => key !== '') ?? null;
}

function fileWithin(path: string, { mountPath, subPath = '' }: V1VolumeMount): string {
  const below = path.slice(mountPath.length).replace(/^\/+/, '');
  return [subPath, below].filter((each) => each !== '').join('/');
}

function keyOf(file: string, items: readonly V1KeyToPath[]): string {
  return items.find((each) => each.path === file)?.key ?? '';
}

function sourcesOf({ secret, configMap, projected }: V1Volume): readonly Source[] {
  const parts = [{ secret: secret && { name: secret.secretName, items: secret.items }, configMap }, ...(projected?.sources ?? [])];
  return parts.flatMap((each): Source[] => [
    ...(each.secret ? [{ kind: 'secret' as const, name: each.secret.name ?? '', items: each.secret.items ?? [] }] : []),
    ...(each.configMap ? [{ kind: 'configmap' as const, name: each.configMap.name ?? '', items: each.configMap.items ?? [] }] : []),
  ]);
}
