// The only place that evaluates whether a step of a Helm release is complete. Pure: it compares a step with an
// observation and stores nothing.
import { describeStopped, isStopped } from '../model/component.js';
import { evaluateFinalize, evaluatePrepare, evaluateMigrationJob, evaluateScaleDown } from '../migration/status.js';
import { evaluatePause, evaluateResume } from '../rolling/status.js';
import { evaluateRestoreSettings, evaluatePrune } from '../rolling/settings-status.js';
import { evaluateDrain } from '../rolling/drain-status.js';
import { evaluateRevokeSessions, isOfRoll, revokeFirst } from '../rolling/ended-sessions.js';
import { equalValues, holds } from '../model/values.js';
import { foreignChangeFor } from './foreign-revision.js';
import { evaluateReadiness } from './readiness.js';
import type { StepStatus } from '../model/step-status.js';
import { own } from '../lib/own.js';
import type { HelmRollbackStep, HelmUpgradeStep, ScaleUpStep, WaitReadyStep, HelmStep } from './step.js';
import type { HelmObservation } from './observation.js';

/** Evaluates a step against one observation. */
export function evaluateHelmStep(step: HelmStep, observation: HelmObservation): StepStatus {
  const foreign = foreignChangeFor(step, observation);
  if (foreign) return { state: 'stalled', reason: foreign };
  const revoking = isOfRoll(step) ? revokeFirst(observation) : null;
  if (revoking) return revoking;
  return (evaluators[step.kind] as (step: HelmStep, observation: HelmObservation) => StepStatus)(step, observation);
}

const evaluators: {
  readonly [Kind in HelmStep['kind']]: (
    step: Extract<HelmStep, { kind: Kind }>,
    observation: HelmObservation,
  ) => StepStatus;
} = {
  'helm-upgrade': evaluateHelmUpgrade,
  'helm-rollback': evaluateHelmRollback,
  'wait-ready': evaluateWaitReady,
  pause: evaluatePause,
  resume: evaluateResume,
  drain: evaluateDrain,
  prune: evaluatePrune,
  'restore-settings': evaluateRestoreSettings,
  'revoke-sessions': evaluateRevokeSessions,
  prepare: evaluatePrepare,
  'scale-down': evaluateScaleDown,
  backup: evaluateMigrationJob,
  migrate: evaluateMigrationJob,
  restore: evaluateMigrationJob,
  'scale-up': evaluateScaleUp,
  finalize: evaluateFinalize,
};

/** The release alone is not sufficient: a later `kubectl set image` or `rollout undo` does not change Helm's record. */
function evaluateHelmUpgrade(step: HelmUpgradeStep, observation: HelmObservation): StepStatus {
  const latest = observation.release?.latest;
  if (!latest) return { state: 'stalled', reason: 'the release no longer exists' };
  if (latest.status.startsWith('pending-'))
    return { state: 'in-progress', waitingFor: `Helm to finish revision ${latest.revision} (${latest.status})` };
  const recorded =
    latest.status === 'deployed' &&
    latest.chartVersion === step.chartVersion &&
    holds(latest.values.reveal(), step.values.reveal());
  // A Deployment that a rolling upgrade keeps until its replacement serves is no longer part of the release.
  const owned = recorded
    ? observation.components.filter((component) => latest.deployments.includes(component.deployment))
    : [];
  const applied = owned.every((component) => component.templateImage === step.image);
  return recorded && applied ? { state: 'complete' } : { state: 'pending' };
}

/**
 * A pending upgrade does not prevent a Helm rollback (helm/pkg/action/rollback.go), so only a pending rollback is
 * waited for.
 */
function evaluateHelmRollback(step: HelmRollbackStep, observation: HelmObservation): StepStatus {
  const latest = observation.release?.latest;
  if (!latest) return { state: 'stalled', reason: 'the release no longer exists' };
  if (latest.status === 'pending-rollback')
    return { state: 'in-progress', waitingFor: `Helm to finish revision ${latest.revision} (${latest.status})` };
  const recorded =
    latest.status === 'deployed' &&
    latest.chartVersion === step.chartVersion &&
    equalValues(latest.values.reveal(), step.values.reveal());
  // A Deployment that the newer chart added is being removed, so its image does not matter.
  const owned = observation.components.filter((component) => latest.deployments.includes(component.deployment));
  return recorded && owned.every((component) => component.templateImage === step.image)
    ? { state: 'complete' }
    : { state: 'pending' };
}

/** A Deployment with 0 of 0 pods does not count as ready: it serves nothing. */
function evaluateWaitReady(step: WaitReadyStep, observation: HelmObservation): StepStatus {
  if (isStopped(observation)) return { state: 'stalled', reason: describeStopped(observation) };
  return evaluateReadiness(observation.components, step, observation, missingDeployments(observation));
}

function missingDeployments(observation: HelmObservation): string[] {
  const present = new Set(observation.components.map((component) => component.deployment));
  return (observation.release?.latest.deployments ?? []).filter((name) => !present.has(name));
}

/** Deployments that the new release no longer has are not scaled. */
function evaluateScaleUp({ replicas }: ScaleUpStep, { components }: HelmObservation): StepStatus {
  const wrong = components.filter(
    ({ deployment, desired }) => deployment !== '' && desired !== (own(replicas, deployment) ?? desired),
  );
  return wrong.length > 0 ? { state: 'pending' } : { state: 'complete' };
}
