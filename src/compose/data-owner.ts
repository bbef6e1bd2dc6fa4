// Reads and changes the owner of the data of Milvus, in a container that mounts the volumes of the current one. Works
// for bind mounts and named volumes, also if Docker runs on another machine.
import { dataPaths, servicesWithOtherUser, type DataDirectory } from '../core/compose/data-owner.js';
import type { ProjectObservation, ServiceObservation } from '../core/compose/observation.js';
import { own } from '../core/lib/own.js';
import type { Version } from '../core/model/version.js';
import type { Docker } from './docker/docker.js';

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
 * Gives the data of stopped services to a user, before the first container with the new image is created. Safe to
 * repeat. Throws `command-failed`.
 */
export async function changeDataOwner(
  docker: Docker,
  services: readonly ServiceObservation[],
  {
    uid,
    images,
    seconds,
  }: { readonly uid: number; readonly images: Readonly<Record<string, string>>; readonly seconds: number },
): Promise<void> {
  for (const service of services) {
    const old = service.containers.find((container) => container.image !== own(images, service.name));
    const paths = dataPaths(service);
    if (!old || paths.length === 0 || service.setup.user !== '') continue;
    const args = [...helper(old.id), '--entrypoint', 'chown', old.imageId || old.image];
    await docker.run([...args, '-Rh', `${uid}:${uid}`, ...paths], { timeoutSeconds: seconds });
  }
}

function helper(container: string): string[] {
  return ['run', '--rm', '--network', 'none', '--user', '0:0', '--volumes-from', container];
}
