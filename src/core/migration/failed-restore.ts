// The way out of a rollback that failed: the version that served starts again as long as the restore has not begun; after that the restore is completed, since
// nothing can run on metadata that are half restored. Pure.
import type { Component } from '../component.js';
import type { SettleStep, Step } from '../steps.js';
import { formatVersion, parseImage } from '../version.js';
import { isWaitOver, type FailedUpgrade, type WayBack } from '../way-back.js';
import type { Journal } from './journal.js';
import { standingOf, type MigrationSeen } from './seen.js';
import { endSteps } from './steps.js';
import { findMigrationBack, servesNew } from './way-back.js';

export function afterFailedRestore(failed: FailedUpgrade, journal: Journal): WayBack {
  const { goal, seen } = failed;
  const back = findMigrationBack(goal, seen, journal);
  if (back.kind !== 'open') return back;
  if (mayStartAgain(failed, journal))
    return { ...back, unasked: true, plan: { ...failed.plan, from: failed.plan.to, to: failed.plan.from, ...startAgain(failed) } };
  if (isWaitOver(failed) && isRestored(seen.migration, seen.components))
    return { kind: 'closed', because: `the metadata of ${journal.from} are restored, and ${journal.from} was started and does not become ready` };
  return { ...back, unasked: true };
}

/** Its metadata are untouched, and it was ready when the rollback began. */
export function mayStartAgain({ before, seen }: Pick<FailedUpgrade, 'before' | 'seen'>, journal: Pick<Journal, 'image'>): boolean {
  return seen.migration !== undefined && standingOf(seen.migration, seen.components).state === 'migrated' && servesNew(before.components, journal);
}

export function isRestored(migration: MigrationSeen | undefined, components: readonly Component[]): boolean {
  return migration !== undefined && standingOf(migration, components).state === 'untouched';
}

/** As many pods as there were when the rollback began. */
function startAgain({ goal, plan, before }: FailedUpgrade): { readonly image: string; readonly steps: readonly Step[] } {
  const replicas = Object.fromEntries(before.components.filter((each) => each.deployment !== '').map(({ deployment, wanted }) => [deployment, wanted]));
  const image = before.components.find((each) => each.ready > 0)?.templateImage ?? '';
  const version = parseImage(image).version ?? plan.from;
  const id = `settle/${goal.release}@${formatVersion(version)}`;
  const settle: SettleStep = { kind: 'settle', id, timeoutSeconds: goal.stepTimeoutSeconds, image, version };
  return { image, steps: endSteps(goal, { replicas }, settle) };
}
