// Whether the files, read with the variables of this run, ask for the image that the containers run. A difference in more than the version is a variable
// that is missing here: an upgrade would start another image than the one that ran, and a rollback one that never ran. Pure.
import type { Observation } from '../observation.js';
import type { FailedCheck } from '../refusal.js';
import { parseImage, type ImageReference } from '../version.js';
import { isUp } from './components.js';
import { missingVariables } from './files/missing-variables.js';
import { plainEnvironment, plainFiles } from './plain-files.js';
import { liveServices, type ProjectObservation, type ServiceObservation } from './seen.js';

/** In the midst of an upgrade the files are ahead, and what ran is written down. */
export function runningImageDiffers(project: ProjectObservation, { migration }: Observation): FailedCheck[] {
  if (project.notes !== null || migration?.journal?.closed === false) return [];
  return liveServices(project).flatMap((service) => {
    const other = ranImages(service).find((image) => isOther(image, service.image));
    return other === undefined ? [] : [failedCheckOf(project, service, other)];
  });
}

/** What runs; where nothing does, what ran. */
export function ranImages({ containers }: Pick<ServiceObservation, 'containers'>): string[] {
  const up = containers.filter(isUp);
  return [...new Set((up.length > 0 ? up : containers).map((each) => each.image))];
}

function failedCheckOf(project: ProjectObservation, { name, image }: ServiceObservation, ran: string): FailedCheck {
  const missing = missingVariables(plainFiles(project), plainEnvironment(project), name);
  const [first] = missing;
  return {
    code: 'running-image-differs',
    reason: `${name} runs ${ran}, and the files say ${image || 'no image'}${first === undefined ? '' : `: ${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} not set in this run`}`,
    remedy:
      first === undefined
        ? `Give compose-files, env-files and the variables as they were for \`docker compose up\`; or write ${ran} into the file.`
        : `Set ${missing.join(' and ')} as it was for \`docker compose up\`, in the environment or in an env file; or write ${ran} into the file.`,
    source: 'docker inspect',
    skippable: false,
  };
}

function isOther(ran: string, requested: string): boolean {
  const [one, other] = [parseImage(withoutHub(ran)), parseImage(withoutHub(requested))];
  // The id of an image says nothing of its name.
  if (ran.startsWith('sha256:') || withoutHub(ran) === withoutHub(requested)) return false;
  return one.repository !== other.repository || one.variant !== other.variant || one.unknown !== other.unknown || isOtherPin(one, other);
}

/** Two pins of two versions are two versions; a version in place of `latest` is one that somebody wrote down. */
function isOtherPin(ran: ImageReference, requested: ImageReference): boolean {
  if ((ran.digest === '') !== (requested.digest === '')) return true;
  if (requested.version === null) return true;
  return ran.digest !== requested.digest && ran.tag === requested.tag;
}

/** Podman writes the registry that Docker leaves out (docs.docker.com/reference/cli/docker/image/tag, "docker.io"). */
function withoutHub(image: string): string {
  return image.replace(/^(index\.)?docker\.io\/(library\/)?/, '');
}
