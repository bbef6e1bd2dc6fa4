// Reads and writes the record that Helm keeps of a release revision in a Secret: base64 of gzip of JSON (helm/pkg/storage/driver/util.go; the same in Helm 3 and 4).
import { gunzipSync, gzipSync } from 'node:zlib';
import { parseAllDocuments } from 'yaml';
import type { V1Secret } from '@kubernetes/client-node';
import type { Release, ReleaseRevision, ReleaseStatus } from '../core/observation.js';
import { computeValues, HiddenValues, type Values } from '../core/values.js';

interface ReleaseRecord {
  readonly name: string;
  readonly version: number;
  readonly config?: Values | null;
  readonly manifest: string;
  readonly info: { readonly status: string; readonly last_deployed: string; readonly description?: string };
  /** How Helm 4 wrote the objects, `ssa` or `csa`; Helm 3 knows only one way and leaves it out. */
  readonly apply_method?: string;
  readonly chart: { readonly metadata: { readonly name: string; readonly version: string; readonly appVersion?: string }; readonly values?: Values | null };
}

/** The labels that a run of ours leaves on the revision it begins. Helm copies labels to later revisions, so the number says whether they still mean this one. */
export const RUN_LABEL = 'milvus-upgrade-run';
export const REVISION_LABEL = 'milvus-upgrade-revision';

const statuses: readonly ReleaseStatus[] = ['deployed', 'failed', 'pending-install', 'pending-upgrade', 'pending-rollback', 'uninstalling', 'superseded'];

/** The release as its Secrets tell it: the newest revision and the newest deployed one. Null when there is none. */
export function readRelease(name: string, namespace: string, secrets: readonly V1Secret[]): Release | null {
  const revisions = newestFirst(secrets);
  const [newest] = revisions;
  if (!newest) return null;
  const deployed = revisions.find((each) => each.metadata?.labels?.status === 'deployed');
  const labels = newest.metadata?.labels ?? {};
  const startedBy = labels[REVISION_LABEL] === labels.version ? (labels[RUN_LABEL] ?? '') : '';
  return { name, namespace, latest: readRevision(newest), deployed: deployed ? readRevision(deployed) : null, startedBy };
}

/** The same Secret with its revision marked failed, as Helm itself does when it is interrupted. */
export function markFailed(secret: V1Secret, description: string): V1Secret {
  const record = decode(secret);
  const failed = { ...record, info: { ...record.info, status: 'failed', description } };
  const release = Buffer.from(gzipSync(JSON.stringify(failed)).toString('base64')).toString('base64');
  return { ...secret, metadata: { ...secret.metadata, labels: { ...secret.metadata?.labels, status: 'failed' } }, data: { ...secret.data, release } };
}

/** What the next `helm upgrade` begins with: its number, and whether Helm 4 keeps to server-side apply, as it does when the newest revision was written so (helm/pkg/action/upgrade.go, `--server-side auto`). */
export function nextOf(secrets: readonly V1Secret[]): { nextRevision: number; serverSide: boolean } {
  const [newest] = newestFirst(secrets);
  return newest ? { nextRevision: revisionOf(newest) + 1, serverSide: decode(newest).apply_method === 'ssa' } : { nextRevision: 1, serverSide: false };
}

export function revisionOf(secret: V1Secret): number {
  return Number(secret.metadata?.labels?.version ?? 0);
}

function newestFirst(secrets: readonly V1Secret[]): V1Secret[] {
  return [...secrets].sort((a, b) => revisionOf(b) - revisionOf(a));
}

function decode(secret: V1Secret): ReleaseRecord {
  const text = Buffer.from(secret.data?.release ?? '', 'base64').toString('utf8');
  return JSON.parse(gunzipSync(Buffer.from(text, 'base64')).toString('utf8')) as ReleaseRecord;
}

// A record of a finished revision never changes, and is read at every look.
const known = new Map<string, ReleaseRevision>();

function readRevision(secret: V1Secret): ReleaseRevision {
  const key = `${secret.metadata?.uid}/${secret.metadata?.resourceVersion}`;
  const revision = known.get(key) ?? toRevision(decode(secret));
  known.set(key, revision);
  return revision;
}

function toRevision({ version, info, chart, config, manifest }: ReleaseRecord): ReleaseRevision {
  return {
    revision: version,
    status: statuses.find((each) => each === info.status) ?? 'unknown',
    chartName: chart.metadata.name,
    chartVersion: chart.metadata.version,
    appVersion: chart.metadata.appVersion ?? '',
    updatedAt: new Date(info.last_deployed).toISOString(),
    description: info.description ?? '',
    values: new HiddenValues(config ?? {}),
    computedValues: new HiddenValues(computeValues(chart.values ?? {}, config ?? {})),
    deployments: deploymentsIn(manifest),
  };
}

function deploymentsIn(manifest: string): string[] {
  return manifest
    .split(/^---$/m)
    .filter((text) => /^kind: Deployment$/m.test(text))
    .flatMap((text) => {
      const [document] = parseAllDocuments(text);
      const { metadata } = (document?.toJS() ?? {}) as { metadata?: { name?: string; labels?: Record<string, string> } };
      const role = metadata?.labels?.component;
      return metadata?.name && role && role !== 'attu' ? [metadata.name] : [];
    });
}
