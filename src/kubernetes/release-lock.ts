// Helm's own lock: a revision that stays pending. One that a run of ours began and did not end is marked failed, so that the next `helm upgrade` can go on.
import type { V1Secret } from '@kubernetes/client-node';
import type { Emit } from '../core/events.js';
import type { Release } from '../core/observation.js';
import { apiError, type Cluster } from './cluster.js';
import { markFailed, revisionOf } from './release-record.js';

/** Helm without `--wait` and its hooks is done in seconds; one whose runner died may still be running, and is given this long. */
const ORPHAN_MILLISECONDS = 45_000;

export interface LockWorld {
  readonly cluster: Cluster;
  readonly namespace: string;
  readonly emit: Emit;
  readonly now: () => number;
  readonly release: () => Release | null;
  readonly secrets: () => readonly V1Secret[];
  readonly changed: (withinMilliseconds: number) => Promise<void>;
  /** True when the user waived `release-pending`: a stranger's lock is then cleared as well. */
  readonly mayClearForeign: boolean;
}

/** Waits for a pending revision to end, and marks it failed when its holder is gone. Our own Lease is held by now: no other run of ours works on it. */
export async function healPendingRelease(world: LockWorld): Promise<void> {
  let told = false;
  for (;;) {
    const release = world.release();
    if (!release?.latest.status.startsWith('pending-')) return;
    if (release.startedBy === '' && !world.mayClearForeign) return;
    const left = Date.parse(release.latest.updatedAt) + ORPHAN_MILLISECONDS - world.now();
    if (left <= 0) return clear(world, release);
    if (!told)
      world.emit({
        type: 'noted',
        message: `revision ${release.latest.revision} is ${release.latest.status}, begun by ${release.startedBy || 'another hand'}; waiting ${Math.ceil(left / 1000)} s in case its helm still runs`,
      });
    told = true;
    await world.changed(left);
  }
}

async function clear({ cluster, namespace, emit, secrets }: LockWorld, release: Release): Promise<void> {
  const { revision, status } = release.latest;
  const secret = secrets().find((each) => revisionOf(each) === revision);
  if (!secret?.metadata?.name) return;
  const body = markFailed(secret, `milvus-upgrade: left ${status} by a run that ended`);
  try {
    await cluster.core.replaceNamespacedSecret({ name: secret.metadata.name, namespace, body });
  } catch (error) {
    throw apiError(error, 'update secrets', cluster.server);
  }
  emit({
    type: 'healed',
    message: `revision ${revision} was left ${status} by a Helm that is gone (begun by ${release.startedBy || 'another hand'}): marked it failed, so that Helm accepts the next upgrade`,
  });
}
