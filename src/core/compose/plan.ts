// The planner of Docker Compose projects: from config and observation to a plan, or to all failed checks. Pure; the
// observation is the only state.
import type { ComposeConfig } from '../config/config.js';
import { advisoryChecks } from '../checks/advisories.js';
import { own } from '../lib/own.js';
import { migrationOutline } from '../migration/outline.js';
import { migrationSteps } from '../migration/steps.js';
import { applySkips, failedChecks, isSkipped } from '../model/check-result.js';
import type { Hop, Planned } from '../model/shared-plan.js';
import { compareVersions, formatVersion, type Version } from '../model/version.js';
import { dataOwnerStep } from './data-owner-step.js';
import { ranImages } from './image-rules.js';
import { imagesFor, ofServices } from './images.js';
import { liveServices, milvusServices, type ComposeObservation, type ProjectObservation } from './observation.js';
import type { ProjectRoute } from './route.js';
import { failedChecksOfProject } from './rules.js';
import { inComposeTerms } from './topology-remedies.js';
import { evaluateComposeStep } from './status.js';
import type { ComposePlan, ComposeStep, StateDraft, WaitHealthyStep } from './step.js';
import { finishState, editFiles, recreate, serve, toChange, type Aim, type Images } from './steps.js';

export function planProjectUpgrade(
  config: ComposeConfig,
  observation: ComposeObservation,
  route: ProjectRoute,
): Planned<ComposePlan> {
  const found = [
    ...failedChecksOfProject({ config, observation, route }),
    ...inComposeTerms(route.failedChecks, observation.project, config.target),
  ];
  const results = applySkips(found, config.skipChecks);
  const steps = stepsOf(config, observation, route);
  const isDone = steps.every((step) => evaluateComposeStep(step, observation).state === 'complete');
  const plan: ComposePlan = {
    platform: 'compose',
    strategy: isDone ? 'nothing' : route.path.pathKind === 'migration' ? 'migrate' : 'recreate',
    from: route.from,
    to: config.target,
    image: [...new Set(Object.values(route.images))].join(', '),
    hops: hopsOf(route, config.target),
    steps,
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
  config: ComposeConfig,
  observation: ComposeObservation,
  { from, started, path, edits }: ProjectRoute,
): ComposeStep[] {
  const { project } = observation;
  const aim: Aim = { config, project: project.name, version: config.target };
  const upgradeState = draftState(project, from, config.target, started);
  const write = editFiles(aim, edits.edits.map(toChange), upgradeState);
  const start = recreate(aim, started);
  const owner = dataOwnerStep(aim, project, from, started);
  const waitReady = serve(aim, started);
  if (path.pathKind === 'migration')
    return migrationSteps<ComposeStep, object>({
      config: { ...config, name: project.name },
      observation,
      from,
      part: {},
      parts: { write, start: () => start, waitReady },
    });
  return [write, ...(owner ? [owner] : []), start, waitReady, finishState(aim)];
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
export function verification(config: ComposeConfig, { project }: ComposeObservation): WaitHealthyStep {
  const images = ofServices(imagesFor(config, project, config.target), liveServices(project));
  return serve({ config, project: project.name, version: config.target }, images);
}
