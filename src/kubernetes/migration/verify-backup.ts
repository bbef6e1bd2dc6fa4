// The second half of the step `back-up`: the file is read through, and what it came to is written down.
import { BatchV1Api, PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import type { MigrationJobStep } from '../../core/migration/step-kinds.js';
import { apiError } from '../cluster.js';
import type { MigrationTools } from './apply.js';
import { BackupCopy } from '../../runner/backup-copy.js';
import { ANNOTATIONS, backupFile, jobName } from './names.js';
import { readBackup, type BackupFound } from './read-backup.js';

/** What the file came to is written on its Job: the next run need not read it again, and a restore knows what it must find. */
export async function verifyBackup(step: MigrationJobStep, tools: MigrationTools): Promise<void> {
  const { cluster, namespace, config } = tools;
  const found = await read(step, tools);
  const body = { metadata: { annotations: { [ANNOTATIONS.backup]: JSON.stringify(found.ok ? found.backup : { reason: found.reason }) } } };
  const request = { name: jobName(config.release, step), namespace, body };
  try {
    await cluster.config.makeApiClient(BatchV1Api).patchNamespacedJob(request, setHeaderOptions('Content-Type', PatchStrategy.MergePatch));
  } catch (error) {
    throw apiError(error, 'patch jobs', cluster.server);
  }
}

/** On its way it is copied to the runner; what did not pass is not kept there. */
async function read({ attempt }: MigrationJobStep, { cluster, namespace, config, observation, migration, emit, signal }: MigrationTools): Promise<BackupFound> {
  const copy = new BackupCopy(`${namespace}-${config.release}-${attempt}.bak`);
  const pod = migration.keeper?.metadata?.name ?? '';
  const path = `${observation.migration?.journal?.rootPath ?? ''}/meta`;
  const place = { cluster, namespace, pod, container: 'keep', file: backupFile(attempt), path, copy: (chunk: Buffer) => copy.take(chunk), signal };
  try {
    const found = await readBackup(place);
    const kept = found.ok ? copy.end() : null;
    if (kept) emit({ type: 'backup-copied', path: kept });
    return found;
  } finally {
    copy.drop();
  }
}
