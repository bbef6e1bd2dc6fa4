// The check `etcd-health`: whether etcd can take what a metadata migration writes, and the volume what it backs up. Pure.
import { parseQuantity } from '../quantity.js';
import { pass, warn, type Finding } from './finding.js';

const ID = 'etcd-health';
const SOURCE = 'etcd.io/docs, "Maintenance": alarms, space quota';

/** Bytes of its database, and the alarms that are raised. */
export interface EtcdHealth {
  readonly bytes: number;
  readonly alarms: readonly string[];
}

/** Null where nobody could ask; that the sessions cannot be seen is told by another check. `backupSize` is a quantity of Kubernetes; null where the backup needs no volume. */
export function evaluateEtcdHealth(health: EtcdHealth | null, backupSize: string | null): Finding[] {
  if (!health) return [];
  if (health.alarms.length > 0) return [alarmed(health.alarms)];
  const bytes = `${(health.bytes / 1024 ** 2).toFixed(1)} MiB`;
  if (backupSize !== null && health.bytes > parseQuantity(backupSize))
    return [warn(ID, `the database of etcd has ${bytes}, more than the volume for the backup (${backupSize})`, 'Set backup-size to more than that.', SOURCE)];
  return [pass(ID, `no alarm is raised; its database has ${bytes}`, SOURCE)];
}

function alarmed(alarms: readonly string[]): Finding {
  const remedy =
    'Compact and defragment etcd, or give it more space, then `etcdctl alarm disarm`: with an alarm it takes no write, and a migration would end half way.';
  return { id: ID, state: 'fail', reason: `etcd has raised ${alarms.join(', ')}`, remedy, source: SOURCE, skippable: false };
}
