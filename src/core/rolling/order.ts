// The order in which the Deployments of an installation are replaced, which of them the new version adds or removes,
// and which have no defined place. Pure.
import { fail } from '../checks/results.js';
import { COORDINATORS, PRUNED, ROLLING_ORDERS, SWITCHES, type RollingOrderRow } from '../knowledge/rolling-orders.js';
import { crosses } from '../knowledge/stops.js';
import type { Component } from '../model/component.js';
import type { CheckResult } from '../model/check-result.js';
import { valueAt } from '../lib/json.js';
import type { Values } from '../model/values.js';
import { sameMinor, type Version } from '../model/version.js';
import type { Topology } from '../model/shared-observation.js';

/** The place of one Deployment in the order; `deployment` is empty for a role that the upgrade adds. */
export interface Turn {
  readonly role: string;
  readonly deployment: string;
  /** How long a new pod must be ready before an old one is removed. */
  readonly readySeconds: number;
  readonly why: string;
  readonly source: string;
}

export interface Turns {
  readonly rolls: readonly Turn[];
  /** Deployments that the new version no longer has; they are removed when all others serve. */
  readonly pruned: readonly Turn[];
  readonly failedChecks: readonly CheckResult[];
}

export interface OrderQuestion {
  readonly from: Version;
  readonly to: Version;
  readonly components: readonly Component[];
  /** The values that the new chart computes from its defaults and all supplied values. */
  readonly next: Values;
}

export function orderTurns(question: OrderQuestion): Turns {
  const { next } = question;
  const there = question.components.filter((component) => component.deployment !== '');
  const row = rowFor(question);
  const places = row?.places ?? [];
  const staying = there.filter((component) => !leaves(component.role, next));
  const homeless = staying.filter((component) => !places.some(({ role }) => role === component.role));
  const rolls = places.flatMap(({ role, why, readySeconds = 0 }) => {
    const source = row?.source ?? '';
    const own = staying
      .filter((component) => component.role === role)
      .map(({ deployment }) => ({ role, deployment, readySeconds, why, source }));
    return own.length === 0 && joins(role, next) ? [{ role, deployment: '', readySeconds, why, source }] : own;
  });
  const pruned = there
    .filter((component) => leaves(component.role, next))
    .map(({ role, deployment }) => ({
      role,
      deployment,
      readySeconds: 0,
      why: PRUNED[role] ?? 'the new version does not have it',
      source: row?.source ?? '',
    }));
  return { rolls, pruned, failedChecks: homeless.map(withoutPlace) };
}

function rowFor({ from, to, next }: OrderQuestion): RollingOrderRow | undefined {
  const topology = topologyAfter(next);
  return ROLLING_ORDERS.find((row) => row.topology === topology && fits(row.crossing, from, to));
}

function fits(crossing: RollingOrderRow['crossing'], from: Version, to: Version): boolean {
  if (crossing === null) return true;
  return crossing === 'none' ? sameMinor(from, to) : crosses(from, to, crossing);
}

/** The topology that results from the values. */
export function topologyAfter(next: Values): Topology {
  const on = (role: string): boolean => valueAt(next, SWITCHES[role] ?? '') === true;
  if (valueAt(next, 'cluster.enabled') !== true) return 'standalone';
  if (on('streamingnode')) return 'streaming';
  if (on('mixcoord')) return 'mixcoord';
  return 'separate-coordinators';
}

function leaves(role: string, next: Values): boolean {
  return valueAt(next, SWITCHES[role] ?? '') === false;
}

function joins(role: string, next: Values): boolean {
  return role !== 'standalone' && valueAt(next, SWITCHES[role] ?? '') === true;
}

export function isCoordinator(role: string): boolean {
  return COORDINATORS.includes(role);
}

function withoutPlace({ role, deployment }: Component): CheckResult {
  return fail(
    'no-place-in-order',
    `${deployment} (${role}) has no place in the order of a rolling upgrade, so it is unknown when it can be replaced`,
    'Set `strategy: helm-upgrade`, which replaces all Deployments at once.',
    'docs/upgrade-paths.md, "The order of a rolling upgrade"',
  );
}
