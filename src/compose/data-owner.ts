// Reads and changes the owner of the data of Milvus, in a container that mounts the volumes of the current one. Works
// for bind mounts and named volumes, also if Docker runs on another machine.
import type { ContainerObservation } from '../core/compose/containers.js';
import { dataPaths, servicesWithOtherUser } from '../core/compose/data-owner.js';
import type {
  ChangedOwner,
  DataDirectory,
  ProjectObservation,
  ServiceObservation,
} from '../core/compose/observation.js';
import type { DataOwnerStep, OwnedDirectory } from '../core/compose/step.js';
import { shorten } from '../core/lib/escape.js';
import { UpgradeError } from '../core/model/error.js';
import type { Version } from '../core/model/version.js';
import type { ComposeTools } from './apply-tools.js';
import type { Docker } from './docker/docker.js';
import { stopOthers } from './project/recreate.js';
import type { StateDirectory } from './project/state-directory.js';

/** Prints for each directory its size in KiB, and `foreign` if the user could not write to something in it. */
const SCRIPT = `user=$1; shift
for directory in "$@"; do
  found=$(find "$directory" ! -type l ! -uid "$user" ! -perm -0002 -print -quit) || exit 1
  size=$(du -sk "$directory" | cut -f1)
  echo "\${size:-0} \${found:+foreign}"
done`;

const READ_SECONDS = 300;

export async function readDataDirectories(
  docker: Docker,
  project: ProjectObservation,
  from: Version,
  to: Version,
): Promise<readonly DataDirectory[]> {
  const moved = servicesWithOtherUser(project, from, to);
  const read = await Promise.all((moved?.services ?? []).map((service) => readOne(docker, service, moved?.uid ?? 0)));
  return read.flat();
}

async function readOne(docker: Docker, service: ServiceObservation, uid: number): Promise<DataDirectory[]> {
  const [container] = service.containers;
  const paths = dataPaths(service);
  if (!container) return [];
  const args = [...helper(`${container.id}:ro`), '--entrypoint', 'sh', container.imageId || container.image];
  const output = await docker
    .run([...args, '-c', SCRIPT, 'sh', String(uid), ...paths], { reads: true, timeoutSeconds: READ_SECONDS })
    .catch(() => '');
  const lines = output.trim().split('\n');
  return paths.map((path, at) => {
    const [, size = '0', mark = ''] = /^(\d+) ?(foreign)?$/.exec((lines[at] ?? '').trim()) ?? [];
    const isRead = /^\d+/.test(lines[at] ?? '');
    return { service: service.name, path, isForeign: isRead ? mark !== '' : null, kibibytes: Number(size) };
  });
}

/**
 * Stops the services, and gives their directories to another user. The previous owner is recorded before, the new one
 * after the change. Safe to repeat. Throws `command-failed`.
 */
export async function changeOwners(
  { images, directories, timeoutSeconds }: DataOwnerStep,
  tools: ComposeTools,
): Promise<void> {
  const { docker, observation, stateDirectory } = tools;
  await stopOthers(images, tools);
  for (const directory of directories) {
    const { path, owner } = directory;
    const container = mountingContainer(observation.project, directory);
    const known = (stateDirectory.readState()?.owners ?? []).find((other) => isSame(other, directory));
    const before = known?.before ?? (await readOwner(docker, container, path));
    record(stateDirectory, { ...directory, before, now: null });
    const args = [...helper(container.id), '--entrypoint', 'chown', container.imageId || container.image];
    await docker.run([...args, '-Rh', owner, path], { timeoutSeconds });
    record(stateDirectory, { ...directory, before, now: owner });
  }
}

function mountingContainer({ services }: ProjectObservation, { service, path }: OwnedDirectory): ContainerObservation {
  const container = services.find(({ name }) => name === service)?.containers[0];
  if (container) return container;
  throw new UpgradeError({
    code: 'command-failed',
    what: `The owner of ${path} of ${service} cannot be changed`,
    why: `${service} has no container, and its mounts are those of its container`,
    remedy: `Create it without starting it: docker compose create ${service}. Then run the action again.`,
  });
}

async function readOwner(docker: Docker, { id, imageId, image }: ContainerObservation, path: string): Promise<string> {
  const args = [...helper(`${id}:ro`), '--entrypoint', 'stat', imageId || image, '-c', '%u:%g', path];
  const owner = (await docker.run(args, { reads: true })).trim();
  if (/^\d+:\d+$/.test(owner)) return owner;
  throw new UpgradeError({
    code: 'command-failed',
    what: `The owner of ${path} could not be read`,
    why: `stat printed ${JSON.stringify(shorten(owner, 100))}`,
    remedy: 'Check that the image of the running container has the program stat, and run the action again.',
  });
}

function record(stateDirectory: StateDirectory, { service, path, before, now }: ChangedOwner): void {
  const state = stateDirectory.readState();
  if (!state) return;
  const others = (state.owners ?? []).filter((other) => !isSame(other, { service, path }));
  stateDirectory.writeState({ ...state, owners: [...others, { service, path, before, now }] });
}

function isSame(
  one: Pick<OwnedDirectory, 'service' | 'path'>,
  other: Pick<OwnedDirectory, 'service' | 'path'>,
): boolean {
  return one.service === other.service && one.path === other.path;
}

function helper(container: string): string[] {
  return ['run', '--rm', '--network', 'none', '--user', '0:0', '--volumes-from', container];
}
