// The network in which Milvus and its etcd see one another: the one that most containers of the project are in. Pure.
import type { ServiceObservation } from '../core/compose/seen.js';

/** Empty where no container of the project has ever been made. */
export function networkOf(services: readonly ServiceObservation[]): string {
  const counts = new Map<string, number>();
  // What Milvus is in counts before what others are in.
  for (const { role, containers } of services)
    for (const name of containers.flatMap((each) => Object.keys(each.networks))) counts.set(name, (counts.get(name) ?? 0) + (role === '' ? 1 : 100));
  return [...counts].sort((one, other) => other[1] - one[1])[0]?.[0] ?? '';
}
