// Compares the mounts of the containers of a service with those in the project files: another source means other data.
// Pure.
import { tidyPath } from './files/paths.js';
import type { ContainerObservation, MountObservation } from './containers.js';
import type { ServiceObservation } from './observation.js';

/** Describes each difference; empty if a new container gets the same mounts as the current one. */
export function mountDifferences(
  { name, mounts, containers }: Pick<ServiceObservation, 'name' | 'mounts' | 'containers'>,
  project: string,
): string[] {
  return [...new Set(containers.flatMap((container) => differences(name, mounts, container, project)))];
}

function differences(
  name: string,
  mounts: ServiceObservation['mounts'],
  container: ContainerObservation,
  project: string,
): string[] {
  const requested = new Map(Object.entries(mounts).map(([destination, source]) => [tidyPath(destination), source]));
  return container.mounts.flatMap((mount) => {
    const { kind, source, destination } = mount;
    if (kind !== 'bind' && kind !== 'volume') return [];
    const desired = requested.get(tidyPath(destination));
    // An anonymous volume that the image declares is not in the files; Compose reuses it for the new container.
    if (isAnonymous(mount) && (desired ?? '') === '') return [];
    if (desired === undefined) return [`${name} has ${source} at ${destination}, but the files no longer mount it`];
    return isSame(mount, desired, project)
      ? []
      : [`${name} has ${source} at ${destination}, but the files mount ${desired || 'a volume without a name'}`];
  });
}

function isSame({ kind, source }: MountObservation, desired: string, project: string): boolean {
  return kind === 'volume'
    ? [desired, `${project}_${desired}`].includes(source)
    : hostPath(desired) === hostPath(source);
}

/**
 * Docker gives an anonymous volume a name of 64 hexadecimal digits (docs.docker.com/engine/storage/volumes, "Named and
 * anonymous volumes").
 */
function isAnonymous({ kind, source }: MountObservation): boolean {
  return kind === 'volume' && /^[0-9a-f]{64}$/.test(source);
}

/**
 * Docker Desktop shows a path of the host below a mount point of its virtual machine (docker/compose#7848,
 * docker/for-win#14342).
 */
function hostPath(path: string): string {
  const plain = tidyPath(path).replace(/^\/(host_mnt|run\/desktop\/mnt\/host)(?=\/)/, '');
  return plain.replace(/^([A-Za-z]):(?=\/)/, (_, drive: string) => `/${drive.toLowerCase()}`);
}
