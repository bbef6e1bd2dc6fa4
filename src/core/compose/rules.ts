// The rules for the state of a Docker Compose project. The rules for versions are in knowledge/paths.ts. Pure.
import { fail, failSkippable } from '../checks/results.js';
import { describeComponent, type Component } from '../model/component.js';
import type { ComposeConfig } from '../config/config.js';
import { needsNoMigration, startedWithoutMigration } from '../migration/rules.js';
import { imageDiffers, imageNeeded } from '../checks/requested-image.js';
import type { CheckResult } from '../model/check-result.js';
import { metastoreIsMysql, sourceDiffers } from '../checks/installation.js';
import { COMPOSE_LABELS } from './labels.js';
import { compareVersions, parseImage } from '../model/version.js';
import { builtHere } from './build-rules.js';
import { runningImageDiffers } from './image-rules.js';
import { installationRules } from './installation-rules.js';
import { severalVersions } from './installations.js';
import { networkRules } from './network-rules.js';
import { milvusServices, type ComposeObservation } from './observation.js';
import { printedDiffers } from './printed-version.js';
import { queueWouldChange, streamingNodeMissing } from './version-rules.js';
import type { ProjectRoute } from './route.js';
import { describeUnmanaged, remedyForUnmanaged, type UnmanagedMilvus } from './unmanaged.js';

interface Question {
  readonly config: ComposeConfig;
  readonly observation: ComposeObservation;
  readonly route: ProjectRoute;
}

/** All checks that fail for the current state. */
export function failedChecksOfProject(question: Question): CheckResult[] {
  const { config, observation, route } = question;
  const { project } = observation;
  const installations = installationRules(config, project);
  return [
    ...sourceDiffers(config, observation),
    ...printedDiffers(config, project),
    ...[...new Set(Object.values(route.images))].flatMap((image) => imageDiffers(config, { image })),
    ...imageNeeded(
      config,
      milvusServices(project).map((service) => service.image),
    ),
    ...runningImageDiffers(observation),
    ...builtHere(config, project, route.images),
    ...installations,
    ...(installations.length > 0 ? [] : severalVersions(config.target, observation)),
    ...strategyDoesNotFit(question),
    ...route.edits.problems.map(notEditable),
    ...networkRules(project),
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
    fail(
      'strategy-does-not-fit',
      `strategy "${config.strategy}" is only for Kubernetes`,
      'Set strategy: auto, or leave it out.',
      'the inputs strategy and platform',
    ),
  ];
}

function notEditable(problem: string): CheckResult {
  return fail(
    'image-not-editable',
    problem,
    'Change the file so that the text that sets the image does not set anything else, and run again. Nothing was changed.',
    'the files of the project',
  );
}

/** Without a Milvus container it cannot be determined which version ran, and with which data. */
function notUp({ observation: { project }, route }: Question): CheckResult[] {
  if (project.services.some((service) => service.containers.length > 0) && Object.keys(route.started).length > 0)
    return [];
  const isEmpty = project.services.every((service) => service.containers.length === 0);
  const unmanaged = project.unmanaged ?? [];
  if (isEmpty && unmanaged.length > 0) return [runsWithoutCompose(project.name, unmanaged)];
  return [
    fail(
      'project-not-up',
      isEmpty
        ? `the project ${project.name} has no containers`
        : `no Milvus service in the project ${project.name} has a container`,
      'Run `docker ps --all` to check whether Milvus runs in another project; if so, set project-name to that project. If there is no Milvus container, start it with `docker compose up -d`, check that its collections exist, and run again.',
      'docker ps',
    ),
  ];
}

function runsWithoutCompose(project: string, found: readonly UnmanagedMilvus[]): CheckResult {
  const reason = `the project ${project} has no containers, but Milvus runs without Docker Compose: ${found.map(describeUnmanaged).join('; ')}`;
  return fail('project-not-up', reason, remedyForUnmanaged(found), 'docker ps');
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
  return failSkippable(
    'service-unhealthy',
    `the service ${service} has no container`,
    'Skip this check to leave it unchanged: an upgrade does not start a service that has no container. Start it first only if it belongs to this installation and has its own data.',
    'docker ps',
  );
}

function notWell(component: Component): CheckResult {
  const { deployment, desired, paused } = component;
  return {
    ...fail(
      paused ? 'service-paused' : 'service-unhealthy',
      `the service ${deployment} ${desired === 0 ? 'has no running container' : `is not healthy before the upgrade (${describeComponent(component)})`}`,
      paused
        ? `Resume it first: docker compose unpause ${deployment}`
        : 'Fix this first; an upgrade would hide the cause. Skip this check if the upgrade is the fix, or if the service is stopped intentionally: the upgrade starts it.',
      'docker inspect',
    ),
    skippable: !paused,
  };
}

function requests(image: string, { target }: ComposeConfig): boolean {
  const { version } = parseImage(image);
  return version !== null && compareVersions(version, target) === 0;
}
