// The same folder under one path: what is mounted by way of a symbolic link is compared by where that leads. Only where Docker sees the files of this machine.
import { realpathSync } from 'node:fs';
import type { ServiceObservation } from '../core/compose/seen.js';

export function withRealMounts(services: readonly ServiceObservation[], isLocal: boolean): readonly ServiceObservation[] {
  if (!isLocal) return services;
  return services.map((service) => ({
    ...service,
    mounts: Object.fromEntries(Object.entries(service.mounts).map(([destination, source]) => [destination, realPath(source)])),
    containers: service.containers.map((container) => ({
      ...container,
      mounts: container.mounts.map((mount) => (mount.kind === 'bind' ? { ...mount, source: realPath(mount.source) } : mount)),
    })),
  }));
}

/** What is not there, or may not be read, stays as it is written. */
function realPath(path: string): string {
  if (!path.startsWith('/')) return path;
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
