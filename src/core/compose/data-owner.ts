// The check `data-owner` of a project: whether the user of the new image can write to the data that the old one has
// written, and whether the upgrade changes its owner. Pure.
import { failSkippable, pass } from '../checks/results.js';
import { IMAGE_USERS } from '../knowledge/image-users.js';
import { crosses } from '../knowledge/stops.js';
import type { CheckResult } from '../model/check-result.js';
import { formatVersion, type Version } from '../model/version.js';
import { liveServices, type DataDirectory, type ProjectObservation, type ServiceObservation } from './observation.js';

/** Where Milvus writes (milvus-io/milvus configs/milvus.yaml, localStorage.path and rocksmq.path). */
const DATA = '/var/lib/milvus';

export interface MovedServices {
  readonly uid: number;
  readonly source: string;
  readonly services: readonly ServiceObservation[];
}

/** Services whose data gets another user with the new image. One with `user` in the files keeps its user. */
export function servicesWithOtherUser(project: ProjectObservation, from: Version, to: Version): MovedServices | null {
  const row = IMAGE_USERS.find(({ crossing }) => crosses(from, to, crossing));
  const services = liveServices(project).filter(
    (service) => service.setup.user === '' && dataPaths(service).length > 0,
  );
  return row && services.length > 0 ? { uid: row.uid, source: row.source, services } : null;
}

export function dataPaths({ containers }: ServiceObservation): string[] {
  const paths = containers.flatMap(({ mounts }) => mounts.map(({ destination }) => destination));
  return [...new Set(paths.filter((path) => path === DATA || path.startsWith(`${DATA}/`)))];
}

export interface OwnerQuestion {
  readonly project: ProjectObservation;
  readonly from: Version;
  readonly to: Version;
  readonly isFixed: boolean;
}

export function evaluateDataOwners(
  { project, from, to, isFixed }: OwnerQuestion,
  directories: readonly DataDirectory[],
): CheckResult[] {
  const row = IMAGE_USERS.find(({ crossing }) => crosses(from, to, crossing));
  if (!row || servicesWithOtherUser(project, from, to) === null) return [];
  const foreign = directories.filter(({ isForeign }) => isForeign !== false);
  if (foreign.length === 0)
    return [pass('data-owner', `${formatVersion(to)} can write to the data of Milvus`, row.source)];
  const named = foreign.map(describeDirectory).join(', ');
  if (isFixed)
    return [
      pass(
        'data-owner',
        `the upgrade gives ${named} to user ${row.uid} while Milvus is stopped, and a rollback gives it back`,
        row.source,
      ),
    ];
  const remedy = `Set \`fix-data-owner: true\`: the upgrade then changes the owner while Milvus is stopped, as \`chown -R ${row.uid}:${row.uid} ${DATA}\` does. Or set \`user: "0:0"\` for ${[...new Set(foreign.map(({ service }) => service))].join(' and ')} in the files, so that Milvus stays root. Skip this check if user ${row.uid} can already write there.`;
  return [failSkippable('data-owner', `${row.why}: ${named}`, remedy, row.source)];
}

/** The directory with its size. */
export function describeDirectory({ service, path, isForeign, kibibytes }: DataDirectory): string {
  if (isForeign === null) return `${path} of ${service} (its owner could not be read)`;
  const mebibytes = kibibytes / 1024;
  const size = mebibytes >= 1024 ? `${(mebibytes / 1024).toFixed(1)} GiB` : `${Math.ceil(mebibytes)} MiB`;
  return `${path} of ${service} (${size})`;
}
