// Reads what the images of the current Milvus containers set for a container: command, entrypoint and environment.
// Changes nothing.
import { milvusServices, type ProjectObservation } from '../../core/compose/observation.js';
import type { ImageSetups } from '../../core/compose/setup-checks.js';
import { readImageSetup } from '../../core/compose/service-setup.js';
import { isRecord } from '../../core/lib/json.js';
import type { Docker } from '../docker/docker.js';

/** By image ID. An image that no longer exists is left out. */
export async function readImageSetups(docker: Docker, project: ProjectObservation): Promise<ImageSetups> {
  const containers = milvusServices(project).flatMap((service) => service.containers);
  const ids = [...new Set(containers.map(({ imageId }) => imageId))].filter((id) => id !== '');
  const read = await Promise.all(
    ids.map(async (id) => {
      const args = ['image', 'inspect', '--format', '{{json .Config}}', id];
      const config = parsed(await docker.run(args, { allowFailure: true }).catch(() => ''));
      return isRecord(config) ? [[id, readImageSetup(config)] as const] : [];
    }),
  );
  return Object.fromEntries(read.flat());
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text.trim() || 'null');
  } catch {
    return null;
  }
}
