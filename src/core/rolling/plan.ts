// Whether an upgrade rolls, with which steps, and what speaks against it; and the way back from one. Pure.
import type { Goal } from '../goal.js';
import type { Component } from '../component.js';
import type { Observation, PastRevision } from '../observation.js';
import type { Check, Refusal } from '../refusal.js';
import type { HelmRollbackStep, HelmUpgradeStep, Plan, SettleStep, Step } from '../steps.js';
import type { Values } from '../values.js';
import { compareVersions, formatVersion, type Version } from '../version.js';
import { orderTurns, topologyAfter, type Turn } from './order.js';
import type { Setting } from '../setting.js';
import { hasStandby, turnOnStandby } from './standby.js';
import { completionSteps, heldComponents, rollingSteps } from './steps.js';

/** What the ordinary plan becomes: the same two steps, or the steps of a roll around them. */
export interface RollingPlan {
  readonly strategy: 'helm-upgrade' | 'rolling';
  readonly values: Values;
  readonly settings: readonly Setting[];
  readonly refusals: readonly Refusal[];
  readonly checks: readonly Check[];
  readonly steps: (parts: Parts) => readonly Step[];
}

interface Parts {
  readonly write: HelmUpgradeStep;
  readonly image: string;
  readonly settle: SettleStep;
}

interface Way {
  readonly from: Version;
  readonly chartVersion: string;
  /** What that chart computes from its defaults and all values given. */
  readonly next: Values;
}

/** `possible` is what versions and message queue allow. */
export function planRolling(goal: Goal, seen: Observation, possible: boolean, { from, chartVersion, next }: Way): RollingPlan {
  const held = heldComponents(seen);
  if (held.length > 0 && goal.strategy === 'helm-upgrade') return completion(goal, seen, { from, chartVersion, next });
  const checks = held.length > 0 ? [halfDone(held, 'this run resumes it')] : [];
  if (goal.strategy === 'helm-upgrade' || !rolls(goal, seen, possible, { from, chartVersion, next }))
    return plain(checks, refusalsOfPlain(goal, seen, possible, from));
  const turns = orderTurns({ from, to: goal.target, components: seen.components, next });
  const roles = turns.rolls.map((turn) => turn.role);
  const standby = turnOnStandby({ roles, chartVersion, next, given: goal.values.reveal(), running: seen.standby === true });
  const standsBy = (): boolean => standby.refusals.length === 0;
  const { values, settings } = standby;
  return {
    strategy: 'rolling',
    values,
    settings,
    refusals: [...turns.refusals, ...standby.refusals],
    checks,
    steps: ({ write, image, settle }) => rollingSteps({ goal, seen, turns, image, version: goal.target, standsBy, write, settle }),
  };
}

/** A roll that was begun is gone on with. Where nothing would change its version, Helm alone does it; a standalone has nobody that could serve meanwhile. */
function rolls(goal: Goal, seen: Observation, possible: boolean, { from, next }: Way): boolean {
  if (heldComponents(seen).length > 0) return true;
  if (!possible || compareVersions(from, goal.target) === 0) return false;
  return goal.strategy === 'rolling' || topologyAfter(next) !== 'standalone';
}

function plain(checks: readonly Check[], refusals: readonly Refusal[]): RollingPlan {
  return { strategy: 'helm-upgrade', values: {}, settings: [], refusals, checks, steps: ({ write, settle }) => [write, settle] };
}

/** There is always a way out of a half-done roll: forward, with every Deployment that is left at once. */
function completion(goal: Goal, seen: Observation, { from, next }: Way): RollingPlan {
  const turns = orderTurns({ from, to: goal.target, components: seen.components, next });
  const checks = [halfDone(heldComponents(seen), 'this run completes it at once, and Milvus is unavailable while the remaining Deployments are replaced')];
  const steps = ({ write, settle }: Parts): readonly Step[] => completionSteps({ goal, turns, version: goal.target, write, settle });
  return { ...plain(checks, []), steps };
}

function refusalsOfPlain(goal: Goal, seen: Observation, possible: boolean, from: Version): Refusal[] {
  if (goal.strategy !== 'rolling' || possible || compareVersions(from, goal.target) === 0) return [];
  return [cannotRoll(seen, from)];
}

function cannotRoll({ messageQueue }: Observation, from: Version): Refusal {
  const inside = messageQueue === 'rocksmq' || messageQueue === 'natsmq';
  return {
    code: 'rolling-not-possible',
    because: inside
      ? `strategy is rolling, but the message queue of this standalone (${messageQueue}) lives inside its one pod, and two pods cannot share it`
      : `strategy is rolling, but ${formatVersion(from)} cannot be replaced one component at a time: that is possible from 2.2.3 on, without a migration of the metadata`,
    remedy: 'Set strategy: auto. Milvus does not serve while its pod is replaced.',
    source: 'milvus-io/milvus deployments/upgrade/README.md, rollingUpdate.sh',
    waivable: false,
  };
}

function halfDone(held: readonly Component[], consequence: string): Check {
  return {
    id: 'rolling-half-done',
    state: 'warn',
    because: `a rolling upgrade is half done, ${consequence}: ${describeHeld(held)}`,
    source: 'the annotation milvus-upgrade/rolling',
  };
}

function describeHeld(held: readonly Component[]): string {
  const told = held.map(
    ({ deployment, held: by }) => `${deployment} is ${by?.state ?? 'held'} for ${by?.to ?? '?'} by ${by?.run || 'an unknown run'} since ${by?.since ?? '?'}`,
  );
  return told.join('; ');
}

/** What a way back from a roll is made of. */
export interface RollBack {
  readonly goal: Goal;
  readonly seen: Observation;
  readonly plan: Plan;
  readonly target: PastRevision;
  readonly write: HelmRollbackStep;
  readonly settle: SettleStep;
}

/** Everything is held again, Helm writes the old templates, and the Deployments are released in reverse order. Those that had not moved have nothing to do. */
export function rollBackSteps({ goal, seen, plan, target, write, settle }: RollBack): Step[] {
  const order = plan.steps.flatMap((step): Turn[] => (step.kind === 'release' ? [step] : step.kind === 'retire' ? [{ ...step, readySeconds: 0 }] : []));
  const rolls = order.filter(({ deployment }) => deployment in target.images).toReversed();
  const standsBy = (role: string): boolean => hasStandby(role, target.chartVersion, target.values.reveal());
  const { image, version } = settle;
  return rollingSteps({ goal, seen, turns: { rolls, retired: [], refusals: [] }, image, version, standsBy, write, settle });
}
