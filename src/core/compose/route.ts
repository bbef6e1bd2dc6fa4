// The path of an upgrade of a Docker Compose project. Pure.
import type { ComposeConfig } from '../config/config.js';
import { findPath, type Path } from '../knowledge/paths.js';
import { halfMigratedFrom } from '../migration/steps.js';
import type { CheckResult } from '../model/check-result.js';
import { runningVersion } from '../model/observation.js';
import { oldestVersion, parseImage, parseVersion, type Version } from '../model/version.js';
import { readImages, type ImageEdits } from './files/image-edits.js';
import { ranImages } from './image-rules.js';
import { editsFor, imagesFor, isStateOfFinished, ofServices, startedServices } from './images.js';
import { liveServices, milvusServices, type ComposeObservation, type ProjectObservation } from './observation.js';
import { printedVersion } from './printed-version.js';
import { plainEnvironment, plainFiles } from './plain-files.js';
import type { Images } from './steps.js';

/** The path of an upgrade, and the images and edits that it leads to. */
export interface ProjectRoute {
  readonly from: Version;
  /** The desired image of every Milvus service in the files. */
  readonly images: Images;
  /** The images of the services whose containers are replaced. */
  readonly started: Images;
  readonly path: Path;
  readonly edits: ImageEdits;
  readonly failedChecks: readonly CheckResult[];
}

/** Null if the running version cannot be determined. */
export function findProjectRoute(config: ComposeConfig, observation: ComposeObservation): ProjectRoute | null {
  const { project } = observation;
  const from = startOf(config, observation);
  if (!from) return null;
  const { topology, messageQueue } = observation;
  const indexNode = observation.components.some((component) => component.role === 'indexnode');
  const { path, failedChecks } = findPath({ from, to: config.target, topology, messageQueue, indexNode });
  const images = imagesFor(config, project, config.target);
  return {
    from,
    images,
    started: ofServices(images, startedServices(observation)),
    path,
    edits: checkedEdits(project, images),
    failedChecks,
  };
}

/**
 * During an incomplete upgrade the containers may already run the new version: the upgrade state has the version before
 * it.
 */
export function startOf(config: ComposeConfig, observation: ComposeObservation): Version | null {
  const { project } = observation;
  const startedFrom = isStateOfFinished(project.upgradeState, observation)
    ? null
    : parseVersion(project.upgradeState?.from ?? '');
  return (
    halfMigratedFrom(observation) ?? startedFrom ?? ranVersion(project) ?? runningVersion(observation) ?? config.source
  );
}

/** The oldest version that any container has, regardless of the current files. */
function ranVersion(project: ProjectObservation): Version | null {
  const images = liveServices(project).flatMap(ranImages);
  const printed = printedVersion(project);
  return oldestVersion([...images.flatMap((image) => parseImage(image).version ?? []), ...(printed ? [printed] : [])]);
}

/**
 * The image read here must be the image that Compose reads; otherwise the edit would change a text that has no effect.
 */
function checkedEdits(project: ProjectObservation, images: Images): ImageEdits {
  const edits = editsFor(project, images);
  const source = { files: plainFiles(project), environment: plainEnvironment(project) };
  const read = edits.problems.length > 0 ? new Map<string, string>() : readImages(source, Object.keys(images));
  const problems = readingProblems(read, milvusServices(project));
  return problems.length > 0 ? { edits: [], problems } : edits;
}

/** Why the files cannot be edited: the installed version of Compose reads other images in them. */
export function readingProblems(
  read: ReadonlyMap<string, string>,
  services: readonly { readonly name: string; readonly image: string }[],
): readonly string[] {
  return services.flatMap(({ name, image }) => {
    const text = read.get(name);
    return text === undefined || text === image
      ? []
      : [
          `the image of ${name} is ${text} in the files that were read, but ${image || 'none'} in the output of docker compose config; write it as plain text at the service`,
        ];
  });
}
