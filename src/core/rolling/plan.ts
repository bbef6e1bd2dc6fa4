// Whether an upgrade rolls, with which steps, and what speaks against it; and the way back from one. Pure.
import type { Config } from '../goal.js';
import type { Component } from '../component.js';
import type { Observation, PastRevision } from '../observation.js';
import type { Check, FailedCheck } from '../refusal.js';
import type { HelmRollbackStep, HelmUpgradeStep, Plan, WaitReadyStep, Step } from '../steps.js';
import type { Values } from '../values.js';
import { compareVersions, formatVersion, type Version } from '../version.js';
import { orderTurns, topologyAfter, type Turn } from './order.js';
import type { Setting } from '../setting.js';
import { hasStandby, turnOnStandby } from './standby.js';
import { completionSteps, pausedComponents, rollingSteps } from './steps.js';

/** What the ordinary plan becomes: the same two steps, or the steps of a roll around them. */
export interface RollingPlan {
  readonly strategy: 'helm-upgrade' | 'rolling';
  readonly values: Values;
  readonly settings: readonly Setting[];
  readonly failedChecks: readonly FailedCheck[];
  readonly checks: readonly Check[];
  readonly steps: (parts: Parts) => readonly Step[];
}

interface Parts {
  readonly write: HelmUpgradeStep;
  readonly image: string;
  readonly waitReady: WaitReadyStep;
}

interface Way {
  readonly from: Version;
  readonly chartVersion: string;
  /** What that chart computes from its defaults and all values given. */
  readonly next: Values;
}

/** `possible` is what versions and message queue allow. */
export function planRolling(config: Config, observation: Observation, possible: boolean, { from, chartVersion, next }: Way): RollingPlan {
  const pauseRecord = pausedComponents(observation);
  if (pauseRecord.length > 0 && config.strategy === 'helm-upgrade') return completion(config, observation, { from, chartVersion, next });
  const checks = pauseRecord.length > 0 ? [halfDone(pauseRecord, 'this run resumes it')] : [];
  if (config.strategy === 'helm-upgrade' || !rolls(config, observation, possible, { from, chartVersion, next }))
    return plain(checks, failedChecksOfPlain(config, observation, possible, from));
  const turns = orderTurns({ from, to: config.target, components: observation.components, next });
  const roles = turns.rolls.map((turn) => turn.role);
  const standby = turnOnStandby({ roles, chartVersion, next, given: config.values.reveal(), running: observation.standby === true });
  const standsBy = (): boolean => standby.failedChecks.length === 0;
  const { values, settings } = standby;
  return {
    strategy: 'rolling',
    values,
    settings,
    failedChecks: [...turns.failedChecks, ...standby.failedChecks],
    checks,
    steps: ({ write, image, waitReady }) => rollingSteps({ config, observation, turns, image, version: config.target, standsBy, write, waitReady }),
  };
}

/** A roll that was begun is gone on with. Where nothing would change its version, Helm alone does it; a standalone has nobody that could serve meanwhile. */
function rolls(config: Config, observation: Observation, possible: boolean, { from, next }: Way): boolean {
  if (pausedComponents(observation).length > 0) return true;
  if (!possible || compareVersions(from, config.target) === 0) return false;
  return config.strategy === 'rolling' || topologyAfter(next) !== 'standalone';
}

function plain(checks: readonly Check[], failedChecks: readonly FailedCheck[]): RollingPlan {
  return { strategy: 'helm-upgrade', values: {}, settings: [], failedChecks, checks, steps: ({ write, waitReady }) => [write, waitReady] };
}

/** There is always a way out of a half-done roll: forward, with every Deployment that is left at once. */
function completion(config: Config, observation: Observation, { from, next }: Way): RollingPlan {
  const turns = orderTurns({ from, to: config.target, components: observation.components, next });
  const checks = [
    halfDone(pausedComponents(observation), 'this run completes it at once, and Milvus is unavailable while the remaining Deployments are replaced'),
  ];
  const steps = ({ write, waitReady }: Parts): readonly Step[] => completionSteps({ config, turns, version: config.target, write, waitReady });
  return { ...plain(checks, []), steps };
}

function failedChecksOfPlain(config: Config, observation: Observation, possible: boolean, from: Version): FailedCheck[] {
  if (config.strategy !== 'rolling' || possible || compareVersions(from, config.target) === 0) return [];
  return [cannotRoll(observation, from)];
}

function cannotRoll({ messageQueue }: Observation, from: Version): FailedCheck {
  const inside = messageQueue === 'rocksmq' || messageQueue === 'natsmq';
  return {
    code: 'rolling-not-possible',
    reason: inside
      ? `strategy is rolling, but the message queue of this standalone (${messageQueue}) lives inside its one pod, and two pods cannot share it`
      : `strategy is rolling, but ${formatVersion(from)} cannot be replaced one component at a time: that is possible from 2.2.3 on, without a migration of the metadata`,
    remedy: 'Set strategy: auto. Milvus does not serve while its pod is replaced.',
    source: 'milvus-io/milvus deployments/upgrade/README.md, rollingUpdate.sh',
    skippable: false,
  };
}

function halfDone(pauseRecord: readonly Component[], consequence: string): Check {
  return {
    id: 'rolling-half-done',
    state: 'warn',
    reason: `a rolling upgrade is half done, ${consequence}: ${describePaused(pauseRecord)}`,
    source: 'the annotation milvus-upgrade/rolling',
  };
}

function describePaused(pauseRecord: readonly Component[]): string {
  const told = pauseRecord.map(
    ({ deployment, pauseRecord: by }) =>
      `${deployment} is ${by?.state ?? 'paused'} for ${by?.to ?? '?'} by ${by?.run || 'an unknown run'} since ${by?.since ?? '?'}`,
  );
  return told.join('; ');
}

/** What a way back from a roll is made of. */
export interface RollBack {
  readonly config: Config;
  readonly observation: Observation;
  readonly plan: Plan;
  readonly target: PastRevision;
  readonly write: HelmRollbackStep;
  readonly waitReady: WaitReadyStep;
}

/** Everything is held again, Helm writes the old templates, and the Deployments are released in reverse order. Those that had not moved have nothing to do. */
export function rollBackSteps({ config, observation, plan, target, write, waitReady }: RollBack): Step[] {
  const order = plan.steps.flatMap((step): Turn[] => (step.kind === 'resume' ? [step] : step.kind === 'prune' ? [{ ...step, readySeconds: 0 }] : []));
  const rolls = order.filter(({ deployment }) => deployment in target.images).toReversed();
  const standsBy = (role: string): boolean => hasStandby(role, target.chartVersion, target.values.reveal());
  const { image, version } = waitReady;
  return rollingSteps({ config, observation, turns: { rolls, pruned: [], failedChecks: [] }, image, version, standsBy, write, waitReady });
}
