// When the steps of a Docker Compose project are done. Pure: it compares a step with what was seen.
import { describeCauses, rankCauses } from '../causes.js';
import type { Observation } from '../observation.js';
import type { StepStatus } from '../verdict.js';
import { parseImage } from '../version.js';
import { isUp, isWell } from './components.js';
import type { ContainerObservation } from './containers.js';
import { mountDifferences } from './mounts.js';
import type { ProjectObservation, ServiceObservation } from './seen.js';
import type { EditFilesStep, RecreateStep, WaitHealthyStep } from './step-kinds.js';
import { own } from '../own.js';

const GONE: StepStatus = { state: 'stalled', reason: 'the project is gone' };

/** A file that is neither as it was nor as it is to be was changed by another hand, whose work must not be written over. */
export function evaluateEditFiles({ files, notes }: EditFilesStep, { project }: Observation): StepStatus {
  if (!project) return GONE;
  const texts = new Map(project.files.map((each) => [each.path, each.text.reveal()]));
  const open = files.filter((each) => texts.get(each.path) !== each.after.reveal());
  const foreign = open.filter((each) => texts.get(each.path) !== each.before.reveal()).map((each) => each.path);
  if (foreign.length > 0) return { state: 'stalled', reason: `${foreign.join(' and ')} was changed by another hand since this run looked` };
  return open.length === 0 && isWrittenDown(notes, project) ? { state: 'complete' } : { state: 'pending' };
}

/** Files can be ahead of the containers: then nothing is edited, and what runs is to be written down nevertheless. */
function isWrittenDown(draft: EditFilesStep['notes'], { notes, services }: ProjectObservation): boolean {
  if (!draft || notes) return true;
  return Object.entries(draft.images).every(([name, { after }]) => {
    const containers = services.find((service) => service.name === name)?.containers ?? [];
    return containers.length > 0 && containers.every((each) => each.image === after);
  });
}

export function evaluateRecreate({ images }: RecreateStep, { project }: Observation): StepStatus {
  if (!project) return GONE;
  const services = project.services.filter((each) => Object.hasOwn(images, each.name));
  const paused = services.flatMap((each) => each.containers).find((each) => each.state === 'paused');
  if (paused) return { state: 'stalled', reason: `the container ${paused.name} is paused. Let it go on with: docker unpause ${paused.name}` };
  // Once the files are edited, Compose has said what it would mount: the last moment at which other data can be noticed.
  const moved = services.flatMap((each) => mountDifferences(each, project.name));
  if (moved.length > 0) return { state: 'stalled', reason: `a new container would start with other data: ${moved.join('; ')}` };
  return services.every((each) => isRecreated(each, own(images, each.name) ?? '', project)) ? { state: 'complete' } : { state: 'pending' };
}

/** What has ended after this run had started it came and went by itself: the next step tells why. */
function isRecreated({ name, containers }: ServiceObservation, image: string, { started }: ProjectObservation): boolean {
  const there = containers.filter((each) => each.state !== 'removing');
  const hasStarted = (each: ContainerObservation): boolean => isUp(each) || (each.state === 'exited' && started.includes(name));
  return there.length > 0 && there.every((each) => each.image === image && hasStarted(each));
}

export function evaluateWaitHealthy(step: WaitHealthyStep, observation: Observation): StepStatus {
  const { project } = observation;
  if (!project) return GONE;
  const causes = rankCauses(observation.causes.filter((each) => each.deployment === '' || Object.hasOwn(step.images, each.deployment)));
  const told = causes.length > 0 ? { causes } : {};
  if (causes.some((each) => each.certain)) return { state: 'stalled', reason: describeCauses(causes), causes };
  const own = project.services.filter((each) => Object.hasOwn(step.images, each.name));
  const waits = [...own.flatMap((each) => hindrances(each, step, project)), ...own.flatMap((each) => unsteady(each, project, observation.takenAt))];
  if (waits.length > 0) return { state: 'in-progress', waitingFor: waits.join(', '), ...told, recheckSeconds: RECHECK_SECONDS };
  if (project.answer.state !== 'not-yet') return { state: 'complete' };
  return { state: 'in-progress', waitingFor: `Milvus to answer: ${project.answer.reason}`, ...told, recheckSeconds: RECHECK_SECONDS };
}

/** What ends by itself right after it was well is told as a failure, and not as a success: one that crashes does so within its first seconds. */
const STEADY_SECONDS = 3;

/** Only what this run has started is waited for; the others have stood the test of time. */
function unsteady({ name, containers }: ServiceObservation, { health, started }: ProjectObservation, now: string): string[] {
  if (!started.includes(name)) return [];
  const since = containers.flatMap(({ id }) => health[id]?.wellSince ?? []);
  const isYoung = since.some((each) => Date.parse(now) - Date.parse(each) < STEADY_SECONDS * 1000);
  return isYoung ? [`${name} to stay well for ${STEADY_SECONDS} s`] : [];
}

/** Docker tells nobody when a process begins to answer. */
const RECHECK_SECONDS = 0.5;

function hindrances({ name, containers }: ServiceObservation, { images }: WaitHealthyStep, { health }: ProjectObservation): string[] {
  const up = containers.filter(isUp);
  if (up.length === 0) return [`${name} (no container runs)`];
  const foreign = up.filter((each) => each.image !== own(images, name));
  if (foreign.length > 0) return [`${name} (on ${foreign.map((each) => parseImage(each.image).tag || each.image).join(' and ')})`];
  const unwell = up.filter((each) => !isWell(each, health[each.id]));
  const [first] = unwell;
  if (!first) return [];
  const said = health[first.id]?.reason || first.health || first.state;
  return [`${name} (${up.length - unwell.length} of ${up.length} well; ${said})`];
}
