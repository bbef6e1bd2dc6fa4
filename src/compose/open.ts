// Opens the Docker Compose platform: finds the project and the docker program.
import { setMaxListeners } from 'node:events';
import { milvusServices } from '../core/compose/observation.js';
import { readServices } from '../core/compose/services.js';
import { UpgradeError } from '../core/model/error.js';
import type { Emit } from '../core/model/event.js';
import type { ComposeConfig } from '../core/config/config.js';
import { ComposePlatform } from './platform.js';
import { Docker } from './docker/docker.js';
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
    env,
  } = options;
  // Every open tunnel and every running program adds a listener to it.
  setMaxListeners(0, signal);
  const place = findProject(requested, env);
  const docker = await Docker.find({ host: requested.host, context: requested.context, place }, { emit, signal, env });
  emit({ type: 'noted', message: `Docker Compose ${docker.composeVersion}` });
  const resolved = await docker.config();
  const project = docker.projectName(resolved);
  if (milvusServices({ services: readServices(resolved, []) }).length === 0) throw noMilvus(place.files);
  return new ComposePlatform({ ...options, docker, place, project });
}

function noMilvus(files: readonly string[]): UpgradeError {
  return new UpgradeError({
    code: 'release-not-found',
    what: 'This project does not contain Milvus',
    why: `no service of ${files.join(', ')} runs \`milvus run …\` or an image called milvus`,
    remedy: 'Correct project-directory or compose-files. If Milvus is in a profile, set COMPOSE_PROFILES.',
  });
}
