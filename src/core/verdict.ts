// The only judge of whether a step is done. Pure: it compares a step with what was seen, and remembers nothing.
import { describeCauses, rankCauses, type Cause } from './causes.js';
import { describeComponent, isSettled, type Component, type Observation } from './observation.js';
import type { HelmRollbackStep, HelmUpgradeStep, SettleStep, Step } from './steps.js';
import { equalValues, holds } from './values.js';
import { compareVersions, parseImage } from './version.js';

export type Verdict =
  | { readonly state: 'todo' }
  | { readonly state: 'moving'; readonly waitingFor: string; readonly causes?: readonly Cause[] }
  | { readonly state: 'done' }
  /** `causes` are left out where none was found; the first of them is what `because` begins with. */
  | { readonly state: 'stuck'; readonly because: string; readonly causes?: readonly Cause[] };

/** Judges a step by one observation. */
export function judge(step: Step, seen: Observation): Verdict {
  return (judges[step.kind] as (step: Step, seen: Observation) => Verdict)(step, seen);
}

const judges: { readonly [Kind in Step['kind']]: (step: Extract<Step, { kind: Kind }>, seen: Observation) => Verdict } = {
  'helm-upgrade': judgeHelmUpgrade,
  'helm-rollback': judgeHelmRollback,
  settle: judgeSettle,
};

/** The release alone is not believed: a `kubectl set image` or `rollout undo` after it leaves Helm's record as it was. */
function judgeHelmUpgrade(step: HelmUpgradeStep, seen: Observation): Verdict {
  const latest = seen.release?.latest;
  if (!latest) return { state: 'stuck', because: 'the release is gone' };
  if (latest.status.startsWith('pending-')) return { state: 'moving', waitingFor: `Helm to finish revision ${latest.revision} (${latest.status})` };
  const recorded = latest.status === 'deployed' && latest.chartVersion === step.chartVersion && holds(latest.values.reveal(), step.values.reveal());
  const applied = seen.components.every((each) => each.deployment === '' || each.templateImage === step.image);
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

function judgeSettle(step: SettleStep, seen: Observation): Verdict {
  const missing = missingDeployments(seen);
  const unsettled = seen.components.filter((each) => !isSettled(each) || !runs(each, step));
  const causes = causesOf(seen, (each) => isSettled(each) && runs(each, step));
  const told = causes.length > 0 ? { causes } : {};
  const failed = unsettled.find((each) => each.failure !== '');
  if (causes.some((each) => each.certain)) return { state: 'stuck', because: describeCauses(causes), causes };
  if (failed) return { state: 'stuck', because: `${describeComponent(failed)}. ${failed.failure}${why(failed)}`, ...told };
  const paused = unsettled.filter((each) => each.paused);
  if (paused.length > 0)
    return {
      state: 'stuck',
      because: `${list(paused)} paused, so that nothing rolls. Resume with: kubectl rollout resume deployment/${paused[0]?.deployment}`,
    };
  if (missing.length + unsettled.length === 0) return { state: 'done' };
  const waitingFor = [...missing.map((name) => `${name} (not there yet)`), ...unsettled.map((each) => `${each.role} (${hindrances(each, step).join(', ')})`)];
  return { state: 'moving', waitingFor: waitingFor.join(', '), ...told };
}

/** The causes that matter to a step: what stands at a Deployment that has come to rest is no longer in its way. */
function causesOf(seen: Observation, isThere: (component: Component) => boolean): readonly Cause[] {
  const settled = new Set(seen.components.filter(isThere).map((each) => each.deployment));
  return rankCauses(seen.causes.filter((each) => !settled.has(each.deployment)));
}

function missingDeployments(seen: Observation): string[] {
  const present = new Set(seen.components.map((each) => each.deployment));
  return (seen.release?.latest.deployments ?? []).filter((name) => !present.has(name));
}

function runs(each: Component, step: SettleStep): boolean {
  return foreignImages(each, step).length === 0;
}

/** An image without a version in its tag is compared by its text. */
function foreignImages(each: Component, step: SettleStep): string[] {
  const images = new Set([...each.podImages, ...(each.templateImage ? [each.templateImage] : [])]);
  return [...images].filter((image) => {
    const { version } = parseImage(image);
    return image !== step.image && (version === null || compareVersions(version, step.version) !== 0);
  });
}

/** What keeps a component from being settled, shortest words first to read: this is the line that people watch. */
function hindrances(each: Component, step: SettleStep): string[] {
  const short = each.ready < each.wanted || each.updated < each.wanted;
  const said = [
    ...new Set(each.waiting.map((container) => container.reason)),
    ...(each.settledSpec ? [] : ['not looked at by its controller yet']),
    ...(short ? [`${each.ready} of ${each.wanted} ready`] : []),
    ...(each.outdated > 0 ? [`${each.outdated} old`] : []),
    ...(short && each.restarts > 0 ? [`${each.restarts} restarts`] : []),
    ...(each.terminating > 0 ? [`${each.terminating} terminating`] : []),
  ];
  if (said.length > 0) return said;
  const tags = foreignImages(each, step).map((image) => parseImage(image).tag || image);
  return tags.length > 0 ? [`on ${tags.join(' and ')}`] : [`${each.available} of ${each.wanted} available`];
}

function list(components: readonly Component[]): string {
  return `${components.map((each) => each.deployment).join(', ')} ${components.length === 1 ? 'is' : 'are'}`;
}

function why(each: Component): string {
  const [first] = each.waiting;
  return first ? ` (${first.pod}: ${[first.reason, first.message].filter(Boolean).join(': ')})` : '';
}
