// The observation of a Docker Compose project that is expected once a plan is complete, so that the next upgrade of a
// path can be planned before the first change. Pure.
import type { ComposeConfig } from '../config/config.js';
import { own } from '../lib/own.js';
import { isUp, readComponent } from './components.js';
import type { ContainerObservation } from './containers.js';
import { imagesFor } from './images.js';
import { milvusServices, type ComposeObservation, type ServiceObservation } from './observation.js';
import type { ComposePlan } from './step.js';
import type { Images } from './steps.js';

/** `config` is the one that the plan was made with. */
export function afterPlan(
  config: ComposeConfig,
  observation: ComposeObservation,
  { steps, to }: ComposePlan,
): ComposeObservation {
  const { project } = observation;
  const texts = new Map(
    steps.flatMap((step) => (step.kind === 'edit-files' ? step.files : [])).map(({ path, after }) => [path, after]),
  );
  const images = imagesFor(config, project, to);
  const started: Images = Object.assign({}, ...steps.map((step) => (step.kind === 'recreate' ? step.images : {})));
  const services = project.services.map((service) => serviceAfter(service, images, started));
  const { migration: _migration, sessions: _sessions, ...rest } = observation;
  return {
    ...rest,
    causes: [],
    components: milvusServices({ services }).map((service) => readComponent(service, {})),
    project: {
      ...project,
      files: project.files.map((file) => ({ ...file, text: texts.get(file.path) ?? file.text })),
      services,
      upgradeState: null,
      health: {},
      answer: { state: 'unknown', reason: '' },
      started: [],
      lastOutput: {},
    },
  };
}

function serviceAfter(service: ServiceObservation, images: Images, started: Images): ServiceObservation {
  const image = own(images, service.name) ?? service.image;
  const next = own(started, service.name);
  const containers =
    next === undefined ? service.containers : service.containers.map((container) => startedWith(container, next));
  return { ...service, image, containers };
}

/** Running, and healthy if it has a health check. */
function startedWith(container: ContainerObservation, image: string): ContainerObservation {
  return {
    ...container,
    image,
    state: isUp(container) ? container.state : 'running',
    health: container.health === 'none' ? 'none' : 'healthy',
    exitCode: 0,
  };
}
