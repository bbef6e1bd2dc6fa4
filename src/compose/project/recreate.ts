// Stops and starts the containers of Milvus services. Other services are not changed.
import { isUp } from '../../core/compose/components.js';
import type { ProjectObservation, ServiceObservation } from '../../core/compose/observation.js';
import type { RecreateStep } from '../../core/compose/step.js';
import { own } from '../../core/lib/own.js';
import { UpgradeError } from '../../core/model/error.js';
import { notRevoked } from '../../etcd/not-revoked.js';
import type { ComposeTools } from '../apply-tools.js';
import { dependenciesStand } from './dependencies.js';
import type { StateDirectory } from './state-directory.js';

/** Added to the stop grace period of a container, for the response of Docker. */
const ANSWER_SECONDS = 60;

/**
 * Dependencies are not changed. A service that was scaled manually keeps its number of containers, regardless of the
 * file.
 */
export async function recreate({ images }: RecreateStep, tools: ComposeTools): Promise<void> {
  const { docker, observation, started, stateDirectory } = tools;
  const wrong = servicesToReplace(observation.project, images);
  const alone = (await dependenciesStand(docker, observation.project, wrong)) ? [] : ['--no-deps'];
  await stopOthers(images, tools);
  const names = wrong.map((service) => service.name);
  const scales = wrong.flatMap(scaleOf);
  await removeUnborn(wrong, tools);
  recordStart(stateDirectory, images);
  await docker.compose(['up', '--detach', ...alone, '--no-build', ...scales, ...names], {
    timeoutSeconds: graceOf(wrong) + UP_SECONDS,
  });
  for (const name of names) started.add(name);
}

function servicesToReplace({ services }: ProjectObservation, images: RecreateStep['images']): ServiceObservation[] {
  return services
    .filter((service) => Object.hasOwn(images, service.name))
    .filter(
      ({ name, containers }) =>
        !containers.every((container) => container.image === own(images, name) && isUp(container)) ||
        containers.length === 0,
    );
}

/** Stops the services that run containers of other images. */
export async function stopOthers(images: RecreateStep['images'], tools: ComposeTools): Promise<void> {
  const wrong = servicesToReplace(tools.observation.project, images);
  const isOld = wrong.some(({ name, containers }) =>
    containers.some((container) => isUp(container) && container.image !== own(images, name)),
  );
  if (isOld) await end(wrong, tools);
}

/**
 * Counts distinct container numbers, because a killed Compose process can leave two containers with the same number. A
 * service with `container_name` has only one.
 */
function scaleOf({ name, containerName, containers }: ServiceObservation): string[] {
  const numbers = new Set(containers.map((container) => container.number));
  return containerName === '' && numbers.size > 1 ? ['--scale', `${name}=${numbers.size}`] : [];
}

/** Removes containers that a killed Compose process has created and never started. */
async function removeUnborn(services: readonly ServiceObservation[], { docker }: ComposeTools): Promise<void> {
  const unborn = services.flatMap((service) => service.containers).filter((container) => container.state === 'created');
  if (unborn.length > 0) await docker.run(['rm', '--force', ...unborn.map((container) => container.id)]);
}

/**
 * Records the start before the first container of another version is created: once it is removed, nothing else shows
 * that it may have run.
 */
function recordStart(stateDirectory: StateDirectory, images: RecreateStep['images']): void {
  const known = stateDirectory.readState();
  const isNew = Object.entries(images).some(([name, image]) => (known && own(known.images, name))?.before !== image);
  if (known && isNew && known.started !== true) stateDirectory.writeState({ ...known, started: true });
}

const UP_SECONDS = 600;

/**
 * Stops containers and removes their sessions in etcd: the new version would otherwise wait until the sessions of
 * killed containers expire.
 */
async function end(services: readonly ServiceObservation[], tools: ComposeTools): Promise<void> {
  const addresses = services
    .flatMap((service) => service.containers)
    .flatMap(({ networks }) => Object.values(networks))
    .filter((address) => address !== '');
  await stopServices(services, tools);
  await revokeSessions(addresses, tools);
}

/** Sessions that cannot be revoked expire within a minute, so a failure is only reported; then false is returned. */
export async function revokeSessions(
  addresses: readonly string[],
  { etcd, prove, emit }: ComposeTools,
): Promise<boolean> {
  try {
    await etcd.revoke(addresses, prove);
    return true;
  } catch (error) {
    if (error instanceof UpgradeError) throw error;
    emit({ type: 'warned', message: notRevoked(addresses, error) });
    return false;
  }
}

export async function stopServices(
  services: readonly ServiceObservation[],
  { docker, started }: ComposeTools,
): Promise<void> {
  const running = services.filter((service) => service.containers.some(isUp)).map((service) => service.name);
  for (const name of running) started.delete(name);
  if (running.length > 0)
    await docker.compose(['stop', ...running], { timeoutSeconds: graceOf(services) + ANSWER_SECONDS });
}

function graceOf(services: readonly ServiceObservation[]): number {
  return Math.max(0, ...services.map((service) => service.graceSeconds));
}
