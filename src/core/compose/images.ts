// Which services of a project are upgraded or rolled back, and the images and edits of their files. Pure.
import { own } from '../lib/own.js';
import type { ComposeConfig } from '../config/config.js';
import { imageForVersion, type Version } from '../model/version.js';
import { planImageEdits, type ImageEdits } from './files/image-edits.js';
import {
  liveServices,
  milvusServices,
  type ComposeObservation,
  type ProjectObservation,
  type ServiceObservation,
} from './observation.js';
import { plainEnvironment, plainFiles } from './plain-files.js';
import type { Images } from './steps.js';

/**
 * True if a migration was killed after its journal was closed. It is complete, and its upgrade state, which is removed
 * last, is outdated.
 */
export function isStateOfFinished(
  upgradeState: ProjectObservation['upgradeState'],
  { migration }: ComposeObservation,
): boolean {
  const journal = migration?.journal;
  return (
    upgradeState !== null &&
    journal?.closed === true &&
    upgradeState.from === journal.from &&
    upgradeState.to === journal.to
  );
}

/**
 * The services that are started. A migration stops every service, and an incomplete one starts all of them again, even
 * if a container was removed meanwhile.
 */
export function startedServices({ migration, project }: ComposeObservation): ServiceObservation[] {
  const live = liveServices(project);
  return live.length === 0 && migration?.journal ? milvusServices(project) : live;
}

export function ofServices(images: Images, services: readonly ServiceObservation[]): Images {
  return Object.fromEntries(
    services.flatMap(({ name }) => (own(images, name) === undefined ? [] : [[name, images[name] ?? '']])),
  );
}

/** Keeps the repository and hardware variant of each service, unless the input `image` is set. */
export function imagesFor(config: ComposeConfig, project: ProjectObservation, version: Version): Images {
  return Object.fromEntries(
    milvusServices(project).map(({ name, image }) => [name, config.image ?? imageForVersion(image, version)]),
  );
}

export function editsFor(project: ProjectObservation, images: Images): ImageEdits {
  return planImageEdits({ files: plainFiles(project), images, environment: plainEnvironment(project) });
}
