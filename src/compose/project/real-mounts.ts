// Resolves symbolic links in the sources of mounts, so that the same directory has the same path. Only if the daemon
// has access to the files of this machine.
import { realpathSync } from 'node:fs';
import type { ServiceObservation } from '../../core/compose/observation.js';

export function withRealMounts(
  services: readonly ServiceObservation[],
  isLocal: boolean,
): readonly ServiceObservation[] {
  if (!isLocal) return services;
  return services.map((service) => ({
    ...service,
    mounts: Object.fromEntries(
      Object.entries(service.mounts).map(([destination, source]) => [destination, realPath(source)]),
    ),
    containers: service.containers.map((container) => ({
      ...container,
      mounts: container.mounts.map((mount) =>
        mount.kind === 'bind' ? { ...mount, source: realPath(mount.source) } : mount,
      ),
    })),
  }));
}

/** A path that does not exist or cannot be read is not changed. */
function realPath(path: string): string {
  if (!path.startsWith('/')) return path;
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
