// Finds Milvus that runs without Docker Compose, for a run that finds no project or no container of it.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  describeUnmanaged,
  EMBED_SCRIPT,
  readUnmanaged,
  remedyForUnmanaged,
  UNMANAGED_FORMAT,
  type UnmanagedMilvus,
} from '../../core/compose/unmanaged.js';
import { UpgradeError } from '../../core/model/error.js';
import type { Docker } from '../docker/docker.js';

/** Never throws: it only adds to another message. */
export async function findUnmanaged(docker: Docker): Promise<readonly UnmanagedMilvus[]> {
  const args = ['ps', '--all', '--no-trunc', '--format', UNMANAGED_FORMAT];
  return readUnmanaged(await docker.run(args, { allowFailure: true }).catch(() => ''));
}

/**
 * The error if Milvus runs without Docker Compose, or if the directory has the script that starts it like this;
 * otherwise the other one.
 */
export function unmanagedOr(other: unknown, found: readonly UnmanagedMilvus[], directory: string): unknown {
  const hasScript = existsSync(join(directory, EMBED_SCRIPT));
  if (found.length === 0 && !hasScript) return other;
  const containers = found.map(describeUnmanaged).join('; ');
  return new UpgradeError(
    {
      code: 'release-not-found',
      what: 'Milvus is not in a Docker Compose project here',
      why: containers || `${directory} has ${EMBED_SCRIPT}, which starts Milvus without Docker Compose`,
      remedy: `${remedyForUnmanaged(found)} If it is another installation, set project-directory or compose-files to the project to upgrade.`,
    },
    { cause: other },
  );
}
