// The steps of a rolling upgrade, and of its rollback: pause all Deployments, write with Helm, resume one Deployment
// after the other, restore the settings.
import type { HelmConfig } from '../config/config.js';
import type { Component } from '../model/component.js';
import { formatVersion, type Version } from '../model/version.js';
import { isCoordinator, type Turn, type Turns } from './order.js';
import type { DrainStep, PauseStep, ResumeStep, PruneStep, TakeOver } from './step.js';
import type { HelmRollbackStep, HelmUpgradeStep, WaitReadyStep, HelmStep } from '../helm/step.js';
import type { HelmObservation } from '../helm/observation.js';

export interface Roll {
  readonly config: HelmConfig;
  readonly observation: HelmObservation;
  readonly turns: Turns;
  readonly image: string;
  readonly version: Version;
  /** Whether a new coordinator of this role has active-standby on. */
  readonly standsBy: (role: string) => boolean;
  /** Writes the new templates while all Deployments are paused. */
  readonly write: HelmUpgradeStep | HelmRollbackStep;
  readonly waitReady: WaitReadyStep;
}

/**
 * Replaces the Deployments in the given order; Deployments of the same role are replaced one after the other, never
 * together.
 */
export function rollingSteps(roll: Roll): HelmStep[] {
  const { turns, write, waitReady } = roll;
  const { rolls } = turns;
  const { replaced, last } = prunedOf(turns);
  const releases = rolls.flatMap((turn, at) => [
    ...turnSteps(turn, at < rolls.length - 1, roll),
    ...(turn.role === 'mixcoord' ? handOver(turn, replaced, roll) : []),
  ]);
  return [
    pauseStep(roll),
    write,
    ...releases,
    ...last.map((turn) => pruneStep(turn, roll)),
    restoreSettingsStep(roll),
    waitReady,
  ];
}

/**
 * Separate coordinators that a mixed coordinator replaces are removed as soon as it serves beside them, and before any
 * node is replaced: the nodes need new coordinators (knowledge/rolling-orders.ts).
 */
function prunedOf({ rolls, pruned }: Turns): { readonly replaced: readonly Turn[]; readonly last: readonly Turn[] } {
  const isReplaced = ({ role }: Turn): boolean =>
    isCoordinator(role) && rolls.some((turn) => turn.role === 'mixcoord' && role !== 'mixcoord');
  return { replaced: pruned.filter(isReplaced), last: pruned.filter((turn) => !isReplaced(turn)) };
}

/** Ends when the mixed coordinator holds every session of the coordinators that it replaces. */
function handOver(turn: Turn, replaced: readonly Turn[], roll: Roll): HelmStep[] {
  if (replaced.length === 0) return [];
  const { role, deployment, readySeconds, why, source } = turn;
  const { config, image, version } = roll;
  return [
    ...replaced.map((gone) => pruneStep(gone, roll)),
    {
      kind: 'drain',
      id: idOf('drain', nameOf(turn, roll), version),
      timeoutSeconds: config.stepTimeoutSeconds,
      role,
      deployment,
      image,
      version,
      takeOver: 'standby',
      readySeconds,
      why,
      source,
    },
  ];
}

/**
 * Completes an incomplete rolling upgrade at once: the Deployments that an earlier run paused are resumed together,
 * with downtime.
 */
export function completionSteps(roll: Pick<Roll, 'config' | 'turns' | 'version' | 'write' | 'waitReady'>): HelmStep[] {
  return [
    roll.write,
    ...roll.turns.pruned.map((turn) => pruneStep(turn, roll)),
    restoreSettingsStep(roll),
    roll.waitReady,
  ];
}

function pauseStep({ config, observation, image, version }: Roll): PauseStep {
  const deployments = observation.components
    .map((component) => component.deployment)
    .filter((deployment) => deployment !== '');
  return {
    kind: 'pause',
    id: idOf('pause', config.release, version),
    timeoutSeconds: config.stepTimeoutSeconds,
    to: formatVersion(version),
    image,
    deployments,
  };
}

function turnSteps(turn: Turn, mayDefer: boolean, roll: Roll): (ResumeStep | DrainStep)[] {
  const { config, image, version } = roll;
  const { role, deployment, readySeconds, why, source } = turn;
  const takeOver = takeOverOf(turn, roll);
  const name = nameOf(turn, roll);
  const common = {
    timeoutSeconds: config.stepTimeoutSeconds,
    role,
    deployment,
    image,
    version,
    takeOver,
    readySeconds,
    why,
    source,
  };
  const release = { kind: 'resume', id: idOf('resume', name, version), ...common, mayDefer } as const;
  return takeOver === 'standby' || takeOver === 'drain'
    ? [release, { kind: 'drain', id: idOf('drain', name, version), ...common }]
    : [release];
}

/**
 * Draining starts as many new proxies as there are old ones; more proxies need it less, because a client that loses its
 * proxy can connect to another.
 */
const MAX_DRAINED = 2;

/** Whether the old pods of a Deployment leave their Service while the same number of new pods is ready. */
export function drains(role: string, desired: number): boolean {
  return role === 'proxy' && desired <= MAX_DRAINED;
}

/**
 * A standalone contains its coordinators: two pods at once are possible if its message queue is external, see canRoll
 * in knowledge/paths.ts.
 */
function takeOverOf({ role, deployment }: Turn, { observation, standsBy, turns }: Roll): TakeOver {
  const desired = observation.components.find((component) => component.deployment === deployment)?.desired ?? 0;
  // There is no old pod to take over from.
  if (deployment === '' || desired === 0) return 'surge';
  // Other Deployments hold the sessions that it waits for.
  if (role === 'mixcoord' && prunedOf(turns).replaced.length > 0) return 'surge';
  if (isCoordinator(role)) return standsBy(role) ? 'standby' : 'recreate';
  return drains(role, desired) ? 'drain' : 'surge';
}

function pruneStep(turn: Turn, roll: Pick<Roll, 'config' | 'turns' | 'version'>): PruneStep {
  const { role, deployment, why, source } = turn;
  const id = idOf('prune', nameOf(turn, roll), roll.version);
  return { kind: 'prune', id, timeoutSeconds: roll.config.stepTimeoutSeconds, role, deployment, why, source };
}

export function restoreSettingsStep({ config, version }: Pick<Roll, 'config' | 'version'>): HelmStep {
  return {
    kind: 'restore-settings',
    id: idOf('restore-settings', config.release, version),
    timeoutSeconds: config.stepTimeoutSeconds,
  };
}

/** The role if it identifies the Deployment, otherwise the name of the Deployment. */
function nameOf({ role, deployment }: Turn, { turns }: Pick<Roll, 'turns'>): string {
  return [...turns.rolls, ...turns.pruned].filter((turn) => turn.role === role).length === 1 ? role : deployment;
}

function idOf(kind: HelmStep['kind'], name: string, version: Version): string {
  return `${kind}/${name}@${formatVersion(version)}`;
}

/** Deployments that a rolling upgrade, complete or not, has paused or not restored yet. */
export function pausedComponents({ components }: Pick<HelmObservation, 'components'>): Component[] {
  return components.filter((component) => component.pauseRecord !== null && component.pauseRecord !== undefined);
}
