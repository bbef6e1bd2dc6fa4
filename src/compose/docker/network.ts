// Finds the network that Milvus and its etcd share: the one that most containers of the project are connected to. Pure.
import type { ServiceObservation } from '../../core/compose/observation.js';

/** Empty if the project has no container. */
export function networkOf(services: readonly ServiceObservation[]): string {
  const counts = new Map<string, number>();
  // Networks of Milvus containers take precedence over those of other containers.
  for (const { role, containers } of services)
    for (const name of containers.flatMap((container) => Object.keys(container.networks)))
      counts.set(name, (counts.get(name) ?? 0) + (role === '' ? 1 : 100));
  return [...counts].sort((first, other) => other[1] - first[1])[0]?.[0] ?? '';
}
