// The planner of Docker Compose projects: from config and observation to a plan, or to all failed checks. Pure; the
// observation is the only state.
import type { Config } from '../config/config.js';
import { advisoryChecks } from '../checks/advisories.js';
import { findPath } from '../knowledge/paths.js';
import { halfMigratedFrom, migrationSteps } from '../migration/steps.js';
import { runningVersion, type Observation } from '../model/observation.js';
import { applySkips, failedChecks, isSkipped } from '../model/check-result.js';
import type { Hop, Plan, Planned, Step } from '../model/step.js';
import { evaluate } from '../status/evaluate.js';
import {
  compareVersions,
  imageForVersion,
  formatVersion,
  oldestVersion,
  parseImage,
  parseVersion,
  type Version,
} from '../model/version.js';
import { planImageEdits, readImages, type ImageEdits } from './files/image-edits.js';
import { plainEnvironment, plainFiles } from './plain-files.js';
import { ranImages } from './image-rules.js';
import { withDataOwner } from './data-owner.js';
import { failedChecksOfProject } from './rules.js';
import { inComposeTerms } from './topology-remedies.js';
import { liveServices, milvusServices, type ProjectObservation, type ServiceObservation } from './observation.js';
import { finishState, editFiles, recreate, serve, toChange, type Aim, type Images } from './steps.js';
import type { StateDraft, WaitHealthyStep } from './step.js';
import { own } from '../lib/own.js';
import { migrationOutline } from '../migration/outline.js';
import type { ProjectRoute } from './route.js';

/** Null if the running version cannot be determined. */
export function findProjectRoute(
  config: Config,
  observation: Observation,
  project: ProjectObservation,
): ProjectRoute | null {
  // During an incomplete upgrade the containers may already run the new version: the upgrade state has the version
  // before it.
  const startedFrom = isStateOfFinished(project.upgradeState, observation)
    ? null
    : parseVersion(project.upgradeState?.from ?? '');
  const from =
    halfMigratedFrom(observation) ?? startedFrom ?? ranVersion(project) ?? runningVersion(observation) ?? config.source;
  if (!from) return null;
  const { topology, messageQueue } = observation;
  const indexNode = observation.components.some((component) => component.role === 'indexnode');
  const { path, failedChecks } = findPath({ from, to: config.target, topology, messageQueue, indexNode });
  const images = imagesFor(config, project, config.target);
  return {
    from,
    images,
    started: ofServices(images, startedServices(observation, project)),
    path,
    edits: checkedEdits(project, images),
    failedChecks,
  };
}

/** The oldest version that any container has, regardless of the current files. */
function ranVersion(project: ProjectObservation): Version | null {
  const images = liveServices(project).flatMap(ranImages);
  return oldestVersion(images.flatMap((image) => parseImage(image).version ?? []));
}

/**
 * True if a migration was killed after its journal was closed. It is complete, and its upgrade state, which is removed
 * last, is outdated.
 */
export function isStateOfFinished(
  upgradeState: ProjectObservation['upgradeState'],
  { migration }: Observation,
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
export function startedServices({ migration }: Observation, project: ProjectObservation): ServiceObservation[] {
  const live = liveServices(project);
  return live.length === 0 && migration?.journal ? milvusServices(project) : live;
}

export function ofServices(images: Images, services: readonly ServiceObservation[]): Images {
  return Object.fromEntries(
    services.flatMap(({ name }) => (own(images, name) === undefined ? [] : [[name, images[name] ?? '']])),
  );
}

/** Keeps the repository and hardware variant of each service, unless the input `image` is set. */
export function imagesFor(config: Config, project: ProjectObservation, version: Version): Images {
  return Object.fromEntries(
    milvusServices(project).map(({ name, image }) => [name, config.image ?? imageForVersion(image, version)]),
  );
}

export function editsFor(project: ProjectObservation, images: Images): ImageEdits {
  return planImageEdits({ files: plainFiles(project), images, environment: plainEnvironment(project) });
}

/**
 * The image read here must be the image that Compose reads; otherwise the edit would change a text that has no effect.
 */
function checkedEdits(project: ProjectObservation, images: Images): ImageEdits {
  const edits = editsFor(project, images);
  const source = { files: plainFiles(project), environment: plainEnvironment(project) };
  const read = edits.problems.length > 0 ? new Map<string, string>() : readImages(source, Object.keys(images));
  const problems = milvusServices(project).flatMap(({ name, image }) => {
    const text = read.get(name);
    return text === undefined || text === image
      ? []
      : [
          `the image of ${name} is ${text} in the files that were read, but ${image || 'none'} in the output of docker compose config; write it as plain text at the service`,
        ];
  });
  return problems.length > 0 ? { edits: [], problems } : edits;
}

export function planProjectUpgrade(
  config: Config,
  observation: Observation,
  project: ProjectObservation,
  route: ProjectRoute,
): Planned {
  const found = [
    ...failedChecksOfProject({ config, observation, project, route }),
    ...inComposeTerms(route.failedChecks, project, config.target),
  ];
  const results = applySkips(found, config.skipChecks);
  const steps = stepsOf(config, observation, project, route);
  const isDone = steps.every((step) => evaluate(step, observation).state === 'complete');
  const plan: Plan = {
    strategy: isDone ? 'nothing' : route.path.pathKind === 'migration' ? 'migrate' : 'recreate',
    from: route.from,
    to: config.target,
    image: [...new Set(Object.values(route.images))].join(', '),
    chart: null,
    hops: hopsOf(route, config.target),
    steps,
    pins: [],
    settings: [],
    checks: [
      ...results.filter(isSkipped),
      ...advisoryChecks(route.from, config.target, {
        messageQueue: observation.messageQueue,
        topology: observation.topology,
        pulsar: null,
      }),
    ],
  };
  return { plan, failedChecks: failedChecks(results) };
}

function stepsOf(
  config: Config,
  observation: Observation,
  project: ProjectObservation,
  { from, started, path, edits }: ProjectRoute,
): Step[] {
  const aim: Aim = { config, project: project.name, version: config.target };
  const upgradeState = draftState(project, from, config.target, started);
  const write = editFiles(aim, edits.edits.map(toChange), upgradeState);
  const start = withDataOwner(recreate(aim, started), config, project, from);
  const waitReady = serve(aim, started);
  if (path.pathKind === 'migration')
    return migrationSteps({ config: { ...config, release: project.name }, observation, from, write, start, waitReady });
  return [write, start, waitReady, finishState(aim)];
}

/** The images before the first change: for an incomplete upgrade, those in its upgrade state. */
function draftState(
  { upgradeState, ...project }: ProjectObservation,
  from: Version,
  to: Version,
  images: Images,
): StateDraft {
  const before = (name: string, image: string): string =>
    (upgradeState && own(upgradeState.images, name))?.before ?? image;
  const services = milvusServices(project).filter(({ name }) => own(images, name) !== undefined);
  const changes = services.map((service) => {
    const { name, image } = service;
    return [name, { before: before(name, ranImages(service)[0] ?? image), after: own(images, name) ?? image }] as const;
  });
  return { from: formatVersion(from), to: formatVersion(to), images: Object.fromEntries(changes) };
}

function hopsOf({ from, path }: ProjectRoute, to: Version): Hop[] {
  if (path.pathKind === 'nothing' || compareVersions(from, to) === 0) return [];
  const migrates = path.pathKind === 'migration';
  // The reasons of the paths are written for all platforms; on this one, containers are recreated with the new image.
  const why = migrates ? path.why : 'recreating the containers with the new image is enough';
  return [
    {
      from,
      to,
      pathKind: path.pathKind,
      rollingPossible: false,
      why,
      source: path.source,
      outline: migrates ? migrationOutline : [],
    },
  ];
}

/** The check of `operation: verify`, as a step that is evaluated and never applied. */
export function projectVerification(config: Config, project: ProjectObservation): WaitHealthyStep {
  const images = ofServices(imagesFor(config, project, config.target), liveServices(project));
  return serve({ config, project: project.name, version: config.target }, images);
}
