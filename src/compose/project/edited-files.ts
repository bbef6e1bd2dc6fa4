// Finds configuration files that were changed inside a container: a new container would start without these changes.
import { posix } from 'node:path';
import type { ProjectFacts } from '../../core/compose/checks.js';
import type { ServiceObservation } from '../../core/compose/observation.js';
import { CONFIGURATION_DIRECTORY } from '../../core/compose/services.js';
import type { Docker } from '../docker/docker.js';

/**
 * Configuration files that differ from those of the image. Mounted files are left out; files that are written at each
 * start are listed separately.
 */
export async function findEdits(
  docker: Docker,
  services: readonly ServiceObservation[],
): Promise<Pick<ProjectFacts, 'editedInside' | 'writtenAtStart'>> {
  const containers = services.flatMap(({ writes, containers: own }) => own.map((container) => ({ writes, container })));
  const found = await Promise.all(
    containers.map(async ({ writes, container: { id, name, mounts } }) => {
      const paths = (await isUnedited(docker, id)) ? [] : await changedFiles(docker, id);
      const own = paths.filter((path) => !mounts.some((mount) => isBelow(path, mount.destination)));
      return own.map((path) => ({
        text: `${path} of ${name}`,
        isWritten: writes.some((directory) => isBelow(path, directory)),
      }));
    }),
  );
  const named = (isWritten: boolean): string[] =>
    found
      .flat()
      .filter((edit) => edit.isWritten === isWritten)
      .map((edit) => edit.text);
  return { editedInside: named(false), writtenAtStart: named(true) };
}

/**
 * True if no configuration file has changed since the container was created, when Docker created /.dockerenv. `docker
 * diff` knows it as well, but reads the whole image for it, which takes seconds with eight containers. False if it is
 * not known: the container is not running, or its image has no GNU find.
 */
async function isUnedited(docker: Docker, id: string): Promise<boolean> {
  const isConfiguration = ['-path', `${CONFIGURATION_DIRECTORY}/*.yaml`];
  const find = ['find', posix.dirname(CONFIGURATION_DIRECTORY), ...isConfiguration, '-newercc', '/.dockerenv'];
  return docker.run(['exec', id, ...find], { reads: true }).then(
    (found) => found === '',
    () => false,
  );
}

async function changedFiles(docker: Docker, id: string): Promise<string[]> {
  const lines = (await docker.run(['diff', id], { allowFailure: true })).split('\n');
  const isConfiguration = (path: string): boolean => isBelow(path, CONFIGURATION_DIRECTORY) && path.endsWith('.yaml');
  return lines.filter((line) => /^[AC] /.test(line) && isConfiguration(line.slice(2))).map((line) => line.slice(2));
}

function isBelow(path: string, directory: string): boolean {
  return path === directory || path.startsWith(`${directory}/`);
}
