// How Milvus is reached: the networks that a helper container joins, and the address of each container in them. Pure.
import { milvusServices, type ServiceObservation } from './observation.js';
import type { ContainerObservation } from './containers.js';

/** A service that etcd runs in weighs more than all others, and Milvus more than the rest. */
const [ETCD_WEIGHT, MILVUS_WEIGHT] = [10_000, 100];
const LOCAL = '127.0.0.1';

/**
 * The networks of a helper container, the most important one first: it has etcd and Milvus in it, and each container of
 * Milvus is in one of them. `etcdEndpoints` are those in the configuration of Milvus. Empty without containers.
 */
export function helperNetworks(
  services: readonly ServiceObservation[],
  etcdEndpoints: readonly string[],
): readonly string[] {
  const hosts = new Set(etcdEndpoints.map((endpoint) => endpoint.replace(/^\w+:\/\//, '').replace(/:\d+$/, '')));
  const weights = new Map<string, number>();
  for (const service of services) {
    const weight = weightOf(service, hosts);
    for (const name of networkNames(service)) weights.set(name, (weights.get(name) ?? 0) + weight);
  }
  // The network of the host cannot be combined with another one, so that a dependency alone does not choose it.
  const ofMilvus = new Set(milvusServices({ services }).flatMap(networkNames));
  const known = [...weights].filter(([name]) => ofMilvus.size === 0 || ofMilvus.has(name));
  const [first] = known.sort((one, other) => other[1] - one[1])[0] ?? [];
  if (first === undefined) return [];
  const joined = [first];
  for (const { networks } of milvusServices({ services }).flatMap((service) => service.containers)) {
    const names = Object.keys(networks);
    if (names[0] !== undefined && !names.some((name) => joined.includes(name))) joined.push(names[0]);
  }
  return joined;
}

function weightOf(service: ServiceObservation, etcdHosts: ReadonlySet<string>): number {
  if (isNamed(service, etcdHosts)) return ETCD_WEIGHT;
  return service.role === '' ? 1 : MILVUS_WEIGHT;
}

function networkNames({ containers }: ServiceObservation): string[] {
  return containers.flatMap(({ networks }) => Object.keys(networks));
}

function isNamed({ name, containerName, containers }: ServiceObservation, hosts: ReadonlySet<string>): boolean {
  return [name, containerName, ...containers.map((container) => container.name)].some((known) => hosts.has(known));
}

/**
 * The same services, with the networks of each container in the order in which it is reached: those in `joined` first.
 * A container in the network of the host is reached there, and one in the network of another container at the address
 * of that one.
 */
export function withAccess(
  services: readonly ServiceObservation[],
  joined: readonly string[],
): readonly ServiceObservation[] {
  const all = services.flatMap((service) => service.containers);
  return services.map((service) => ({
    ...service,
    containers: service.containers.map((container) => {
      const networks = Object.entries(networksOf(container, all));
      const near = networks.filter(([name]) => joined.includes(name));
      const far = networks.filter(([name]) => !joined.includes(name));
      return { ...container, networks: Object.fromEntries([...near, ...far]) };
    }),
  }));
}

function networksOf(
  container: ContainerObservation,
  all: readonly ContainerObservation[],
): ContainerObservation['networks'] {
  const { networkMode } = container.setup;
  const isStarted = container.state === 'running' || container.state === 'paused';
  if (networkMode === 'host') return { host: isStarted ? LOCAL : '' };
  const owner = ownerOf(container, all);
  return owner && isStarted ? owner.networks : container.networks;
}

/** The container whose network this one uses; undefined if it has its own, or if that one is in another project. */
export function ownerOf(
  { setup }: ContainerObservation,
  all: readonly ContainerObservation[],
): ContainerObservation | undefined {
  const [, id = ''] = /^container:(.+)$/.exec(setup.networkMode) ?? [];
  return id === '' ? undefined : all.find((other) => other.id.startsWith(id) || other.name === id);
}
