// Finds a running container with bash, through which others are reached: that of Milvus if its image has bash, or any
// other of the project.
import type { ContainerObservation } from '../../core/compose/containers.js';
import type { ServiceObservation } from '../../core/compose/observation.js';
import type { Docker } from '../docker/docker.js';

export class Shells {
  readonly #docker: Docker;
  /** IDs of images that have bash. An image without it is tried again: its container may have been stopping. */
  readonly #known = new Set<string>();
  constructor(docker: Docker) {
    this.#docker = docker;
  }

  /** Null if no Milvus container is running, or if no container that shares a network with Milvus has bash. */
  async find(services: readonly ServiceObservation[]): Promise<ContainerObservation | null> {
    for (const candidate of candidates(services)) {
      if (await this.#hasBash(candidate)) return candidate;
    }
    return null;
  }

  async #hasBash({ id, imageId, image }: ContainerObservation): Promise<boolean> {
    const key = imageId || image;
    if (this.#known.has(key)) return true;
    const output = await this.#docker
      .run(['exec', id, 'bash', '--norc', '-c', 'echo ready'], { allowFailure: true, reads: true })
      .catch(() => '');
    const found = output.trim() === 'ready';
    if (found) this.#known.add(key);
    return found;
  }
}

function candidates(services: readonly ServiceObservation[]): ContainerObservation[] {
  const running = (service: ServiceObservation): ContainerObservation[] =>
    service.containers.filter(({ state }) => state === 'running');
  const milvus = services.filter(({ role }) => role !== '').flatMap(running);
  const names = new Set(milvus.flatMap((container) => Object.keys(container.networks)));
  const others = services.filter(({ role }) => role === '').flatMap(running);
  return [...milvus, ...others.filter(({ networks }) => Object.keys(networks).some((name) => names.has(name)))];
}
