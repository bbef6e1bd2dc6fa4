// The only judge of whether a step is done. Pure: it compares a step with what was seen, and remembers nothing.
import type { Cause } from './causes.js';
import { describeStopped, isStopped } from './component.js';
import { judgeEditFiles, judgeRecreate, judgeServe } from './compose/judge.js';
import type { Observation } from './observation.js';
import { judgeClose, judgeMakeReady, judgeMigrationJob, judgeStart, judgeStop } from './migration/judge.js';
import { judgeHandOver, judgeHold, judgePutBack, judgeRelease, judgeRetire } from './rolling/judge.js';
import type { HelmRollbackStep, HelmUpgradeStep, SettleStep, Step } from './steps.js';
import { equalValues, holds } from './values.js';
import { foreignRevisionFor } from './verdict-foreign.js';
import { judgeSettled } from './verdict-settle.js';

export type Verdict =
  | { readonly state: 'todo' }
  | { readonly state: 'moving'; readonly waitingFor: string; readonly causes?: readonly Cause[]; readonly lookAgainSeconds?: number }
  | { readonly state: 'done' }
  /** It may be waiting for the step after it, which goes first. */
  | { readonly state: 'yielding'; readonly because: string }
  /** `causes` are left out where none was found; the first of them is what `because` begins with. */
  | { readonly state: 'stuck'; readonly because: string; readonly causes?: readonly Cause[] };

/** Judges a step by one observation. */
export function judge(step: Step, seen: Observation): Verdict {
  const foreign = foreignRevisionFor(step, seen);
  if (foreign) return { state: 'stuck', because: foreign };
  return (judges[step.kind] as (step: Step, seen: Observation) => Verdict)(step, seen);
}

const judges: { readonly [Kind in Step['kind']]: (step: Extract<Step, { kind: Kind }>, seen: Observation) => Verdict } = {
  'helm-upgrade': judgeHelmUpgrade,
  'helm-rollback': judgeHelmRollback,
  settle: judgeSettle,
  hold: judgeHold,
  release: judgeRelease,
  'hand-over': judgeHandOver,
  retire: judgeRetire,
  'put-back': judgePutBack,
  'make-ready': judgeMakeReady,
  stop: judgeStop,
  'back-up': judgeMigrationJob,
  migrate: judgeMigrationJob,
  restore: judgeMigrationJob,
  start: judgeStart,
  close: judgeClose,
  'edit-files': judgeEditFiles,
  recreate: judgeRecreate,
  serve: judgeServe,
};

/** The release alone is not believed: a `kubectl set image` or `rollout undo` after it leaves Helm's record as it was. */
function judgeHelmUpgrade(step: HelmUpgradeStep, seen: Observation): Verdict {
  const latest = seen.release?.latest;
  if (!latest) return { state: 'stuck', because: 'the release is gone' };
  if (latest.status.startsWith('pending-')) return { state: 'moving', waitingFor: `Helm to finish revision ${latest.revision} (${latest.status})` };
  const recorded = latest.status === 'deployed' && latest.chartVersion === step.chartVersion && holds(latest.values.reveal(), step.values.reveal());
  // A Deployment that a rolling upgrade keeps until its successor serves is no longer part of the release.
  const ours = recorded ? seen.components.filter((each) => latest.deployments.includes(each.deployment)) : [];
  const applied = ours.every((each) => each.templateImage === step.image);
  return recorded && applied ? { state: 'done' } : { state: 'todo' };
}

/** A revision that an upgrade left pending does not keep Helm from going back (helm/pkg/action/rollback.go), so only a rollback is waited for. */
function judgeHelmRollback(step: HelmRollbackStep, seen: Observation): Verdict {
  const latest = seen.release?.latest;
  if (!latest) return { state: 'stuck', because: 'the release is gone' };
  if (latest.status === 'pending-rollback') return { state: 'moving', waitingFor: `Helm to finish revision ${latest.revision} (${latest.status})` };
  const recorded = latest.status === 'deployed' && latest.chartVersion === step.chartVersion && equalValues(latest.values.reveal(), step.values.reveal());
  // A Deployment that the newer chart had added is on its way out, whatever it asks for.
  const ours = seen.components.filter((each) => latest.deployments.includes(each.deployment));
  return recorded && ours.every((each) => each.templateImage === step.image) ? { state: 'done' } : { state: 'todo' };
}

/** 0 of 0 pods is not settled: nobody is served. */
function judgeSettle(step: SettleStep, seen: Observation): Verdict {
  if (isStopped(seen)) return { state: 'stuck', because: describeStopped(seen) };
  return judgeSettled(seen.components, step, seen, missingDeployments(seen));
}

function missingDeployments(seen: Observation): string[] {
  const present = new Set(seen.components.map((each) => each.deployment));
  return (seen.release?.latest.deployments ?? []).filter((name) => !present.has(name));
}
