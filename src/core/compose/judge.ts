// When the steps of a Docker Compose project are done. Pure: it compares a step with what was seen.
import { describeCauses, rankCauses } from '../causes.js';
import type { Observation } from '../observation.js';
import type { Verdict } from '../verdict.js';
import { parseImage } from '../version.js';
import { isUp, isWell } from './components.js';
import type { ContainerSeen } from './containers.js';
import { mountDifferences } from './mounts.js';
import type { ProjectSeen, ServiceSeen } from './seen.js';
import type { EditFilesStep, RecreateStep, ServeStep } from './step-kinds.js';
import { own } from '../own.js';

const GONE: Verdict = { state: 'stuck', because: 'the project is gone' };

/** A file that is neither as it was nor as it is to be was changed by another hand, whose work must not be written over. */
export function judgeEditFiles({ files, notes }: EditFilesStep, { project }: Observation): Verdict {
  if (!project) return GONE;
  const texts = new Map(project.files.map((each) => [each.path, each.text.reveal()]));
  const open = files.filter((each) => texts.get(each.path) !== each.after.reveal());
  const foreign = open.filter((each) => texts.get(each.path) !== each.before.reveal()).map((each) => each.path);
  if (foreign.length > 0) return { state: 'stuck', because: `${foreign.join(' and ')} was changed by another hand since this run looked` };
  return open.length === 0 && isWrittenDown(notes, project) ? { state: 'done' } : { state: 'todo' };
}

/** Files can be ahead of the containers: then nothing is edited, and what runs is to be written down nevertheless. */
function isWrittenDown(draft: EditFilesStep['notes'], { notes, services }: ProjectSeen): boolean {
  if (!draft || notes) return true;
  return Object.entries(draft.images).every(([name, { after }]) => {
    const containers = services.find((service) => service.name === name)?.containers ?? [];
    return containers.length > 0 && containers.every((each) => each.image === after);
  });
}

export function judgeRecreate({ images }: RecreateStep, { project }: Observation): Verdict {
  if (!project) return GONE;
  const services = project.services.filter((each) => Object.hasOwn(images, each.name));
  const paused = services.flatMap((each) => each.containers).find((each) => each.state === 'paused');
  if (paused) return { state: 'stuck', because: `the container ${paused.name} is paused. Let it go on with: docker unpause ${paused.name}` };
  // Once the files are edited, Compose has said what it would mount: the last moment at which other data can be noticed.
  const moved = services.flatMap((each) => mountDifferences(each, project.name));
  if (moved.length > 0) return { state: 'stuck', because: `a new container would start with other data: ${moved.join('; ')}` };
  return services.every((each) => isRecreated(each, own(images, each.name) ?? '', project)) ? { state: 'done' } : { state: 'todo' };
}

/** What has ended after this run had started it came and went by itself: the next step tells why. */
function isRecreated({ name, containers }: ServiceSeen, image: string, { started }: ProjectSeen): boolean {
  const there = containers.filter((each) => each.state !== 'removing');
  const hasStarted = (each: ContainerSeen): boolean => isUp(each) || (each.state === 'exited' && started.includes(name));
  return there.length > 0 && there.every((each) => each.image === image && hasStarted(each));
}

export function judgeServe(step: ServeStep, seen: Observation): Verdict {
  const { project } = seen;
  if (!project) return GONE;
  const causes = rankCauses(seen.causes.filter((each) => each.deployment === '' || Object.hasOwn(step.images, each.deployment)));
  const told = causes.length > 0 ? { causes } : {};
  if (causes.some((each) => each.certain)) return { state: 'stuck', because: describeCauses(causes), causes };
  const own = project.services.filter((each) => Object.hasOwn(step.images, each.name));
  const waits = [...own.flatMap((each) => hindrances(each, step, project)), ...own.flatMap((each) => unsteady(each, project, seen.takenAt))];
  if (waits.length > 0) return { state: 'moving', waitingFor: waits.join(', '), ...told, lookAgainSeconds: LOOK_AGAIN_SECONDS };
  if (project.answer.state !== 'not-yet') return { state: 'done' };
  return { state: 'moving', waitingFor: `Milvus to answer: ${project.answer.because}`, ...told, lookAgainSeconds: LOOK_AGAIN_SECONDS };
}

/** What ends by itself right after it was well is told as a failure, and not as a success: one that crashes does so within its first seconds. */
const STEADY_SECONDS = 3;

/** Only what this run has started is waited for; the others have stood the test of time. */
function unsteady({ name, containers }: ServiceSeen, { health, started }: ProjectSeen, now: string): string[] {
  if (!started.includes(name)) return [];
  const since = containers.flatMap(({ id }) => health[id]?.wellSince ?? []);
  const isYoung = since.some((each) => Date.parse(now) - Date.parse(each) < STEADY_SECONDS * 1000);
  return isYoung ? [`${name} to stay well for ${STEADY_SECONDS} s`] : [];
}

/** Docker tells nobody when a process begins to answer. */
const LOOK_AGAIN_SECONDS = 0.5;

function hindrances({ name, containers }: ServiceSeen, { images }: ServeStep, { health }: ProjectSeen): string[] {
  const up = containers.filter(isUp);
  if (up.length === 0) return [`${name} (no container runs)`];
  const foreign = up.filter((each) => each.image !== own(images, name));
  if (foreign.length > 0) return [`${name} (on ${foreign.map((each) => parseImage(each.image).tag || each.image).join(' and ')})`];
  const unwell = up.filter((each) => !isWell(each, health[each.id]));
  const [first] = unwell;
  if (!first) return [];
  const said = health[first.id]?.because || first.health || first.state;
  return [`${name} (${up.length - unwell.length} of ${up.length} well; ${said})`];
}
