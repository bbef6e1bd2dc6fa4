// What is written down of a run of the migration tool, and its backup read through from its first byte to its last.
import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { BackupReader } from '../core/migration/backup-file.js';
import { isSha256, JOB_KINDS, type Backup, type MigrationJob } from '../core/migration/seen.js';
import { isRecord, type Values } from '../core/values.js';

/** What it came to, or why it did not pass. */
export async function readBackup(path: string, metaPath: string): Promise<Backup | string> {
  if (!existsSync(path)) return 'there is no such file';
  const [reader, hash] = [new BackupReader(metaPath), createHash('sha256')];
  let bytes = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    hash.update(chunk);
    reader.take(chunk);
  }
  const status = reader.end();
  return status.ok ? { file: path, bytes, sha256: hash.digest('hex'), entries: status.entries } : status.reason;
}

/** It becomes part of names and of a script. */
function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) > 0;
}

/** None where it is not whole. */
export function parseRecord({ kind, attempt, number, state, reason, backup, log, generations }: Values): MigrationJob[] {
  const known = JOB_KINDS.find((each) => each === kind);
  const stands = (['running', 'succeeded', 'failed'] as const).find((each) => each === state);
  if (!known || !stands || !isCount(attempt) || !isCount(number)) return [];
  return [
    {
      kind: known,
      attempt,
      number,
      state: stands,
      reason: typeof reason === 'string' ? reason : '',
      backup: isRecord(backup) && isSha256(backup.sha256) ? (backup as unknown as Backup) : null,
      log: Array.isArray(log) ? log.map(String) : [],
      generations: isRecord(generations) ? (generations as Readonly<Record<string, number>>) : {},
    },
  ];
}
