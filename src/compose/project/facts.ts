// Gathers facts about a project before anything is changed. Changes nothing.
import { accessSync, constants, existsSync, realpathSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { ProjectFacts } from '../../core/compose/checks.js';
import { findEdits } from './edited-files.js';
import { milvusServices, type ProjectObservation, type ServiceObservation } from '../../core/compose/observation.js';
import { readHashes } from './dependencies.js';
import type { Docker } from '../docker/docker.js';

/** `changed` are the paths that the plan writes. */
export async function gatherFacts(
  docker: Docker,
  project: ProjectObservation,
  changed: readonly string[],
): Promise<ProjectFacts> {
  const services = milvusServices(project);
  const [edits, takenNames, alsoChanged] = await Promise.all([
    findEdits(docker, services),
    findTakenNames(docker, services, project.name),
    findChanged(docker, services),
  ]);
  return {
    unwritable: changed.flatMap((path) => [
      ...unwritable(realpathSync(path)),
      ...unwritable(dirname(realpathSync(path))),
    ]),
    freeBytes: freeBytes(project.directory),
    missingMounts: docker.isLocal() ? missingMounts(services) : null,
    ...edits,
    takenNames,
    alsoChanged,
  };
}

/** Uses access(2) instead of the file mode: root can write any file, but not on a read-only file system. */
function unwritable(path: string): string[] {
  try {
    accessSync(path, constants.W_OK);
    return [];
  } catch (error) {
    return [`${path} cannot be written (${(error as NodeJS.ErrnoException).code ?? 'unknown reason'})`];
  }
}

function freeBytes(directory: string): number | null {
  try {
    const { bavail, bsize } = statfsSync(directory);
    return bavail * bsize;
  } catch {
    return null;
  }
}

function missingMounts(services: readonly ServiceObservation[]): string[] {
  const sources = services.flatMap(({ mounts }) => Object.values(mounts)).filter((source) => source.startsWith('/'));
  return [...new Set(sources)].filter((source) => !existsSync(source));
}

async function findTakenNames(
  docker: Docker,
  services: readonly ServiceObservation[],
  project: string,
): Promise<string[]> {
  const desired = services.map((service) => service.containerName).filter((name) => name !== '');
  if (desired.length === 0) return [];
  const format = '{{.Names}}\t{{.Label "com.docker.compose.project"}}';
  const lines = (await docker.run(['ps', '--all', '--format', format])).split('\n').map((line) => line.split('\t'));
  return lines
    .filter(([name = '', owner = '']) => desired.includes(name) && owner !== project)
    .map(([name = '', owner = '']) =>
      owner === '' ? `${name} (started without Docker Compose)` : `${name} (of the project ${owner})`,
    );
}

/**
 * Compares the configuration hash in the labels of each container with that of the files. Not supported with Compose 1.
 */
async function findChanged(docker: Docker, services: readonly ServiceObservation[]): Promise<string[]> {
  if (docker.generation === 1) return [];
  const hashes = await readHashes(docker);
  const differs = ({ name, containers, image }: ServiceObservation): boolean =>
    containers.some(
      (container) =>
        container.image === image &&
        (container.labels['com.docker.compose.config-hash'] ?? '') !== (hashes.get(name) ?? ''),
    );
  return services.filter((service) => hashes.has(service.name) && differs(service)).map((service) => service.name);
}
