// Opens the Docker Compose platform: finds the project and the docker program.
import { setMaxListeners } from 'node:events';
import { resolve } from 'node:path';
import { milvusServices } from '../core/compose/observation.js';
import { readServices } from '../core/compose/services.js';
import { wrongSelection } from '../core/compose/selected-services.js';
import { badInputs } from '../core/config/problems.js';
import { UpgradeError } from '../core/model/error.js';
import type { Emit } from '../core/model/event.js';
import type { ComposeConfig } from '../core/config/config.js';
import type { ProjectConfig } from '../core/config/compose.js';
import { ComposePlatform } from './platform.js';
import { Docker } from './docker/docker.js';
import type { ComposeProjectPlace } from './docker/find-compose.js';
import { findUnmanaged, unmanagedOr } from './project/unmanaged.js';
import { findProject } from './project/files.js';

export interface OpenOptions {
  readonly config: ComposeConfig;
  readonly emit: Emit;
  readonly addSecret: (secret: string) => void;
  readonly run: string;
  readonly redact: (text: string) => string;
  readonly signal: AbortSignal;
  readonly env: NodeJS.ProcessEnv;
}

/** Throws UpgradeError if docker, Compose or the project is not found. */
export async function openCompose(options: OpenOptions): Promise<ComposePlatform> {
  const {
    config: { project: requested },
    emit,
    signal,
  } = options;
  // Every open tunnel and every running program adds a listener to it.
  setMaxListeners(0, signal);
  const { place, docker } = await findPlace(requested, options);
  emit({ type: 'noted', message: `Docker Compose ${docker.composeVersion}` });
  const resolved = await docker.config();
  const project = docker.projectName(resolved);
  const services = readServices(resolved, []);
  if (milvusServices({ services }).length === 0)
    throw unmanagedOr(noMilvus(place.files), await findUnmanaged(docker), place.directory);
  const wrong = wrongSelection(services, requested.services);
  if (wrong !== '') throw badInputs([wrong]);
  return new ComposePlatform({ ...options, docker, place, project });
}

/** Without files of a project, Milvus may still run: started without Docker Compose. */
async function findPlace(
  requested: ProjectConfig,
  { emit, signal, env }: Pick<OpenOptions, 'emit' | 'signal' | 'env'>,
): Promise<{ readonly place: ComposeProjectPlace; readonly docker: Docker }> {
  const find = (place: ComposeProjectPlace): Promise<Docker> =>
    Docker.find({ host: requested.host, context: requested.context, place }, { emit, signal, env });
  let place: ComposeProjectPlace;
  try {
    place = findProject(requested, env);
  } catch (error) {
    const docker = await find({ files: [], directory: '', name: '', envFiles: [] }).catch(() => null);
    throw unmanagedOr(error, docker ? await findUnmanaged(docker) : [], resolve(requested.directory));
  }
  return { place, docker: await find(place) };
}

function noMilvus(files: readonly string[]): UpgradeError {
  return new UpgradeError({
    code: 'release-not-found',
    what: 'This project does not contain Milvus',
    why: `no service of ${files.join(', ')} runs \`milvus run …\` or an image called milvus`,
    remedy: 'Correct project-directory or compose-files. If Milvus is in a profile, set COMPOSE_PROFILES.',
  });
}
