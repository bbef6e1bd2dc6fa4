// The lock of Helm: a pending revision. One that an earlier run began and did not end is marked failed, so that the
// next `helm upgrade` can proceed.
import type { V1Secret } from '@kubernetes/client-node';
import type { Emit } from '../../core/model/event.js';
import type { Cluster } from '../client/cluster.js';
import { apiError, isStatus } from '../client/api-error.js';
import { cancelledWhile } from './lock-errors.js';
import { markFailed, revisionOf } from '../helm/release-secret.js';
import type { Release } from '../../core/helm/observation.js';

/**
 * Helm without `--wait` ends within seconds, hooks aside; one whose runner died may still be running, and gets this
 * much time.
 */
const ORPHAN_MILLISECONDS = 45_000;

/**
 * How long this process has observed the newest revision unchanged. The times in the record come from the clock of
 * another machine.
 */
export class RevisionClock {
  #known = '';
  #since = 0;

  /** Returns its argument. */
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
  /** How long this process has observed the newest revision unchanged. */
  readonly millisecondsUnchanged: () => number;
  readonly release: () => Release | null;
  readonly secrets: () => readonly V1Secret[];
  readonly changed: (withinMilliseconds: number) => Promise<void>;
  /** True if the user skips `release-pending`: a lock of another client is then cleared as well. */
  readonly mayClearForeign: boolean;
}

/**
 * Waits for a pending revision to end, and marks it failed if no process holds it any more. This run holds the Lease:
 * no other run works on the release.
 */
export async function unlockPendingRelease(platform: LockPlatform): Promise<void> {
  let isNoted = false;
  for (;;) {
    const release = platform.release();
    if (!release || !canUnlock(release, platform)) return;
    const left = ORPHAN_MILLISECONDS - platform.millisecondsUnchanged();
    if (left <= 0 && (await clear(platform, release))) return;
    if (platform.signal.aborted)
      throw cancelledWhile('it was waiting for the Helm operation of an earlier run to end', 'Nothing was changed.');
    if (!isNoted && left > 0) reportWait(platform, release, left);
    isNoted = true;
    await platform.changed(Math.max(left, CONFLICT_MILLISECONDS));
  }
}

function canUnlock({ latest, startedBy }: Release, { mayClearForeign }: LockPlatform): boolean {
  return latest.status.startsWith('pending-') && (startedBy !== '' || mayClearForeign);
}

function reportWait({ emit }: LockPlatform, { latest, startedBy }: Release, milliseconds: number): void {
  const seconds = Math.ceil(milliseconds / 1000);
  const message = `revision ${latest.revision} is ${latest.status}, started by ${startedBy || 'another client'}; waiting ${seconds} s in case its Helm process is still running`;
  emit({ type: 'noted', message });
}

/** After a conflict, the wait for the change of the Secret takes at most this long. */
const CONFLICT_MILLISECONDS = 1_000;

/** False if the Secret was changed in the meantime and must be read again. */
async function clear({ cluster, namespace, emit, secrets }: LockPlatform, release: Release): Promise<boolean> {
  const { revision, status } = release.latest;
  const secret = secrets().find((candidate) => revisionOf(candidate) === revision);
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
    message: `revision ${revision} was stuck in ${status} (started by ${release.startedBy || 'another client'}; no Helm process is running): marked as failed so that Helm accepts the next upgrade`,
  });
  return true;
}
