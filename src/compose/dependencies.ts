// Whether Compose would leave alone what Milvus depends on. Only then it may look at it: what is started with `--no-deps` counts as changed for the next
// `docker compose up` of the user, which would make every container anew.
import type { ProjectObservation, ServiceObservation } from '../core/compose/seen.js';
import type { Docker } from './docker.js';

/** True when each dependency runs, from the image that its name means now, and made from what the files say now. Of the first generation nobody can tell. */
export async function dependenciesStand(docker: Docker, project: ProjectObservation, of: readonly ServiceObservation[]): Promise<boolean> {
  if (docker.generation === 1) return false;
  const names = new Set(of.map((each) => each.name));
  const others = project.services.filter((each) => closureOf(of, project).has(each.name) && !names.has(each.name));
  const hashes = await readHashes(docker);
  const stands = await Promise.all(others.map((each) => stand(docker, each, hashes.get(each.name) ?? '')));
  return stands.every(Boolean);
}

/** By service, what Compose would write on its containers. */
export async function readHashes(docker: Docker): Promise<ReadonlyMap<string, string>> {
  const lines = (await docker.compose(['config', '--hash', '*'], { allowFailure: true })).split('\n').map((line) => line.trim().split(/\s+/));
  return new Map(lines.map(([name = '', hash = '']) => [name, hash]));
}

function closureOf(of: readonly ServiceObservation[], { services }: ProjectObservation): ReadonlySet<string> {
  const found = new Set<string>();
  const queue = of.flatMap((each) => each.dependsOn);
  for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
    if (found.has(name)) continue;
    found.add(name);
    queue.push(...(services.find((each) => each.name === name)?.dependsOn ?? []));
  }
  return found;
}

async function stand(docker: Docker, { containers, image }: ServiceObservation, hash: string): Promise<boolean> {
  if (containers.length === 0 || containers.some((each) => each.state !== 'running' || each.labels['com.docker.compose.config-hash'] !== hash)) return false;
  const id = (await docker.run(['image', 'inspect', '--format', '{{.Id}}', image], { allowFailure: true })).trim();
  return containers.every((each) => each.imageId === id);
}
