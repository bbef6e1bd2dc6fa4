// Checks whether Compose would leave the dependencies of Milvus unchanged. If so, `--no-deps` is not used: a service
// that is started with it counts as changed for the next `docker compose up` of the user, which would recreate every
// container.
import type { ProjectObservation, ServiceObservation } from '../../core/compose/observation.js';
import type { Docker } from '../docker/docker.js';

/**
 * True if each dependency runs, with the image that its name currently resolves to and with the configuration of the
 * current files. Always false for Compose 1, which does not report it.
 */
export async function dependenciesStand(
  docker: Docker,
  project: ProjectObservation,
  of: readonly ServiceObservation[],
): Promise<boolean> {
  if (docker.generation === 1) return false;
  const names = new Set(of.map((service) => service.name));
  const others = project.services.filter(
    (service) => closureOf(of, project).has(service.name) && !names.has(service.name),
  );
  const hashes = await readHashes(docker);
  const unchanged = await Promise.all(
    others.map((service) => isUnchanged(docker, service, hashes.get(service.name) ?? '')),
  );
  return unchanged.every(Boolean);
}

/** By service: the configuration hash that Compose would set as a label on its containers. */
export async function readHashes(docker: Docker): Promise<ReadonlyMap<string, string>> {
  const lines = (await docker.compose(['config', '--hash', '*'], { allowFailure: true }))
    .split('\n')
    .map((line) => line.trim().split(/\s+/));
  return new Map(lines.map(([name = '', hash = '']) => [name, hash]));
}

function closureOf(of: readonly ServiceObservation[], { services }: ProjectObservation): ReadonlySet<string> {
  const found = new Set<string>();
  const queue = of.flatMap((service) => service.dependsOn);
  for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
    if (found.has(name)) continue;
    found.add(name);
    queue.push(...(services.find((service) => service.name === name)?.dependsOn ?? []));
  }
  return found;
}

async function isUnchanged(docker: Docker, { containers, image }: ServiceObservation, hash: string): Promise<boolean> {
  if (
    containers.length === 0 ||
    containers.some(
      (container) => container.state !== 'running' || container.labels['com.docker.compose.config-hash'] !== hash,
    )
  )
    return false;
  const id = (await docker.run(['image', 'inspect', '--format', '{{.Id}}', image], { allowFailure: true })).trim();
  return containers.every((container) => container.imageId === id);
}
