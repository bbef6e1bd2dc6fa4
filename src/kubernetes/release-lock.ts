// Helm's own lock: a revision that stays pending. One that a run of ours began and did not end is marked failed, so that the next `helm upgrade` can go on.
import type { V1Secret } from '@kubernetes/client-node';
import type { Emit } from '../core/events.js';
import type { Release } from '../core/observation.js';
import { apiError, isStatus, type Cluster } from './cluster.js';
import { cancelledWhile } from './lock-errors.js';
import { markFailed, revisionOf } from './release-record.js';

/** Helm without `--wait` and its hooks is done in seconds; one whose runner died may still be running, and is given this long. */
const ORPHAN_MILLISECONDS = 45_000;

/** Since when this process has seen the newest revision as it is. The times in the record come from the clock of another machine. */
export class RevisionClock {
  #known = '';
  #since = 0;

  /** Returns what it is given. */
  see(release: Release | null): Release | null {
    const { revision, status, updatedAt } = release?.latest ?? { revision: 0, status: '', updatedAt: '' };
    const known = `${revision} ${status} ${updatedAt}`;
    if (known !== this.#known) this.#since = performance.now();
    this.#known = known;
    return release;
  }

  millisecondsUnchanged(): number {
    return performance.now() - this.#since;
  }
}

export interface LockPlatform {
  readonly cluster: Cluster;
  readonly namespace: string;
  readonly emit: Emit;
  readonly signal: AbortSignal;
  /** How long this process has seen the newest revision as it is. */
  readonly millisecondsUnchanged: () => number;
  readonly release: () => Release | null;
  readonly secrets: () => readonly V1Secret[];
  readonly changed: (withinMilliseconds: number) => Promise<void>;
  /** True when the user waived `release-pending`: a stranger's lock is then cleared as well. */
  readonly mayClearForeign: boolean;
}

/** Waits for a pending revision to end, and marks it failed when its holder is gone. Our own Lease is held by now: no other run of ours works on it. */
export async function unlockPendingRelease(platform: LockPlatform): Promise<void> {
  let told = false;
  for (;;) {
    const release = platform.release();
    if (!release || !isToClear(release, platform)) return;
    const left = ORPHAN_MILLISECONDS - platform.millisecondsUnchanged();
    if (left <= 0 && (await clear(platform, release))) return;
    if (platform.signal.aborted) throw cancelledWhile('it was waiting for the Helm operation of an earlier run to end', 'Nothing was changed.');
    if (!told && left > 0) noteWait(platform, release, left);
    told = true;
    await platform.changed(Math.max(left, CONFLICT_MILLISECONDS));
  }
}

function isToClear({ latest, startedBy }: Release, { mayClearForeign }: LockPlatform): boolean {
  return latest.status.startsWith('pending-') && (startedBy !== '' || mayClearForeign);
}

function noteWait({ emit }: LockPlatform, { latest, startedBy }: Release, milliseconds: number): void {
  const seconds = Math.ceil(milliseconds / 1000);
  const message = `revision ${latest.revision} is ${latest.status}, begun by ${startedBy || 'another hand'}; waiting ${seconds} s in case its helm still runs`;
  emit({ type: 'noted', message });
}

/** After a conflict the change of the Secret is awaited, at most this long. */
const CONFLICT_MILLISECONDS = 1_000;

/** False where the Secret has changed meanwhile, so that it has to be looked at again. */
async function clear({ cluster, namespace, emit, secrets }: LockPlatform, release: Release): Promise<boolean> {
  const { revision, status } = release.latest;
  const secret = secrets().find((each) => revisionOf(each) === revision);
  if (!secret?.metadata?.name) return false;
  const body = markFailed(secret, `milvus-upgrade: left ${status} by a run that ended`);
  try {
    await cluster.core.replaceNamespacedSecret({ name: secret.metadata.name, namespace, body });
  } catch (error) {
    if (isStatus(error, 409) || isStatus(error, 404)) return false;
    throw apiError(error, 'update secrets', cluster.server);
  }
  emit({
    type: 'release-unlocked',
    message: `revision ${revision} was left ${status} by a Helm that is gone (begun by ${release.startedBy || 'another hand'}): marked it failed, so that Helm accepts the next upgrade`,
  });
  return true;
}
