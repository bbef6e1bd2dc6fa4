// The rules for the state of a Docker Compose project. The rules for versions are in knowledge/paths.ts. Pure.
import { describeComponent, type Component } from '../model/component.js';
import type { ComposeConfig } from '../config/config.js';
import { needsNoMigration, startedWithoutMigration } from '../migration/rules.js';
import { imageDiffers, imageNeeded } from '../checks/requested-image.js';
import type { CheckResult } from '../model/check-result.js';
import { metastoreIsMysql, sourceDiffers } from '../checks/installation.js';
import { COMPOSE_LABELS } from './labels.js';
import { compareVersions, parseImage } from '../model/version.js';
import { runningImageDiffers } from './image-rules.js';
import { severalVersions } from './installations.js';
import { milvusServices, type ComposeObservation } from './observation.js';
import { queueWouldChange, streamingNodeMissing } from './version-rules.js';
import type { ProjectRoute } from './route.js';

interface Question {
  readonly config: ComposeConfig;
  readonly observation: ComposeObservation;
  readonly route: ProjectRoute;
}

/** All checks that fail for the current state. */
export function failedChecksOfProject(question: Question): CheckResult[] {
  const { config, observation, route } = question;
  const { project } = observation;
  return [
    ...sourceDiffers(config, observation),
    ...[...new Set(Object.values(route.images))].flatMap((image) => imageDiffers(config, { image })),
    ...imageNeeded(
      config,
      milvusServices(project).map((service) => service.image),
    ),
    ...runningImageDiffers(observation),
    ...severalVersions(config.target, observation),
    ...strategyDoesNotFit(question),
    ...route.edits.problems.map(notEditable),
    ...notUp(question),
    ...unhealthy(question),
    ...metastoreIsMysql(observation),
    ...queueWouldChange(config, route.from, observation),
    ...streamingNodeMissing(config, route.from, project),
    ...startedWithoutMigration(observation, route, { units: COMPOSE_LABELS.units, command: '' }),
  ];
}

function strategyDoesNotFit({ config, route }: Question): CheckResult[] {
  if (config.strategy === 'migrate') return needsNoMigration(route);
  if (config.strategy === 'auto') return [];
  return [
    {
      id: 'strategy-does-not-fit',
      state: 'fail',
      reason: `strategy "${config.strategy}" is only for Kubernetes`,
      remedy: 'Set strategy: auto, or leave it out.',
      source: 'the inputs strategy and platform',
      skippable: false,
    },
  ];
}

function notEditable(problem: string): CheckResult {
  return {
    id: 'image-not-editable',
    state: 'fail',
    reason: problem,
    remedy:
      'Change the file so that the text that sets the image does not set anything else, and run again. Nothing was changed.',
    source: 'the files of the project',
    skippable: false,
  };
}

/** Without a Milvus container it cannot be determined which version ran, and with which data. */
function notUp({ observation: { project }, route }: Question): CheckResult[] {
  if (project.services.some((service) => service.containers.length > 0) && Object.keys(route.started).length > 0)
    return [];
  const isEmpty = project.services.every((service) => service.containers.length === 0);
  return [
    {
      id: 'project-not-up',
      state: 'fail',
      reason: isEmpty
        ? `the project ${project.name} has no containers`
        : `no Milvus service in the project ${project.name} has a container`,
      remedy:
        'Run `docker ps --all` to check whether Milvus runs in another project; if so, set project-name to that project. If there is no Milvus container, start it with `docker compose up -d`, check that its collections exist, and run again.',
      source: 'docker ps',
      skippable: false,
    },
  ];
}

/**
 * Not checked for services that already select the target, or that a run of this action stopped: that is an incomplete
 * upgrade, and resuming it is the fix.
 */
function unhealthy({ config, observation, route }: Question): CheckResult[] {
  const { project } = observation;
  if (Object.keys(route.started).length === 0 || project.services.every((service) => service.containers.length === 0))
    return [];
  if (project.upgradeState !== null || observation.migration?.journal?.closed === false) return [];
  const missing = new Set(
    milvusServices(project).flatMap((service) => (service.containers.length === 0 ? [service.name] : [])),
  );
  return observation.components.flatMap((component) => {
    if (missing.has(component.deployment)) return [withoutContainer(component.deployment)];
    return (component.desired === 0 || component.ready < component.desired || component.paused) &&
      !requests(component.templateImage, config)
      ? [notWell(component)]
      : [];
  });
}

function withoutContainer(service: string): CheckResult {
  return {
    id: 'service-unhealthy',
    state: 'fail',
    reason: `the service ${service} has no container`,
    remedy:
      'Skip this check to leave it unchanged: an upgrade does not start a service that has no container. Start it first only if it belongs to this installation and has its own data.',
    source: 'docker ps',
    skippable: true,
  };
}

function notWell(component: Component): CheckResult {
  const { deployment, desired, paused } = component;
  return {
    id: paused ? 'service-paused' : 'service-unhealthy',
    state: 'fail',
    reason: `the service ${deployment} ${desired === 0 ? 'has no running container' : `is not healthy before the upgrade (${describeComponent(component)})`}`,
    remedy: paused
      ? `Resume it first: docker compose unpause ${deployment}`
      : 'Fix this first; an upgrade would hide the cause. Skip this check if the upgrade is the fix, or if the service is stopped intentionally: the upgrade starts it.',
    source: 'docker inspect',
    skippable: !paused,
  };
}

function requests(image: string, { target }: ComposeConfig): boolean {
  const { version } = parseImage(image);
  return version !== null && compareVersions(version, target) === 0;
}
