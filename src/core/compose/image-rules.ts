// Checks that the files, read with the variables of this run, select the image that the containers run. If they differ
// in more than the version, a variable is missing in this run: an upgrade would start another image than the one that
// ran, and a rollback would start one that never ran. Pure.
import { fail } from '../checks/results.js';
import type { CheckResult } from '../model/check-result.js';
import { parseImage, type ImageReference } from '../model/version.js';
import { isUp } from './components.js';
import { missingVariables } from './files/missing-variables.js';
import { plainEnvironment, plainFiles } from './plain-files.js';
import {
  liveServices,
  type ProjectObservation,
  type ServiceObservation,
  type ComposeObservation,
} from './observation.js';

/**
 * Not checked during an incomplete upgrade: the files may be newer than the containers, and the upgrade state contains
 * the images that ran.
 */
export function runningImageDiffers({ project, migration }: ComposeObservation): CheckResult[] {
  if (project.upgradeState !== null || migration?.journal?.closed === false) return [];
  return liveServices(project).flatMap((service) => {
    const other = ranImages(service).find((image) => isOther(image, service.image));
    return other === undefined ? [] : [failedCheckOf(project, service, other)];
  });
}

/** The images of the running containers, or of the stopped ones if no container is running. */
export function ranImages({ containers }: Pick<ServiceObservation, 'containers'>): string[] {
  const up = containers.filter(isUp);
  return [...new Set((up.length > 0 ? up : containers).map((container) => container.image))];
}

function failedCheckOf(project: ProjectObservation, { name, image }: ServiceObservation, ran: string): CheckResult {
  const missing = missingVariables(plainFiles(project), plainEnvironment(project), name);
  const [first] = missing;
  return fail(
    'running-image-differs',
    `${name} runs ${ran}, but the files select ${image || 'no image'}${first === undefined ? '' : `: ${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} not set in this run`}`,
    first === undefined
      ? `Set compose-files, env-files and the environment variables to the values that \`docker compose up\` was run with, or write ${ran} into the file.`
      : `Set ${missing.join(' and ')} to the value that \`docker compose up\` was run with, in the environment or in an env file, or write ${ran} into the file.`,
    'docker inspect',
  );
}

function isOther(ran: string, requested: string): boolean {
  const [one, other] = [parseImage(withoutHub(ran)), parseImage(withoutHub(requested))];
  // The name of an image cannot be derived from its ID.
  if (ran.startsWith('sha256:') || withoutHub(ran) === withoutHub(requested)) return false;
  return (
    one.repository !== other.repository ||
    one.variant !== other.variant ||
    one.unknown !== other.unknown ||
    isOtherPin(one, other)
  );
}

/**
 * Different digests of different versions are expected. A version instead of `latest` is expected as well: a user has
 * pinned it.
 */
function isOtherPin(ran: ImageReference, requested: ImageReference): boolean {
  if ((ran.digest === '') !== (requested.digest === '')) return true;
  if (requested.version === null) return true;
  return ran.digest !== requested.digest && ran.tag === requested.tag;
}

/** Podman writes the registry that Docker leaves out (docs.docker.com/reference/cli/docker/image/tag, "docker.io"). */
function withoutHub(image: string): string {
  return image.replace(/^(index\.)?docker\.io\/(library\/)?/, '');
}
