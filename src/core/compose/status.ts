// The only place that evaluates whether a step of a Docker Compose project is complete. Pure: it compares a step with
// an observation and stores nothing.
import { describeCauses, rankCauses } from '../model/cause.js';
import { parseImage } from '../model/version.js';
import { isUp, isWell } from './components.js';
import type { ContainerObservation } from './containers.js';
import { mountDifferences } from './mounts.js';
import type { ProjectObservation, ServiceObservation, ComposeObservation } from './observation.js';
import { evaluateDataOwner } from './data-owner-step.js';
import type { ComposeStep, EditFilesStep, RecreateStep, WaitHealthyStep } from './step.js';
import { evaluateFinalize, evaluateMigrationJob, evaluatePrepare, evaluateScaleDown } from '../migration/status.js';
import type { FinalizeStep } from '../migration/step.js';
import { own } from '../lib/own.js';
import type { StepStatus } from '../model/step-status.js';

/** Evaluates a step against one observation. */
export function evaluateComposeStep(step: ComposeStep, observation: ComposeObservation): StepStatus {
  return (evaluators[step.kind] as (step: ComposeStep, observation: ComposeObservation) => StepStatus)(
    step,
    observation,
  );
}

const evaluators: {
  readonly [Kind in ComposeStep['kind']]: (
    step: Extract<ComposeStep, { kind: Kind }>,
    observation: ComposeObservation,
  ) => StepStatus;
} = {
  'edit-files': evaluateEditFiles,
  'data-owner': evaluateDataOwner,
  recreate: evaluateRecreate,
  'wait-healthy': evaluateWaitHealthy,
  prepare: evaluatePrepare,
  'scale-down': evaluateScaleDown,
  backup: evaluateMigrationJob,
  migrate: evaluateMigrationJob,
  restore: evaluateMigrationJob,
  finalize: evaluateProjectFinalize,
};

/** The upgrade state of the files is removed last. */
function evaluateProjectFinalize(step: FinalizeStep, observation: ComposeObservation): StepStatus {
  return observation.project.upgradeState === null ? evaluateFinalize(step, observation) : { state: 'pending' };
}

/**
 * A file that has neither its previous nor its new text was changed by another process or user, and must not be
 * overwritten.
 */
export function evaluateEditFiles({ files, upgradeState }: EditFilesStep, { project }: ComposeObservation): StepStatus {
  const texts = new Map(project.files.map((file) => [file.path, file.text.reveal()]));
  const open = files.filter((file) => texts.get(file.path) !== file.after.reveal());
  const foreign = open.filter((file) => texts.get(file.path) !== file.before.reveal()).map((file) => file.path);
  if (foreign.length > 0)
    return {
      state: 'stalled',
      reason: `${foreign.join(' and ')} was changed by another process or user since this run read it`,
    };
  return open.length === 0 && isWrittenDown(upgradeState, project) ? { state: 'complete' } : { state: 'pending' };
}

/**
 * The files may already have the new images while the containers do not: then no file is edited, but the running images
 * are still recorded.
 */
function isWrittenDown(draft: EditFilesStep['upgradeState'], { upgradeState, services }: ProjectObservation): boolean {
  if (!draft || upgradeState) return true;
  return Object.entries(draft.images).every(([name, { after }]) => {
    const containers = services.find((service) => service.name === name)?.containers ?? [];
    return containers.length > 0 && containers.every((container) => container.image === after);
  });
}

export function evaluateRecreate({ images }: RecreateStep, { project }: ComposeObservation): StepStatus {
  const services = project.services.filter((service) => Object.hasOwn(images, service.name));
  const paused = services.flatMap((service) => service.containers).find((container) => container.state === 'paused');
  if (paused)
    return {
      state: 'stalled',
      reason: `the container ${paused.name} is paused. Resume it with: docker unpause ${paused.name}`,
    };
  // Compose resolves the mounts of the edited files. This is the last chance to notice that other data would be
  // mounted.
  const moved = services.flatMap((service) => mountDifferences(service, project.name));
  if (moved.length > 0)
    return { state: 'stalled', reason: `a new container would start with other data: ${moved.join('; ')}` };
  return services.every((service) => isRecreated(service, own(images, service.name) ?? '', project))
    ? { state: 'complete' }
    : { state: 'pending' };
}

/**
 * A container that exited after this run had started it is complete for this step: the next step reports why it exited.
 */
function isRecreated(
  { name, containers }: ServiceObservation,
  image: string,
  { started }: ProjectObservation,
): boolean {
  const there = containers.filter((container) => container.state !== 'removing');
  const hasStarted = (container: ContainerObservation): boolean =>
    isUp(container) || (container.state === 'exited' && started.includes(name));
  return there.length > 0 && there.every((container) => container.image === image && hasStarted(container));
}

export function evaluateWaitHealthy(step: WaitHealthyStep, observation: ComposeObservation): StepStatus {
  const { project } = observation;
  const causes = rankCauses(
    observation.causes.filter((cause) => cause.deployment === '' || Object.hasOwn(step.images, cause.deployment)),
  );
  const details = causes.length > 0 ? { causes } : {};
  if (causes.some((cause) => cause.certain)) return { state: 'stalled', reason: describeCauses(causes), causes };
  const own = project.services.filter((service) => Object.hasOwn(step.images, service.name));
  const waits = [
    ...own.flatMap((service) => hindrances(service, step, project)),
    ...own.flatMap((service) => unsteady(service, project, observation.takenAt)),
  ];
  if (waits.length > 0)
    return { state: 'in-progress', waitingFor: waits.join(', '), ...details, recheckSeconds: RECHECK_SECONDS };
  if (project.answer.state !== 'not-yet') return { state: 'complete' };
  return {
    state: 'in-progress',
    waitingFor: `Milvus to respond: ${project.answer.reason}`,
    ...details,
    recheckSeconds: RECHECK_SECONDS,
  };
}

/**
 * A container must stay healthy for this time, so that one that crashes in its first seconds is reported as a failure
 * and not as a success.
 */
const STEADY_SECONDS = 3;

/** Applies only to services that this run has started; the others have been running for longer. */
function unsteady(
  { name, containers }: ServiceObservation,
  { health, started }: ProjectObservation,
  now: string,
): string[] {
  if (!started.includes(name)) return [];
  const since = containers.flatMap(({ id }) => health[id]?.wellSince ?? []);
  const isYoung = since.some((time) => Date.parse(now) - Date.parse(time) < STEADY_SECONDS * 1000);
  return isYoung ? [`${name} to stay healthy for ${STEADY_SECONDS} s`] : [];
}

/** Docker has no event for a process that begins to respond. */
const RECHECK_SECONDS = 0.5;

function hindrances(
  { name, containers }: ServiceObservation,
  { images }: WaitHealthyStep,
  { health }: ProjectObservation,
): string[] {
  const up = containers.filter(isUp);
  if (up.length === 0) return [`${name} (no running container)`];
  const foreign = up.filter((container) => container.image !== own(images, name));
  if (foreign.length > 0)
    return [
      `${name} (on ${foreign.map((container) => parseImage(container.image).tag || container.image).join(' and ')})`,
    ];
  const unwell = up.filter((container) => !isWell(container, health[container.id]));
  const [first] = unwell;
  if (!first) return [];
  const message = health[first.id]?.reason || first.health || first.state;
  return [`${name} (${up.length - unwell.length} of ${up.length} healthy; ${message})`];
}
