// The rules that look at a Docker Compose project itself. Rules about versions are in knowledge/paths.ts. Pure.
import { describeComponent } from '../component.js';
import type { Goal } from '../goal.js';
import { needsNoMigration, startedWithoutMigration } from '../migration/rules.js';
import type { Observation } from '../observation.js';
import type { Refusal } from '../refusal.js';
import { imageDiffers, metastoreIsMysql, sourceDiffers } from '../rules.js';
import { compareVersions, formatVersion, parseImage } from '../version.js';
import type { ProjectRoute } from './plan.js';
import type { ProjectSeen } from './seen.js';

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
    ...strategyDoesNotFit(question),
    ...route.edits.problems.map(notEditable),
    ...notUp(question),
    ...unhealthy(question),
    ...metastoreIsMysql(seen),
    ...queueWouldChange(question),
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

/** Without any container there is no network, no etcd, and nothing that tells what ran. */
function notUp({ project }: Question): Refusal[] {
  if (project.services.some((each) => each.containers.length > 0)) return [];
  return [
    {
      code: 'project-not-up',
      because: `the project ${project.name} has no container at all`,
      remedy:
        'Start it with `docker compose up -d`, see that it is well, and run this again. Is it up? Then project-name is another one: `docker compose ls` tells.',
      source: 'docker ps',
      waivable: false,
    },
  ];
}

/** What asks for the target already, or was stopped by a run of ours, is a half-done upgrade: going on is what mends it. */
function unhealthy({ goal, seen, project }: Question): Refusal[] {
  if (!project.services.some((each) => each.containers.length > 0)) return [];
  if (project.notes !== null || seen.migration?.journal?.closed === false) return [];
  return seen.components
    .filter((each) => (each.wanted === 0 || each.ready < each.wanted || each.paused) && !asksFor(each.templateImage, goal))
    .map((each) => ({
      code: each.paused ? 'service-paused' : 'service-unhealthy',
      because: `the service ${each.deployment} ${each.wanted === 0 ? 'has no running container' : `is not healthy before the upgrade (${describeComponent(each)})`}`,
      remedy: each.paused
        ? `Let it go on first: docker compose unpause ${each.deployment}`
        : 'Mend it first: an upgrade would hide the cause. Waive this when the upgrade is the mend, or when it is stopped on purpose: it will be started.',
      source: 'docker inspect',
      waivable: !each.paused,
    }));
}

function asksFor(image: string, { target }: Goal): boolean {
  const { version } = parseImage(image);
  return version !== null && compareVersions(version, target) === 0;
}

/** Milvus 2.6 chooses Woodpecker for a standalone that does not say otherwise; what is left in RocksMQ would be lost. */
function queueWouldChange({ goal, seen, project, route }: Question): Refusal[] {
  const crosses = compareVersions(route.from, V2_6) < 0 && compareVersions(goal.target, V2_6) >= 0;
  const standalone = project.services.find((each) => each.role === 'standalone');
  if (!crosses || seen.messageQueue !== 'rocksmq' || !standalone || saysQueue(standalone.environment.reveal())) return [];
  return [
    {
      code: 'message-queue-would-change',
      because: `${standalone.name} keeps its messages in RocksMQ because it says nothing else, and ${formatVersion(goal.target)} would choose Woodpecker`,
      remedy: `Add MQ_TYPE: rocksmq below environment of ${standalone.name}, and run this again.`,
      source: 'milvus-io/milvus#49584',
      waivable: true,
    },
  ];
}

const V2_6 = { major: 2, minor: 6, patch: 0, preRelease: '' };

function saysQueue(environment: Readonly<Record<string, unknown>>): boolean {
  return Object.keys(environment).some((name) => name.toUpperCase().replaceAll('_', '') === 'MQTYPE');
}
