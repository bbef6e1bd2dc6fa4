// The second half of the step `backup`: the file is read completely, and the result is recorded.
import { BatchV1Api, PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import type { MigrationJobStep } from '../../core/migration/step.js';
import { apiError } from '../client/api-error.js';
import { BackupCopy } from '../../runner/backup-copy.js';
import { ANNOTATIONS, backupFile, jobName } from './names.js';
import { readBackup, type BackupFound } from './read-backup.js';
import type { MigrationTools } from './migration-tools.js';

/**
 * The result is written on the Job: the next run does not have to read the file again, and a restore knows the expected
 * checksum.
 */
export async function verifyBackup(step: MigrationJobStep, tools: MigrationTools): Promise<void> {
  const { cluster, namespace, config } = tools;
  const found = await read(step, tools);
  const body = {
    metadata: {
      annotations: { [ANNOTATIONS.backup]: JSON.stringify(found.ok ? found.backup : { reason: found.reason }) },
    },
  };
  const request = { name: jobName(config.release, step), namespace, body };
  try {
    await cluster.config
      .makeApiClient(BatchV1Api)
      .patchNamespacedJob(request, setHeaderOptions('Content-Type', PatchStrategy.MergePatch));
  } catch (error) {
    throw apiError(error, 'patch jobs', cluster.server);
  }
}

/** The file is also copied to the runner; a copy that did not pass the verification is deleted. */
async function read(
  { attempt }: MigrationJobStep,
  { cluster, namespace, config, observation, migration, emit, signal }: MigrationTools,
): Promise<BackupFound> {
  const copy = new BackupCopy(`${namespace}-${config.release}-${attempt}.bak`);
  const pod = migration.keeper?.metadata?.name ?? '';
  const path = `${observation.migration?.journal?.rootPath ?? ''}/meta`;
  const place = {
    cluster,
    namespace,
    pod,
    container: 'keep',
    file: backupFile(attempt),
    path,
    copy: (chunk: Buffer) => copy.take(chunk),
    signal,
  };
  try {
    const found = await readBackup(place);
    const kept = found.ok ? copy.end() : null;
    if (kept) emit({ type: 'backup-copied', path: kept });
    if (copy.failure() !== '')
      emit({
        type: 'warned',
        message: `The backup is on its volume; a copy could not be written here: ${copy.failure()}`,
      });
    return found;
  } finally {
    copy.drop();
  }
}
