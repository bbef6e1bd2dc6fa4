// Applies the input `services`: which Milvus services of a project an upgrade changes. The others are treated like
// services that are not part of Milvus. Pure.
import { milvusServices, type ServiceObservation } from './observation.js';

/** All services if `selected` is empty. */
export function selectServices(
  services: readonly ServiceObservation[],
  selected: readonly string[],
): readonly ServiceObservation[] {
  if (selected.length === 0) return services;
  return services.map((service) =>
    service.role === '' || selected.includes(service.name)
      ? service
      : { ...service, role: '', excludedRole: service.role },
  );
}

/** Why the input cannot be used; empty if it can. `services` are those of the files, before the selection. */
export function wrongSelection(services: readonly ServiceObservation[], selected: readonly string[]): string {
  const names = milvusServices({ services }).map(({ name }) => name);
  const unknown = selected.filter((name) => !names.includes(name));
  if (unknown.length === 0) return '';
  return `services lists ${unknown.join(', ')}, but the Milvus services of this project are ${names.join(', ')}`;
}
