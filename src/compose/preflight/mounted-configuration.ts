// Reads the milvus.yaml that a project mounts over that of the image, and that of the new image if it is on this
// machine. Changes nothing.
import {
  CONFIGURATION_FILE,
  evaluateMountedConfiguration,
  mountedSource,
  servicesWithConfiguration,
  type MountedConfiguration,
} from '../../core/compose/mounted-configuration.js';
import type { ProjectObservation, ServiceObservation } from '../../core/compose/observation.js';
import { own } from '../../core/lib/own.js';
import type { CheckResult } from '../../core/model/check-result.js';
import type { ComposePlan } from '../../core/compose/step.js';
import type { Docker } from '../docker/docker.js';

export async function checkMountedConfiguration(
  docker: Docker,
  project: ProjectObservation,
  { steps, from, to }: Pick<ComposePlan, 'steps' | 'from' | 'to'>,
): Promise<CheckResult[]> {
  const images = Object.assign({}, ...steps.map((step) => (step.kind === 'recreate' ? step.images : {}))) as Readonly<
    Record<string, string>
  >;
  const services = servicesWithConfiguration(project, from, to);
  const found = await Promise.all(
    services.map(async (service): Promise<MountedConfiguration> => {
      const [file, fresh] = await Promise.all([
        readMounted(docker, service),
        readOfImage(docker, own(images, service.name) ?? ''),
      ]);
      return { service: service.name, source: mountedSource(service) ?? '', file, fresh };
    }),
  );
  return evaluateMountedConfiguration(found, to);
}

async function readMounted(docker: Docker, { containers }: ServiceObservation): Promise<string | null> {
  const running = containers.find(({ state }) => state === 'running');
  return running ? read(docker, ['exec', running.id, 'cat', CONFIGURATION_FILE]) : null;
}

/** `docker run` would pull an image that does not exist here. */
async function readOfImage(docker: Docker, image: string): Promise<string | null> {
  if (image === '') return null;
  const id = await read(docker, ['image', 'inspect', '--format', '{{.Id}}', image]);
  if (id === null) return null;
  return read(docker, ['run', '--rm', '--network', 'none', '--entrypoint', 'cat', image, CONFIGURATION_FILE]);
}

/** Null if the command fails or prints nothing. */
async function read(docker: Docker, args: readonly string[]): Promise<string | null> {
  const output = await docker.run(args, { reads: true, allowFailure: true }).catch(() => '');
  return output.trim() === '' ? null : output;
}
