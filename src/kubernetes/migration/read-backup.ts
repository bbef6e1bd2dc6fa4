// Reads a backup completely, from the volume through the API server: counts it, computes its checksum, and saves a copy
// if requested.
import { createHash } from 'node:crypto';
import { Writable } from 'node:stream';
import { Exec } from '@kubernetes/client-node';
import { BackupReader } from '../../core/migration/backup-file.js';
import type { Backup } from '../../core/migration/observation.js';
import { UpgradeError } from '../../core/model/error.js';
import type { Cluster } from '../client/cluster.js';

export interface BackupPlace {
  readonly cluster: Cluster;
  readonly namespace: string;
  /** A running pod that mounts the volume, and its container. */
  readonly pod: string;
  readonly container: string;
  readonly file: string;
  /** Root path and sub-path of its keys, such as `by-dev/meta`. */
  readonly path: string;
  /** Receives each piece as it arrives. */
  readonly copy: (chunk: Buffer) => void;
  readonly signal: AbortSignal;
}

export type BackupFound =
  | { readonly ok: true; readonly backup: Backup }
  | { readonly ok: false; readonly reason: string };

const STALLED_MILLISECONDS = 60_000;

/** Throws UpgradeError if the file cannot be read at all; a defect of the file is returned. */
export async function readBackup(place: BackupPlace): Promise<BackupFound> {
  const [reader, hash] = [new BackupReader(place.path), createHash('sha256')];
  let bytes = 0;
  const failure = await cat(place, (chunk) => {
    bytes += chunk.length;
    hash.update(chunk);
    reader.take(chunk);
    place.copy(chunk);
  });
  if (failure !== '') return { ok: false, reason: `it cannot be read: ${failure}` };
  const status = reader.end();
  return status.ok
    ? { ok: true, backup: { file: place.file, bytes, sha256: hash.digest('hex'), entries: status.entries } }
    : status;
}

interface Reading {
  readonly resolve: (complaint: string) => void;
  readonly fail: (why: string, cause?: unknown) => void;
  /** Aborts when the promise is settled. */
  readonly settled: AbortSignal;
}

/** Returns the error output of `cat`; empty on success. */
function cat(place: BackupPlace, take: (chunk: Buffer) => void): Promise<string> {
  const settled = new AbortController();
  return new Promise<string>((resolve, reject) => {
    const fail = (why: string, cause?: unknown): void => reject(unreadable(place.pod, why, cause));
    start(place, take, { resolve, fail, settled: settled.signal });
  }).finally(() => settled.abort());
}

function start(
  { cluster, namespace, pod, container, file, signal }: BackupPlace,
  take: (chunk: Buffer) => void,
  { resolve, fail, settled }: Reading,
): void {
  let complaint = '';
  const received = failWhenStalled(fail, settled);
  const out = new Writable({ write: (chunk: Buffer, _encoding, done) => (received(), take(chunk), done()) });
  const errors = new Writable({
    write: (chunk: Buffer, _encoding, done) => ((complaint += chunk.toString('utf8')), done()),
  });
  // Data that is still in the stream is part of the file.
  const ended = ({ status, message = '' }: { status?: string; message?: string }): void =>
    void out.end(() => resolve(status === 'Success' ? '' : complaint.trim() || message || 'it failed'));
  const cancelled = (): void => fail('the run was cancelled');
  if (signal.aborted) return cancelled();
  signal.addEventListener('abort', cancelled, { once: true, signal: settled });
  new Exec(cluster.config).exec(namespace, pod, container, ['cat', file], out, errors, null, false, ended).then(
    (socket) => {
      // Otherwise `cat` would continue.
      settled.addEventListener('abort', () => socket.close(), { once: true });
      if (settled.aborted) socket.close();
      socket.on('close', () => setTimeout(() => fail('the connection was closed'), 1000));
    },
    (error: unknown) => fail(String((error as Error).message), error),
  );
}

/** Returns a function to be called for each piece of data. */
function failWhenStalled(fail: Reading['fail'], settled: AbortSignal): () => void {
  const begin = (): NodeJS.Timeout =>
    setTimeout(() => fail(`no data received for ${STALLED_MILLISECONDS / 1000} s`), STALLED_MILLISECONDS);
  let timer = begin();
  settled.addEventListener('abort', () => clearTimeout(timer), { once: true });
  return () => {
    clearTimeout(timer);
    if (!settled.aborted) timer = begin();
  };
}

function unreadable(pod: string, why: string, cause: unknown): UpgradeError {
  const remedy =
    'Run the action again; it needs the permissions `get` and `create` on `pods/exec` (deploy/rbac/migration.yaml).';
  return new UpgradeError(
    { code: 'command-failed', what: 'The backup of the metadata cannot be read', why: `${pod}: ${why}`, remedy },
    { cause },
  );
}
