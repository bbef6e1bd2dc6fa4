// Connects a helper container to further networks of a project.
import type { Docker } from './docker.js';

/** `docker run` of older versions accepts only one network (docs.docker.com/reference/cli/docker/container/run). */
export async function joinNetworks(docker: Docker, container: string, networks: readonly string[]): Promise<void> {
  for (const network of networks) await docker.run(['network', 'connect', network, container]);
}
