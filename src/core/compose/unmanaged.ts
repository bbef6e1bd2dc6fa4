// Recognizes Milvus that runs without Docker Compose: started with `docker run`, by standalone_embed.sh, or by Swarm.
// This action does not upgrade it, and reports what to do instead. Pure.
import { parseImage } from '../model/version.js';

/** The format of `docker ps` whose lines `readUnmanaged` reads. */
export const UNMANAGED_FORMAT =
  '{{.Names}}\t{{.Image}}\t{{.Label "com.docker.compose.project"}}\t{{.Label "com.docker.swarm.service.name"}}';

/** The script of the Milvus documentation that starts a standalone without Compose, and the container that it names. */
export const EMBED_SCRIPT = 'standalone_embed.sh';
const EMBED_CONTAINER = 'milvus-standalone';

export interface UnmanagedMilvus {
  readonly name: string;
  readonly image: string;
  /** The service of a Swarm stack; empty for a container that was started with `docker run`. */
  readonly swarmService: string;
}

export function readUnmanaged(output: string): UnmanagedMilvus[] {
  return output.split('\n').flatMap((line) => {
    const [name = '', image = '', project = '', swarmService = ''] = line.split('\t').map((part) => part.trim());
    const repository = parseImage(image).repository.split('/').at(-1);
    const isOwn = name.startsWith('milvus-upgrade-');
    return name === '' || project !== '' || isOwn || repository !== 'milvus' ? [] : [{ name, image, swarmService }];
  });
}

/** `milvus-standalone (milvusdb/milvus:v2.5.4), started with docker run or standalone_embed.sh`. */
export function describeUnmanaged({ name, image, swarmService }: UnmanagedMilvus): string {
  if (swarmService !== '') return `${name} (${image}), a task of the Swarm service ${swarmService}`;
  return `${name} (${image}), started with docker run${name === EMBED_CONTAINER ? ` or ${EMBED_SCRIPT}` : ''}`;
}

export function remedyForUnmanaged(found: readonly UnmanagedMilvus[]): string {
  const [swarm] = found.filter(({ swarmService }) => swarmService !== '');
  const inSwarm = `Change the image in the stack file of ${swarm?.swarmService ?? ''} and run \`docker stack deploy\`; this action does not upgrade Swarm stacks.`;
  const started =
    'This action upgrades Milvus in Docker Compose projects only. Upgrade this container as the Milvus documentation describes for it (for standalone_embed.sh: upgrade_milvus_embedded.md), with the versions to stop at in docs/upgrade-paths.md. Do not start a Compose project with its data while it runs.';
  return [
    ...(swarm ? [inSwarm] : []),
    ...(found.length === 0 || found.some((one) => one.swarmService === '') ? [started] : []),
  ].join(' ');
}
