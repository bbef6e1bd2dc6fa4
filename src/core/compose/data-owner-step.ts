// The step that gives the data of Milvus to the user of the new image, its status, and the step that gives it back in a
// rollback. Pure.
import { own } from '../lib/own.js';
import type { StepStatus } from '../model/step-status.js';
import { formatVersion, type Version } from '../model/version.js';
import { dataPaths, describeDirectory, servicesWithOtherUser } from './data-owner.js';
import type { ComposeObservation, ProjectObservation } from './observation.js';
import type { DataOwnerStep, OwnedDirectory } from './step.js';
import type { Aim, Images } from './steps.js';

/** What the owner of the data is changed to, with the services that are stopped for it; null if nothing is changed. */
export function dataOwnerStep(
  { config, project: name, version: to }: Aim,
  project: ProjectObservation,
  from: Version,
  images: Images,
): DataOwnerStep | null {
  const moved = config.project.fixDataOwner ? servicesWithOtherUser(project, from, to) : null;
  if (!moved) return null;
  const owner = `${moved.uid}:${moved.uid}`;
  const directories = moved.services
    .flatMap((service) => dataPaths(service).map((path) => ({ service: service.name, path, owner })))
    .filter((directory) => mayBeForeign(project, directory));
  return directories.length === 0
    ? null
    : changeOwners({ config, project: name, version: to }, project, {
        images,
        directories,
        source: moved.source,
      });
}

/** False if the new user can write there already; a change that has begun is completed. */
function mayBeForeign({ dataDirectories = [], upgradeState }: ProjectObservation, directory: OwnedDirectory): boolean {
  const isSame = (other: Pick<OwnedDirectory, 'service' | 'path'>): boolean =>
    other.service === directory.service && other.path === directory.path;
  return (upgradeState?.owners ?? []).some(isSame) || dataDirectories.find(isSame)?.isForeign !== false;
}

/** The step of a rollback that gives the directories back; none if no owner was changed. */
export function ownersBack(aim: Aim, project: ProjectObservation, images: Images): DataOwnerStep[] {
  const mounting = new Set(project.services.flatMap(({ name, containers }) => (containers.length > 0 ? [name] : [])));
  const directories = (project.upgradeState?.owners ?? [])
    .filter(({ service, before, now }) => now !== before && mounting.has(service))
    .map(({ service, path, before }) => ({ service, path, owner: before }));
  if (directories.length === 0) return [];
  return [changeOwners(aim, project, { images, directories, source: 'the upgrade state' })];
}

function changeOwners(
  { config, project: name, version }: Aim,
  { dataDirectories = [] }: ProjectObservation,
  { images, directories, source }: Pick<DataOwnerStep, 'images' | 'directories' | 'source'>,
): DataOwnerStep {
  const described = directories.map(({ service, path, owner }) => {
    const known = dataDirectories.find((other) => other.service === service && other.path === path);
    return `${known ? describeDirectory(known) : `${path} of ${service}`} to ${owner}`;
  });
  return {
    kind: 'data-owner',
    id: `data-owner/${name}@${formatVersion(version)}`,
    timeoutSeconds: config.stepTimeoutSeconds,
    images,
    directories,
    why: `give ${described.join(', ')}`,
    source,
  };
}

/** Without upgrade state and with only new containers, the upgrade is complete. */
export function evaluateDataOwner(
  { images, directories }: DataOwnerStep,
  { project }: Pick<ComposeObservation, 'project'>,
): StepStatus {
  const { upgradeState, services } = project;
  if (upgradeState === null) {
    const containers = services
      .filter(({ name }) => Object.hasOwn(images, name))
      .flatMap((service) => service.containers);
    const isOver = containers.length > 0 && containers.every(({ service, image }) => image === own(images, service));
    return isOver ? { state: 'complete' } : { state: 'pending' };
  }
  const isChanged = ({ service, path, owner }: OwnedDirectory): boolean =>
    (upgradeState.owners ?? []).some(
      (other) => other.service === service && other.path === path && other.now === owner,
    );
  return directories.every(isChanged) ? { state: 'complete' } : { state: 'pending' };
}
