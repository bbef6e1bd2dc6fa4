// The steps of a rolling upgrade, and of the way back from one: hold everything, let Helm write, release one Deployment after the other, put back.
import type { Config } from '../goal.js';
import type { Component } from '../component.js';
import type { Observation } from '../observation.js';
import type { DrainStep, HelmRollbackStep, HelmUpgradeStep, PauseStep, ResumeStep, PruneStep, WaitReadyStep, Step, TakeOver } from '../steps.js';
import { formatVersion, type Version } from '../version.js';
import { isCoordinator, type Turn, type Turns } from './order.js';

export interface Roll {
  readonly config: Config;
  readonly observation: Observation;
  readonly turns: Turns;
  readonly image: string;
  readonly version: Version;
  /** Whether a coordinator of this role will have active-standby on when it comes. */
  readonly standsBy: (role: string) => boolean;
  /** What writes the new templates while everything is held. */
  readonly write: HelmUpgradeStep | HelmRollbackStep;
  readonly waitReady: WaitReadyStep;
}

/** Deployments in the order given; the others of the same role are replaced one after the other, never together. */
export function rollingSteps(roll: Roll): Step[] {
  const { turns, write, waitReady } = roll;
  const { rolls, pruned } = turns;
  const releases = rolls.flatMap((turn, at) => turnSteps(turn, at < rolls.length - 1, roll));
  return [pauseStep(roll), write, ...releases, ...pruned.map((turn) => pruneStep(turn, roll)), restoreSettingsStep(roll), waitReady];
}

/** The rest of a half-done roll in one go: what an earlier run still holds is released together, and Milvus is unavailable meanwhile. */
export function completionSteps(roll: Pick<Roll, 'config' | 'turns' | 'version' | 'write' | 'waitReady'>): Step[] {
  return [roll.write, ...roll.turns.pruned.map((turn) => pruneStep(turn, roll)), restoreSettingsStep(roll), roll.waitReady];
}

function pauseStep({ config, observation, image, version }: Roll): PauseStep {
  const deployments = observation.components.map((each) => each.deployment).filter((each) => each !== '');
  return {
    kind: 'pause',
    id: idOf('pause', config.release, version),
    timeoutSeconds: config.stepTimeoutSeconds,
    to: formatVersion(version),
    image,
    deployments,
  };
}

function turnSteps(turn: Turn, mayYield: boolean, roll: Roll): (ResumeStep | DrainStep)[] {
  const { config, image, version } = roll;
  const { role, deployment, readySeconds, why, source } = turn;
  const takeOver = takeOverOf(turn, roll);
  const name = nameOf(turn, roll);
  const common = { timeoutSeconds: config.stepTimeoutSeconds, role, deployment, image, version, takeOver, readySeconds, why, source };
  const release = { kind: 'resume', id: idOf('resume', name, version), ...common, mayYield } as const;
  return takeOver === 'standby' || takeOver === 'drain' ? [release, { kind: 'drain', id: idOf('drain', name, version), ...common }] : [release];
}

/** Draining starts as many new proxies as there are old ones; with more of them there is less need, since a client that meets one that is gone finds another. */
const MOST_DRAINED = 2;

/** Whether the old pods of a Deployment leave their Service while as many new ones stand ready. */
export function drains(role: string, desired: number): boolean {
  return role === 'proxy' && desired <= MOST_DRAINED;
}

/** A standalone has its coordinators inside: two at once are possible where its queue is outside, see canRoll in knowledge/paths.ts. */
function takeOverOf({ role, deployment }: Turn, { observation, standsBy }: Roll): TakeOver {
  const desired = observation.components.find((each) => each.deployment === deployment)?.desired ?? 0;
  // Nothing is there that could be taken over from.
  if (deployment === '' || desired === 0) return 'surge';
  if (isCoordinator(role)) return standsBy(role) ? 'standby' : 'recreate';
  return drains(role, desired) ? 'drain' : 'surge';
}

function pruneStep(turn: Turn, roll: Pick<Roll, 'config' | 'turns' | 'version'>): PruneStep {
  const { role, deployment, why, source } = turn;
  const id = idOf('prune', nameOf(turn, roll), roll.version);
  return { kind: 'prune', id, timeoutSeconds: roll.config.stepTimeoutSeconds, role, deployment, why, source };
}

export function restoreSettingsStep({ config, version }: Pick<Roll, 'config' | 'version'>): Step {
  return { kind: 'restore-settings', id: idOf('restore-settings', config.release, version), timeoutSeconds: config.stepTimeoutSeconds };
}

/** The role, as long as it tells which Deployment is meant. */
function nameOf({ role, deployment }: Turn, { turns }: Pick<Roll, 'turns'>): string {
  return [...turns.rolls, ...turns.pruned].filter((each) => each.role === role).length === 1 ? role : deployment;
}

function idOf(kind: Step['kind'], name: string, version: Version): string {
  return `${kind}/${name}@${formatVersion(version)}`;
}

/** Deployments that a rolling upgrade, finished or not, still holds. */
export function pausedComponents({ components }: Pick<Observation, 'components'>): Component[] {
  return components.filter((each) => each.pauseRecord !== null && each.pauseRecord !== undefined);
}
