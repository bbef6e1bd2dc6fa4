// Whether an upgrade is a rolling upgrade, its steps and its failed checks; and the rollback from one. Pure.
import type { HelmConfig } from '../config/config.js';
import type { Component } from '../model/component.js';
import type { CheckResult } from '../model/check-result.js';
import { fail, warn } from '../checks/results.js';
import type { Values } from '../model/values.js';
import { compareVersions, formatVersion, type Version } from '../model/version.js';
import { orderTurns, topologyAfter, type Turn } from './order.js';
import type { Setting } from '../model/setting.js';
import { hasStandby, turnOnStandby } from './standby.js';
import { completionSteps, pausedComponents, rollingSteps } from './steps.js';
import type { PastRevision, HelmObservation } from '../helm/observation.js';
import type { HelmPlan, HelmRollbackStep, HelmUpgradeStep, WaitReadyStep, HelmStep } from '../helm/step.js';

/** Extends the plan of a plain upgrade: the same two steps, or these within the steps of a rolling upgrade. */
export interface RollingPlan {
  readonly strategy: 'helm-upgrade' | 'rolling';
  readonly values: Values;
  readonly settings: readonly Setting[];
  readonly failedChecks: readonly CheckResult[];
  readonly checks: readonly CheckResult[];
  readonly steps: (parts: Parts) => readonly HelmStep[];
}

interface Parts {
  readonly write: HelmUpgradeStep;
  readonly image: string;
  readonly waitReady: WaitReadyStep;
}

interface RollingVersions {
  readonly from: Version;
  readonly chartVersion: string;
  /** The values that this chart computes from its defaults and all supplied values. */
  readonly next: Values;
}

/** `possible` is true if the versions and the message queue allow a rolling upgrade. */
export function planRolling(
  config: HelmConfig,
  observation: HelmObservation,
  possible: boolean,
  { from, chartVersion, next }: RollingVersions,
): RollingPlan {
  const pauseRecord = pausedComponents(observation);
  if (pauseRecord.length > 0 && config.strategy === 'helm-upgrade')
    return completion(config, observation, { from, chartVersion, next });
  const checks = pauseRecord.length > 0 ? [halfDone(pauseRecord, 'this run resumes it')] : [];
  if (config.strategy === 'helm-upgrade' || !rolls(config, observation, possible, { from, chartVersion, next }))
    return plain(checks, failedChecksOfPlain(config, observation, possible, from));
  const turns = orderTurns({ from, to: config.target, components: observation.components, next });
  const roles = turns.rolls.map((turn) => turn.role);
  const standby = turnOnStandby({
    roles,
    chartVersion,
    next,
    given: config.values.reveal(),
    running: observation.standby === true,
  });
  const standsBy = (): boolean => standby.failedChecks.length === 0;
  const { values, settings } = standby;
  return {
    strategy: 'rolling',
    values,
    settings,
    failedChecks: [...turns.failedChecks, ...standby.failedChecks],
    checks,
    steps: ({ write, image, waitReady }) =>
      rollingSteps({ config, observation, turns, image, version: config.target, standsBy, write, waitReady }),
  };
}

/**
 * A started rolling upgrade is resumed. If the version does not change, a plain helm upgrade is used; for a standalone
 * as well, since no other pod can serve during the upgrade.
 */
function rolls(
  config: HelmConfig,
  observation: HelmObservation,
  possible: boolean,
  { from, next }: RollingVersions,
): boolean {
  if (pausedComponents(observation).length > 0) return true;
  if (!possible || compareVersions(from, config.target) === 0) return false;
  return config.strategy === 'rolling' || topologyAfter(next) !== 'standalone';
}

function plain(checks: readonly CheckResult[], failedChecks: readonly CheckResult[]): RollingPlan {
  return {
    strategy: 'helm-upgrade',
    values: {},
    settings: [],
    failedChecks,
    checks,
    steps: ({ write, waitReady }) => [write, waitReady],
  };
}

/** An incomplete rolling upgrade can always be completed: with all remaining Deployments at once. */
function completion(config: HelmConfig, observation: HelmObservation, { from, next }: RollingVersions): RollingPlan {
  const turns = orderTurns({ from, to: config.target, components: observation.components, next });
  const checks = [
    halfDone(
      pausedComponents(observation),
      'this run completes it at once, with downtime while the remaining Deployments are replaced',
    ),
  ];
  const steps = ({ write, waitReady }: Parts): readonly HelmStep[] =>
    completionSteps({ config, turns, version: config.target, write, waitReady });
  return { ...plain(checks, []), steps };
}

function failedChecksOfPlain(
  config: HelmConfig,
  observation: HelmObservation,
  possible: boolean,
  from: Version,
): CheckResult[] {
  if (config.strategy !== 'rolling' || possible || compareVersions(from, config.target) === 0) return [];
  return [cannotRoll(observation, from)];
}

function cannotRoll({ messageQueue }: HelmObservation, from: Version): CheckResult {
  const inside = messageQueue === 'rocksmq' || messageQueue === 'natsmq';
  return fail(
    'rolling-not-possible',
    inside
      ? `strategy is rolling, but the message queue of this standalone (${messageQueue}) is embedded in its only pod, and two pods cannot share it`
      : `strategy is rolling, but ${formatVersion(from)} does not support rolling upgrades: they are possible from 2.2.3 on, without a metadata migration`,
    'Set `strategy: auto`. Milvus is unavailable while its pod is replaced.',
    'milvus-io/milvus deployments/upgrade/README.md, rollingUpdate.sh',
  );
}

function halfDone(pauseRecord: readonly Component[], consequence: string): CheckResult {
  const reason = `a rolling upgrade is incomplete; ${consequence}: ${describePaused(pauseRecord)}`;
  return warn('rolling-half-done', reason, '', 'the annotation milvus-upgrade/rolling');
}

function describePaused(pauseRecord: readonly Component[]): string {
  const described = pauseRecord.map(
    ({ deployment, pauseRecord: by }) =>
      `${deployment} is ${by?.state ?? 'paused'} for ${by?.to ?? '?'} by ${by?.run || 'an unknown run'} since ${by?.since ?? '?'}`,
  );
  return described.join('; ');
}

/** Input for the rollback of a rolling upgrade. */
export interface RollBack {
  readonly config: HelmConfig;
  readonly observation: HelmObservation;
  readonly plan: HelmPlan;
  readonly target: PastRevision;
  readonly write: HelmRollbackStep;
  readonly waitReady: WaitReadyStep;
}

/**
 * All Deployments are paused again, Helm writes the old templates, and the Deployments are resumed in reverse order.
 * Those that were not changed need no step.
 */
export function rollBackSteps({ config, observation, plan, target, write, waitReady }: RollBack): HelmStep[] {
  const order = plan.steps.flatMap((step): Turn[] =>
    step.kind === 'resume' ? [step] : step.kind === 'prune' ? [{ ...step, readySeconds: 0 }] : [],
  );
  const rolls = order.filter(({ deployment }) => deployment in target.images).toReversed();
  const standsBy = (role: string): boolean => hasStandby(role, target.chartVersion, target.values.reveal());
  const { image, version } = waitReady;
  return rollingSteps({
    config,
    observation,
    turns: { rolls, pruned: [], failedChecks: [] },
    image,
    version,
    standsBy,
    write,
    waitReady,
  });
}
