// The only judge of whether a step is done. Pure: it compares a step with what was seen, and remembers nothing.
import type { Cause } from './causes.js';
import { describeStopped, isStopped } from './component.js';
import { evaluateEditFiles, evaluateRecreate, evaluateWaitHealthy } from './compose/judge.js';
import type { Observation } from './observation.js';
import { evaluateFinalize, evaluatePrepare, evaluateMigrationJob, evaluateScaleUp, evaluateScaleDown } from './migration/judge.js';
import { evaluateDrain, evaluatePause, evaluateRestoreSettings, evaluateResume, evaluatePrune } from './rolling/judge.js';
import type { HelmRollbackStep, HelmUpgradeStep, WaitReadyStep, Step } from './steps.js';
import { equalValues, holds } from './values.js';
import { foreignRevisionFor } from './verdict-foreign.js';
import { evaluateReadiness } from './verdict-settle.js';

export type StepStatus =
  | { readonly state: 'pending' }
  | { readonly state: 'in-progress'; readonly waitingFor: string; readonly causes?: readonly Cause[]; readonly recheckSeconds?: number }
  | { readonly state: 'complete' }
  /** It may be waiting for the step after it, which goes first. */
  | { readonly state: 'deferred'; readonly reason: string }
  /** `causes` are left out where none was found; the first of them is what `because` begins with. */
  | { readonly state: 'stalled'; readonly reason: string; readonly causes?: readonly Cause[] };

/** Judges a step by one observation. */
export function evaluate(step: Step, observation: Observation): StepStatus {
  const foreign = foreignRevisionFor(step, observation);
  if (foreign) return { state: 'stalled', reason: foreign };
  return (evaluators[step.kind] as (step: Step, observation: Observation) => StepStatus)(step, observation);
}

const evaluators: { readonly [Kind in Step['kind']]: (step: Extract<Step, { kind: Kind }>, observation: Observation) => StepStatus } = {
  'helm-upgrade': evaluateHelmUpgrade,
  'helm-rollback': evaluateHelmRollback,
  'wait-ready': evaluateWaitReady,
  pause: evaluatePause,
  resume: evaluateResume,
  drain: evaluateDrain,
  prune: evaluatePrune,
  'restore-settings': evaluateRestoreSettings,
  prepare: evaluatePrepare,
  'scale-down': evaluateScaleDown,
  backup: evaluateMigrationJob,
  migrate: evaluateMigrationJob,
  restore: evaluateMigrationJob,
  'scale-up': evaluateScaleUp,
  finalize: evaluateFinalize,
  'edit-files': evaluateEditFiles,
  recreate: evaluateRecreate,
  'wait-healthy': evaluateWaitHealthy,
};

/** The release alone is not believed: a `kubectl set image` or `rollout undo` after it leaves Helm's record as it was. */
function evaluateHelmUpgrade(step: HelmUpgradeStep, observation: Observation): StepStatus {
  const latest = observation.release?.latest;
  if (!latest) return { state: 'stalled', reason: 'the release is gone' };
  if (latest.status.startsWith('pending-')) return { state: 'in-progress', waitingFor: `Helm to finish revision ${latest.revision} (${latest.status})` };
  const recorded = latest.status === 'deployed' && latest.chartVersion === step.chartVersion && holds(latest.values.reveal(), step.values.reveal());
  // A Deployment that a rolling upgrade keeps until its successor serves is no longer part of the release.
  const managed = recorded ? observation.components.filter((each) => latest.deployments.includes(each.deployment)) : [];
  const applied = managed.every((each) => each.templateImage === step.image);
  return recorded && applied ? { state: 'complete' } : { state: 'pending' };
}

/** A revision that an upgrade left pending does not keep Helm from going back (helm/pkg/action/rollback.go), so only a rollback is waited for. */
function evaluateHelmRollback(step: HelmRollbackStep, observation: Observation): StepStatus {
  const latest = observation.release?.latest;
  if (!latest) return { state: 'stalled', reason: 'the release is gone' };
  if (latest.status === 'pending-rollback') return { state: 'in-progress', waitingFor: `Helm to finish revision ${latest.revision} (${latest.status})` };
  const recorded = latest.status === 'deployed' && latest.chartVersion === step.chartVersion && equalValues(latest.values.reveal(), step.values.reveal());
  // A Deployment that the newer chart had added is on its way out, whatever it asks for.
  const managed = observation.components.filter((each) => latest.deployments.includes(each.deployment));
  return recorded && managed.every((each) => each.templateImage === step.image) ? { state: 'complete' } : { state: 'pending' };
}

/** 0 of 0 pods is not settled: nobody is served. */
function evaluateWaitReady(step: WaitReadyStep, observation: Observation): StepStatus {
  if (isStopped(observation)) return { state: 'stalled', reason: describeStopped(observation) };
  return evaluateReadiness(observation.components, step, observation, missingDeployments(observation));
}

function missingDeployments(observation: Observation): string[] {
  const present = new Set(observation.components.map((each) => each.deployment));
  return (observation.release?.latest.deployments ?? []).filter((name) => !present.has(name));
}
