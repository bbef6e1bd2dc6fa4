// Reads a backup through, out of the volume and over the API server, from its first byte to its last: counted, summed, and kept if somebody wants it.
import { createHash } from 'node:crypto';
import { Writable } from 'node:stream';
import { Exec } from '@kubernetes/client-node';
import { BackupReader } from '../../core/migration/backup-file.js';
import type { Backup } from '../../core/migration/seen.js';
import { UpgradeError } from '../../core/errors.js';
import type { Cluster } from '../cluster.js';

export interface BackupPlace {
  readonly cluster: Cluster;
  readonly namespace: string;
  /** A running pod that has the volume, and its container. */
  readonly pod: string;
  readonly container: string;
  readonly file: string;
  /** Root path and sub-path of its keys, `by-dev/meta`. */
  readonly path: string;
  /** Takes each piece as it comes. */
  readonly copy: (chunk: Buffer) => void;
  readonly signal: AbortSignal;
}

export type BackupFound = { readonly ok: true; readonly backup: Backup } | { readonly ok: false; readonly reason: string };

const STALLED_MILLISECONDS = 60_000;

/** Throws UpgradeError where the file cannot be read at all; what is wrong with it is a return value. */
export async function readBackup(place: BackupPlace): Promise<BackupFound> {
  const [reader, hash] = [new BackupReader(place.path), createHash('sha256')];
  let bytes = 0;
  const said = await cat(place, (chunk) => {
    bytes += chunk.length;
    hash.update(chunk);
    reader.take(chunk);
    place.copy(chunk);
  });
  if (said !== '') return { ok: false, reason: `it cannot be read: ${said}` };
  const status = reader.end();
  return status.ok ? { ok: true, backup: { file: place.file, bytes, sha256: hash.digest('hex'), entries: status.entries } } : status;
}

/** Returns what `cat` complained of; empty when it did not. */
function cat({ cluster, namespace, pod, container, file, signal }: BackupPlace, take: (chunk: Buffer) => void): Promise<string> {
  return new Promise((resolve, reject) => {
    let complaint = '';
    const fail = (why: string, cause?: unknown): void => reject(unreadable(pod, why, cause));
    const stalled = (): NodeJS.Timeout => setTimeout(() => fail(`nothing came for ${STALLED_MILLISECONDS / 1000} s`), STALLED_MILLISECONDS);
    let timer = stalled();
    const out = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        clearTimeout(timer);
        timer = stalled();
        take(chunk);
        done();
      },
    });
    const errors = new Writable({ write: (chunk: Buffer, _encoding, done) => ((complaint += chunk.toString('utf8')), done()) });
    const ended = ({ status, message = '' }: { status?: string; message?: string }): void => {
      clearTimeout(timer);
      // What is still on its way through the stream belongs to it.
      out.end(() => resolve(status === 'Success' ? '' : complaint.trim() || message || 'it failed'));
    };
    signal.addEventListener('abort', () => fail('the run was cancelled'), { once: true });
    new Exec(cluster.config).exec(namespace, pod, container, ['cat', file], out, errors, null, false, ended).then(
      (socket) => socket.on('close', () => setTimeout(() => fail('the connection ended'), 1000)),
      (error: unknown) => fail(String((error as Error).message), error),
    );
  });
}

function unreadable(pod: string, why: string, cause: unknown): UpgradeError {
  const remedy = 'Run the action again; it needs the right to `get` and `create` on `pods/exec` (deploy/rbac/migration.yaml).';
  return new UpgradeError({ code: 'command-failed', what: 'The backup of the metadata cannot be read', why: `${pod}: ${why}`, remedy }, { cause });
}
