// Parses the records of runs of the migration tool, and verifies a backup by reading it completely.
import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { BackupReader } from '../../core/migration/backup-file.js';
import { isSha256, JOB_KINDS, type Backup, type MigrationJob } from '../../core/migration/observation.js';
import { getList, getRecord, getString, isRecord } from '../../core/lib/json.js';
import type { Values } from '../../core/model/values.js';

/** The verified backup, or why the verification failed. */
export async function readBackup(path: string, metaPath: string): Promise<Backup | string> {
  if (!existsSync(path)) return 'the file does not exist';
  const [reader, hash] = [new BackupReader(metaPath), createHash('sha256')];
  let bytes = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    hash.update(chunk);
    reader.take(chunk);
  }
  const result = reader.end();
  return result.ok ? { file: path, bytes, sha256: hash.digest('hex'), entries: result.entries } : result.reason;
}

/** The value becomes part of names and of a script, so it must be a positive integer. */
function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) > 0;
}

/** Empty if the record is incomplete. */
export function parseRecord({
  kind,
  attempt,
  number,
  state,
  reason,
  backup,
  log,
  generations,
}: Values): MigrationJob[] {
  const known = JOB_KINDS.find((jobKind) => jobKind === kind);
  const status = (['running', 'succeeded', 'failed'] as const).find((jobState) => jobState === state);
  if (!known || !status || !isCount(attempt) || !isCount(number)) return [];
  return [
    {
      kind: known,
      attempt,
      number,
      state: status,
      reason: getString(reason),
      backup: isRecord(backup) && isSha256(backup.sha256) ? (backup as unknown as Backup) : null,
      log: getList(log).map(String),
      generations: getRecord(generations) as Readonly<Record<string, number>>,
    },
  ];
}
