// Reads and writes the Helm record of a release revision in a Secret: base64 of gzip of JSON
// (helm/pkg/storage/driver/util.go; the same in Helm 3 and 4).
import type { V1Deployment, V1Secret } from '@kubernetes/client-node';
import { computeValues, SecretValues, type Values } from '../../core/model/values.js';
import { imageOf, roleOf } from '../observe/milvus-objects.js';
import { milvusDependency } from '../observe/milvus-source.js';
import { plainData, readDocuments } from '../../core/lib/safe-yaml.js';
import { decode, readable, type ReleaseRecord, revisionOf } from './release-secret.js';
import {
  isRollback,
  type PastRevision,
  type Release,
  type ReleaseRevision,
  type ReleaseStatus,
} from '../../core/helm/observation.js';

/**
 * The labels that a run sets on the revision that it begins. Helm copies labels to later revisions; the number shows
 * whether they still apply to this one.
 */
export const RUN_LABEL = 'milvus-upgrade-run';
export const REVISION_LABEL = 'milvus-upgrade-revision';
/** The revision for the rollback of the upgrade; see revisionBefore in core/helm/rollback.ts. */
export const BACK_TO_LABEL = 'milvus-upgrade-back-to';

const statuses: readonly ReleaseStatus[] = [
  'deployed',
  'failed',
  'pending-install',
  'pending-upgrade',
  'pending-rollback',
  'uninstalling',
  'superseded',
];

/** The release as recorded in its Secrets: the newest revision and the newest deployed one. Null if there is none. */
export function readRelease(name: string, namespace: string, secrets: readonly V1Secret[]): Release | null {
  const revisions = newestFirst(secrets);
  const [newest] = revisions;
  if (!newest) return null;
  const deployed = revisions.find((revision) => revision.metadata?.labels?.status === 'deployed');
  const history = revisions.map(toPast);
  const read = { latest: readSecret(newest).revision, deployed: deployed ? readSecret(deployed).revision : null };
  return { name, namespace, ...read, startedBy: starterOf(revisions), history };
}

/**
 * `helm rollback` copies the labels of its target revision, so a rollback counts as begun by the run that began the
 * upgrade before it.
 */
function starterOf(revisions: readonly V1Secret[]): string {
  const newestUpgrade = revisions.find((secret) => !isRollback(readSecret(secret).revision));
  if (!newestUpgrade) return '';
  if (newestUpgrade !== revisions[0] && ownLabel(newestUpgrade, BACK_TO_LABEL) === '') return '';
  return ownLabel(newestUpgrade, RUN_LABEL);
}

/** A label of this action; empty if Helm copied it from an earlier revision. */
function ownLabel({ metadata }: V1Secret, name: string): string {
  const labels = metadata?.labels ?? {};
  return labels[REVISION_LABEL] === labels.version ? (labels[name] ?? '') : '';
}

function toPast(secret: V1Secret): PastRevision {
  const { revision: read, images } = readSecret(secret);
  const { revision, status, chartVersion, updatedAt, description, values } = read;
  const backTo = Number(ownLabel(secret, BACK_TO_LABEL));
  return { revision, status, chartVersion, updatedAt, description, values, images, backTo: backTo > 0 ? backTo : null };
}

function newestFirst(secrets: readonly V1Secret[]): V1Secret[] {
  return [...secrets].sort((a, b) => revisionOf(b) - revisionOf(a));
}

/**
 * The manifest of the revision on which the next `helm upgrade` is based: the newest deployed one, else the newest;
 * empty if there is none.
 */
export function installedManifest(secrets: readonly V1Secret[]): string {
  const revisions = newestFirst(secrets);
  const base = revisions.find((revision) => revision.metadata?.labels?.status === 'deployed') ?? revisions[0];
  return base ? decode(base).manifest : '';
}

// The record of a finished revision never changes, and is read for every observation.
const known = new Map<string, ReadSecret>();

interface ReadSecret {
  readonly revision: ReleaseRevision;
  readonly images: Readonly<Record<string, string>>;
}

function readSecret(secret: V1Secret): ReadSecret {
  const key = `${secret.metadata?.uid}/${secret.metadata?.resourceVersion}`;
  const read = known.get(key) ?? readable(secret, () => readRecord(decode(secret)));
  known.set(key, read);
  return read;
}

function readRecord({ version, info, chart, config, manifest }: ReleaseRecord): ReadSecret {
  const deployments = deploymentsIn(manifest);
  const images = Object.fromEntries(
    deployments.map(([name, deployment]) => [
      name,
      imageOf(roleOf(deployment.metadata?.labels), deployment.spec?.template.spec),
    ]),
  );
  const revision: ReleaseRevision = {
    revision: version,
    status: statuses.find((known) => known === info.status) ?? 'unknown',
    chartName: chart.metadata.name,
    chartVersion: chart.metadata.version,
    dependency: milvusDependency(chart.metadata, manifest),
    appVersion: chart.metadata.appVersion ?? '',
    updatedAt: new Date(info.last_deployed).toISOString(),
    description: info.description ?? '',
    values: new SecretValues(config ?? {}),
    computedValues: new SecretValues(computeValues(chart.values ?? {}, config ?? {})),
    deployments: Object.keys(images),
    strategies: Object.fromEntries(
      deployments.flatMap(([name, { spec }]) => (spec?.strategy ? [[name, spec.strategy as Values]] : [])),
    ),
  };
  return { revision, images };
}

/** The Milvus Deployments of a manifest, by name. */
function deploymentsIn(manifest: string): (readonly [string, V1Deployment])[] {
  return manifest
    .split(/^---$/m)
    .filter((text) => /^kind: Deployment$/m.test(text))
    .flatMap((text) => {
      const [document] = readDocuments(text, { uniqueKeys: false });
      const deployment = ((document && plainData(document)) ?? {}) as V1Deployment;
      const role = roleOf(deployment.metadata?.labels);
      return deployment.metadata?.name && role !== '' && role !== 'attu'
        ? [[deployment.metadata.name, deployment] as const]
        : [];
    });
}
