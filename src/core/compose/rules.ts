// The rules that look at a Docker Compose project itself. Rules about versions are in knowledge/paths.ts. Pure.
import { describeComponent, type Component } from '../component.js';
import type { Goal } from '../goal.js';
import { needsNoMigration, startedWithoutMigration } from '../migration/rules.js';
import { imageDiffers, imageNeeded } from '../image-rules.js';
import type { Observation } from '../observation.js';
import type { Refusal } from '../refusal.js';
import { metastoreIsMysql, sourceDiffers } from '../rules.js';
import { compareVersions, parseImage } from '../version.js';
import { runningImageDiffers } from './image-rules.js';
import { severalVersions } from './installations.js';
import type { ProjectRoute } from './plan.js';
import { milvusServices, type ProjectSeen } from './seen.js';
import { queueWouldChange, streamingNodeMissing } from './version-rules.js';

interface Question {
  readonly goal: Goal;
  readonly seen: Observation;
  readonly project: ProjectSeen;
  readonly route: ProjectRoute;
}

/** Everything about the present state that speaks against an upgrade. */
export function refusalsOfProject(question: Question): Refusal[] {
  const { goal, seen, route } = question;
  return [
    ...sourceDiffers(goal, seen),
    ...[...new Set(Object.values(route.images))].flatMap((image) => imageDiffers(goal, { image })),
    ...imageNeeded(
      goal,
      milvusServices(question.project).map((service) => service.image),
    ),
    ...runningImageDiffers(question.project, seen),
    ...severalVersions(goal.target, question.project, seen),
    ...strategyDoesNotFit(question),
    ...route.edits.problems.map(notEditable),
    ...notUp(question),
    ...unhealthy(question),
    ...metastoreIsMysql(seen),
    ...queueWouldChange(goal, route.from, seen, question.project),
    ...streamingNodeMissing(goal, route.from, question.project),
    ...startedWithoutMigration(seen, route),
  ];
}

function strategyDoesNotFit({ goal, route }: Question): Refusal[] {
  if (goal.strategy === 'migrate') return needsNoMigration(route);
  if (goal.strategy === 'auto') return [];
  return [
    {
      code: 'strategy-does-not-fit',
      because: `strategy is ${goal.strategy}, which is a way of Kubernetes`,
      remedy: 'Set strategy: auto, or leave it out.',
      source: 'the inputs strategy and platform',
      waivable: false,
    },
  ];
}

function notEditable(problem: string): Refusal {
  return {
    code: 'image-not-editable',
    because: problem,
    remedy: 'Change the file so that the text that sets the image sets nothing else, and run again. Nothing was changed.',
    source: 'the files of the project',
    waivable: false,
  };
}

/** Without a container of Milvus nothing tells what ran and with which data. */
function notUp({ project, route }: Question): Refusal[] {
  if (project.services.some((each) => each.containers.length > 0) && Object.keys(route.started).length > 0) return [];
  const isEmpty = project.services.every((each) => each.containers.length === 0);
  return [
    {
      code: 'project-not-up',
      because: isEmpty ? `the project ${project.name} has no container at all` : `no service of Milvus in the project ${project.name} has a container`,
      remedy:
        'Look with `docker ps --all` whether Milvus runs under the name of another project: then set project-name to that. Only where there is no container of it, start it with `docker compose up -d`, check that its collections are there, and run this again.',
      source: 'docker ps',
      waivable: false,
    },
  ];
}

/** What asks for the target already, or was stopped by a run of ours, is a half-done upgrade: going on is what mends it. */
function unhealthy({ goal, seen, project, route }: Question): Refusal[] {
  if (Object.keys(route.started).length === 0 || project.services.every((each) => each.containers.length === 0)) return [];
  if (project.notes !== null || seen.migration?.journal?.closed === false) return [];
  const missing = new Set(milvusServices(project).flatMap((each) => (each.containers.length === 0 ? [each.name] : [])));
  return seen.components.flatMap((each) => {
    if (missing.has(each.deployment)) return [withoutContainer(each.deployment)];
    return (each.wanted === 0 || each.ready < each.wanted || each.paused) && !asksFor(each.templateImage, goal) ? [notWell(each)] : [];
  });
}

function withoutContainer(service: string): Refusal {
  return {
    code: 'service-unhealthy',
    because: `the service ${service} has no container`,
    remedy:
      'Skip this check to leave it as it is: an upgrade starts no service that has no container. Start it first only if it belongs to this installation and has data of its own.',
    source: 'docker ps',
    waivable: true,
  };
}

function notWell(component: Component): Refusal {
  const { deployment, wanted, paused } = component;
  return {
    code: paused ? 'service-paused' : 'service-unhealthy',
    because: `the service ${deployment} ${wanted === 0 ? 'has no running container' : `is not healthy before the upgrade (${describeComponent(component)})`}`,
    remedy: paused
      ? `Let it go on first: docker compose unpause ${deployment}`
      : 'Mend it first: an upgrade would hide the cause. Waive this when the upgrade is the mend, or when it is stopped on purpose: it will be started.',
    source: 'docker inspect',
    waivable: !paused,
  };
}

function asksFor(image: string, { target }: Goal): boolean {
  const { version } = parseImage(image);
  return version !== null && compareVersions(version, target) === 0;
}
