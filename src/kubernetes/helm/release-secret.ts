// The Secret of a release revision: decodes its record, marks it as failed, and reports a record that cannot be read.
import { gunzipSync, gzipSync } from 'node:zlib';
import type { V1Secret } from '@kubernetes/client-node';
import { isRecord, valueAt } from '../../core/lib/json.js';
import type { Values } from '../../core/model/values.js';
import type { ChartMetadata } from '../observe/milvus-source.js';
import { shorten, oneLine } from '../../core/lib/escape.js';
import { UpgradeError } from '../../core/model/error.js';

/** A Secret has at most 1 MiB; manifests compress to about a tenth. A record that grows far beyond that was crafted. */
const MAX_RECORD_BYTES = 32 << 20;

export interface ReleaseRecord {
  readonly name: string;
  readonly version: number;
  readonly config?: Values | null;
  readonly manifest: string;
  readonly info: { readonly status: string; readonly last_deployed: string; readonly description?: string };
  /** How Helm 4 applied the objects, `ssa` or `csa`; Helm 3 supports only client-side apply and omits it. */
  readonly apply_method?: string;
  readonly chart: { readonly metadata: ChartMetadata; readonly values?: Values | null };
}

/** The same Secret with its revision marked failed, as Helm itself does after an interruption. */
export function markFailed(secret: V1Secret, description: string): V1Secret {
  const record = decode(secret);
  const failed = { ...record, info: { ...record.info, status: 'failed', description } };
  const release = Buffer.from(gzipSync(JSON.stringify(failed)).toString('base64')).toString('base64');
  return {
    ...secret,
    metadata: { ...secret.metadata, labels: { ...secret.metadata?.labels, status: 'failed' } },
    data: { ...secret.data, release },
  };
}

/**
 * True if a revision was written by server-side apply, which Helm 4 then keeps for an upgrade of it or a rollback to it
 * (helm/pkg/action/upgrade.go, rollback.go, `--server-side auto`).
 */
export function isServerSide(secrets: readonly V1Secret[], revision: number): boolean {
  const secret = secrets.find((candidate) => revisionOf(candidate) === revision);
  return secret !== undefined && decode(secret).apply_method === 'ssa';
}

export function revisionOf(secret: V1Secret): number {
  return Number(secret.metadata?.labels?.version ?? 0);
}

/** Throws UpgradeError for an invalid record: Helm itself could not read it either. */
export function decode(secret: V1Secret): ReleaseRecord {
  return readable(secret, () => {
    const text = Buffer.from(secret.data?.release ?? '', 'base64').toString('utf8');
    const record: unknown = JSON.parse(
      gunzipSync(Buffer.from(text, 'base64'), { maxOutputLength: MAX_RECORD_BYTES }).toString('utf8'),
    );
    assertRecord(record);
    return record;
  });
}

function assertRecord(record: unknown): asserts record is ReleaseRecord {
  const paths = ['manifest', 'info.status', 'info.last_deployed', 'chart.metadata.name', 'chart.metadata.version'];
  const missing = isRecord(record) ? paths.find((path) => typeof valueAt(record, path) !== 'string') : 'everything';
  if (missing) throw new Error(`it has no ${missing}`);
}

/** A truncated or foreign record must not be reported as a fault of this program. */
export function readable<Read>({ metadata }: V1Secret, read: () => Read): Read {
  try {
    return read();
  } catch (error) {
    if (error instanceof UpgradeError) throw error;
    throw new UpgradeError(
      {
        code: 'release-unreadable',
        what: `The Helm release cannot be read from the Secret ${metadata?.name ?? ''}`,
        why: whyUnreadable(error),
        remedy:
          'Check the release with `helm history`. Restore the Secret from a backup, or delete it if a newer revision is deployed.',
      },
      { cause: error },
    );
  }
}

function whyUnreadable(error: unknown): string {
  if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
    return `it has more than ${MAX_RECORD_BYTES >> 20} MiB when decompressed`;
  return error instanceof Error ? shorten(oneLine(error.message), 200) : 'it is damaged';
}
