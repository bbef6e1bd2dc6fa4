// The steps of a rolling upgrade, and of the way back from one: hold everything, let Helm write, release one Deployment after the other, put back.
import type { Goal } from '../goal.js';
import type { Component } from '../component.js';
import type { Observation } from '../observation.js';
import type { HandOverStep, HelmRollbackStep, HelmUpgradeStep, HoldStep, ReleaseStep, RetireStep, SettleStep, Step, TakeOver } from '../steps.js';
import { formatVersion, type Version } from '../version.js';
import { isCoordinator, type Turn, type Turns } from './order.js';

export interface Roll {
  readonly goal: Goal;
  readonly seen: Observation;
  readonly turns: Turns;
  readonly image: string;
  readonly version: Version;
  /** Whether a coordinator of this role will have active-standby on when it comes. */
  readonly standsBy: (role: string) => boolean;
  /** What writes the new templates while everything is held. */
  readonly write: HelmUpgradeStep | HelmRollbackStep;
  readonly settle: SettleStep;
}

/** Deployments in the order given; the others of the same role are replaced one after the other, never together. */
export function rollingSteps(roll: Roll): Step[] {
  const { turns, write, settle } = roll;
  const { rolls, retired } = turns;
  const releases = rolls.flatMap((turn, at) => turnSteps(turn, at < rolls.length - 1, roll));
  return [holdStep(roll), write, ...releases, ...retired.map((turn) => retireStep(turn, roll)), putBackStep(roll), settle];
}

/** The rest of a half-done roll in one go: what an earlier run still holds is released together, and Milvus is unavailable meanwhile. */
export function completionSteps(roll: Pick<Roll, 'goal' | 'turns' | 'version' | 'write' | 'settle'>): Step[] {
  return [roll.write, ...roll.turns.retired.map((turn) => retireStep(turn, roll)), putBackStep(roll), roll.settle];
}

function holdStep({ goal, seen, image, version }: Roll): HoldStep {
  const deployments = seen.components.map((each) => each.deployment).filter((each) => each !== '');
  return { kind: 'hold', id: idOf('hold', goal.release, version), timeoutSeconds: goal.stepTimeoutSeconds, to: formatVersion(version), image, deployments };
}

function turnSteps(turn: Turn, mayYield: boolean, roll: Roll): (ReleaseStep | HandOverStep)[] {
  const { goal, image, version } = roll;
  const { role, deployment, readySeconds, why, source } = turn;
  const takeOver = takeOverOf(turn, roll);
  const name = nameOf(turn, roll);
  const common = { timeoutSeconds: goal.stepTimeoutSeconds, role, deployment, image, version, takeOver, readySeconds, why, source };
  const release = { kind: 'release', id: idOf('release', name, version), ...common, mayYield } as const;
  return takeOver === 'standby' || takeOver === 'drain' ? [release, { kind: 'hand-over', id: idOf('hand-over', name, version), ...common }] : [release];
}

/** Draining starts as many new proxies as there are old ones; with more of them there is less need, since a client that meets one that is gone finds another. */
const MOST_DRAINED = 2;

/** Whether the old pods of a Deployment leave their Service while as many new ones stand ready. */
export function drains(role: string, wanted: number): boolean {
  return role === 'proxy' && wanted <= MOST_DRAINED;
}

/** A standalone has its coordinators inside: two at once are possible where its queue is outside, see canRoll in knowledge/paths.ts. */
function takeOverOf({ role, deployment }: Turn, { seen, standsBy }: Roll): TakeOver {
  const wanted = seen.components.find((each) => each.deployment === deployment)?.wanted ?? 0;
  // Nothing is there that could be taken over from.
  if (deployment === '' || wanted === 0) return 'surge';
  if (isCoordinator(role)) return standsBy(role) ? 'standby' : 'recreate';
  return drains(role, wanted) ? 'drain' : 'surge';
}

function retireStep(turn: Turn, roll: Pick<Roll, 'goal' | 'turns' | 'version'>): RetireStep {
  const { role, deployment, why, source } = turn;
  const id = idOf('retire', nameOf(turn, roll), roll.version);
  return { kind: 'retire', id, timeoutSeconds: roll.goal.stepTimeoutSeconds, role, deployment, why, source };
}

export function putBackStep({ goal, version }: Pick<Roll, 'goal' | 'version'>): Step {
  return { kind: 'put-back', id: idOf('put-back', goal.release, version), timeoutSeconds: goal.stepTimeoutSeconds };
}

/** The role, as long as it tells which Deployment is meant. */
function nameOf({ role, deployment }: Turn, { turns }: Pick<Roll, 'turns'>): string {
  return [...turns.rolls, ...turns.retired].filter((each) => each.role === role).length === 1 ? role : deployment;
}

function idOf(kind: Step['kind'], name: string, version: Version): string {
  return `${kind}/${name}@${formatVersion(version)}`;
}

/** Deployments that a rolling upgrade, finished or not, still holds. */
export function heldComponents({ components }: Pick<Observation, 'components'>): Component[] {
  return components.filter((each) => each.held !== null && each.held !== undefined);
}
