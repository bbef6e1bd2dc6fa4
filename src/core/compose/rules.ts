// The rules that look at a Docker Compose project itself. Rules about versions are in knowledge/paths.ts. Pure.
import { describeComponent, type Component } from '../component.js';
import type { Config } from '../goal.js';
import { needsNoMigration, startedWithoutMigration } from '../migration/rules.js';
import { imageDiffers, imageNeeded } from '../image-rules.js';
import type { Observation } from '../observation.js';
import type { FailedCheck } from '../refusal.js';
import { metastoreIsMysql, sourceDiffers } from '../rules.js';
import { compareVersions, parseImage } from '../version.js';
import { runningImageDiffers } from './image-rules.js';
import { severalVersions } from './installations.js';
import type { ProjectRoute } from './plan.js';
import { milvusServices, type ProjectObservation } from './seen.js';
import { queueWouldChange, streamingNodeMissing } from './version-rules.js';

interface Question {
  readonly config: Config;
  readonly observation: Observation;
  readonly project: ProjectObservation;
  readonly route: ProjectRoute;
}

/** Everything about the present state that speaks against an upgrade. */
export function failedChecksOfProject(question: Question): FailedCheck[] {
  const { config, observation, route } = question;
  return [
    ...sourceDiffers(config, observation),
    ...[...new Set(Object.values(route.images))].flatMap((image) => imageDiffers(config, { image })),
    ...imageNeeded(
      config,
      milvusServices(question.project).map((service) => service.image),
    ),
    ...runningImageDiffers(question.project, observation),
    ...severalVersions(config.target, question.project, observation),
    ...strategyDoesNotFit(question),
    ...route.edits.problems.map(notEditable),
    ...notUp(question),
    ...unhealthy(question),
    ...metastoreIsMysql(observation),
    ...queueWouldChange(config, route.from, observation, question.project),
    ...streamingNodeMissing(config, route.from, question.project),
    ...startedWithoutMigration(observation, route),
  ];
}

function strategyDoesNotFit({ config, route }: Question): FailedCheck[] {
  if (config.strategy === 'migrate') return needsNoMigration(route);
  if (config.strategy === 'auto') return [];
  return [
    {
      code: 'strategy-does-not-fit',
      reason: `strategy is ${config.strategy}, which is a way of Kubernetes`,
      remedy: 'Set strategy: auto, or leave it out.',
      source: 'the inputs strategy and platform',
      skippable: false,
    },
  ];
}

function notEditable(problem: string): FailedCheck {
  return {
    code: 'image-not-editable',
    reason: problem,
    remedy: 'Change the file so that the text that sets the image sets nothing else, and run again. Nothing was changed.',
    source: 'the files of the project',
    skippable: false,
  };
}

/** Without a container of Milvus nothing tells what ran and with which data. */
function notUp({ project, route }: Question): FailedCheck[] {
  if (project.services.some((each) => each.containers.length > 0) && Object.keys(route.started).length > 0) return [];
  const isEmpty = project.services.every((each) => each.containers.length === 0);
  return [
    {
      code: 'project-not-up',
      reason: isEmpty ? `the project ${project.name} has no container at all` : `no service of Milvus in the project ${project.name} has a container`,
      remedy:
        'Look with `docker ps --all` whether Milvus runs under the name of another project: then set project-name to that. Only where there is no container of it, start it with `docker compose up -d`, check that its collections are there, and run this again.',
      source: 'docker ps',
      skippable: false,
    },
  ];
}

/** What asks for the target already, or was stopped by a run of ours, is a half-done upgrade: going on is what mends it. */
function unhealthy({ config, observation, project, route }: Question): FailedCheck[] {
  if (Object.keys(route.started).length === 0 || project.services.every((each) => each.containers.length === 0)) return [];
  if (project.notes !== null || observation.migration?.journal?.closed === false) return [];
  const missing = new Set(milvusServices(project).flatMap((each) => (each.containers.length === 0 ? [each.name] : [])));
  return observation.components.flatMap((each) => {
    if (missing.has(each.deployment)) return [withoutContainer(each.deployment)];
    return (each.desired === 0 || each.ready < each.desired || each.paused) && !requests(each.templateImage, config) ? [notWell(each)] : [];
  });
}

function withoutContainer(service: string): FailedCheck {
  return {
    code: 'service-unhealthy',
    reason: `the service ${service} has no container`,
    remedy:
      'Skip this check to leave it as it is: an upgrade starts no service that has no container. Start it first only if it belongs to this installation and has data of its own.',
    source: 'docker ps',
    skippable: true,
  };
}

function notWell(component: Component): FailedCheck {
  const { deployment, desired, paused } = component;
  return {
    code: paused ? 'service-paused' : 'service-unhealthy',
    reason: `the service ${deployment} ${desired === 0 ? 'has no running container' : `is not healthy before the upgrade (${describeComponent(component)})`}`,
    remedy: paused
      ? `Let it go on first: docker compose unpause ${deployment}`
      : 'Mend it first: an upgrade would hide the cause. Waive this when the upgrade is the mend, or when it is stopped on purpose: it will be started.',
    source: 'docker inspect',
    skippable: !paused,
  };
}

function requests(image: string, { target }: Config): boolean {
  const { version } = parseImage(image);
  return version !== null && compareVersions(version, target) === 0;
}
