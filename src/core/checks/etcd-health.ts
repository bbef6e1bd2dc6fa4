// The check `etcd-health`: whether etcd accepts the writes of a metadata migration, and whether the backup fits on its
// volume. Pure.
import { parseQuantity } from '../lib/quantity.js';
import type { CheckResult } from '../model/check-result.js';
import { fail, pass, warn } from './results.js';

const ID = 'etcd-health';
const SOURCE = 'etcd.io/docs, "Maintenance": alarms, space quota';

/** The database size in bytes, and the raised alarms. */
export interface EtcdHealth {
  readonly bytes: number;
  readonly alarms: readonly string[];
}

/**
 * `health` is null if etcd could not be queried: the check `etcd-sessions` reports that. `backupSize` is a Kubernetes
 * quantity; null if the backup needs no volume.
 */
export function evaluateEtcdHealth(health: EtcdHealth | null, backupSize: string | null): CheckResult[] {
  if (!health) return [];
  if (health.alarms.length > 0) return [alarmed(health.alarms)];
  const bytes = `${(health.bytes / 1024 ** 2).toFixed(1)} MiB`;
  if (backupSize !== null && health.bytes > parseQuantity(backupSize))
    return [
      warn(
        ID,
        `the etcd database (${bytes}) is larger than the volume for the backup (${backupSize})`,
        'Set `backup-size` to more than the size of the database.',
        SOURCE,
      ),
    ];
  return [pass(ID, `no alarm is raised; the database size is ${bytes}`, SOURCE)];
}

function alarmed(alarms: readonly string[]): CheckResult {
  const remedy =
    'Compact and defragment etcd, or raise its space quota, then run `etcdctl alarm disarm`: etcd rejects writes while an alarm is raised, and a migration would fail midway.';
  return fail(ID, `etcd has raised ${alarms.join(', ')}`, remedy, SOURCE);
}
