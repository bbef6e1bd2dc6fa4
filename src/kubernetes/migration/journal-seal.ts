// Whether a journal was written by this action. Its digest is keyed with the record of the Helm revision from which the
// migration began, a Secret: a user with write access to ConfigMaps but no read access to Secrets cannot create a valid
// one. Pure.
import { createHmac } from 'node:crypto';
import type { V1ConfigMap } from '@kubernetes/client-node';
import { describeJournal, whyImplausible, type HelmJournal, type RevisionPart } from '../../core/helm/journal.js';
import { labelValue } from '../../core/lib/object-name.js';
import { JOURNAL_KEY, SEAL_KEY } from './manifests.js';
import { MIGRATION_LABEL } from './names.js';
import { readJournal } from './read-migration.js';
import type { PastRevision, Release } from '../../core/helm/observation.js';

/** Empty if Helm no longer has the revision. */
export function sealOf(journal: HelmJournal, release: Release | null): string {
  const revision = revisionOf(journal, release);
  return revision ? createHmac('sha256', keyOf(revision)).update(canonical(journal)).digest('hex') : '';
}

/** Why the journal must not be used, with its content; empty if it is valid, or does not exist. */
export function doubtJournal(map: V1ConfigMap | null, release: Release | null): string {
  if (!map || !release) return '';
  const name = map.metadata?.name;
  const { [JOURNAL_KEY]: text = '', [SEAL_KEY]: seal = '' } = map.data ?? {};
  const journal = readJournal(map);
  if (!hasReleaseLabel(map, release))
    return `the ConfigMap ${name} does not have the label ${MIGRATION_LABEL}: it was not written by this action`;
  if (!journal)
    return `the ConfigMap ${name} cannot be read as the journal of a migration: ${text.slice(0, MAX_TEXT_LENGTH)}`;
  const reason = doubtOf(journal, seal, release);
  return reason === '' ? '' : `the ConfigMap ${name} ${reason}. Its content: ${describeJournal(journal)}`;
}

const MAX_TEXT_LENGTH = 200;

function hasReleaseLabel({ metadata }: V1ConfigMap, { name }: Release): boolean {
  return metadata?.labels?.[MIGRATION_LABEL] === labelValue(name);
}

function doubtOf(journal: HelmJournal, seal: string, release: Release): string {
  if (!revisionOf(journal, release)) {
    const reason = whyImplausible(journal, release.history?.at(-1)?.images ?? {});
    return reason === '' ? '' : `is not plausible: ${reason}`;
  }
  if (seal === sealOf(journal, release)) return '';
  return `does not have the digest of this action for revision ${journal.revision}: another client wrote or changed it`;
}

function revisionOf({ revision }: RevisionPart, release: Release | null): PastRevision | undefined {
  return release?.history?.find((past) => past.revision === revision);
}

/**
 * Only what stays the same when a newer revision is created; the values are those of the user, and exist only in the
 * Secret.
 */
function keyOf({ revision, chartVersion, values, images }: PastRevision): string {
  return JSON.stringify([revision, chartVersion, values.reveal(), images]);
}

/** The same text for any order of the fields. */
function canonical({ run, since, from, to, image, revision, rootPath, replicas, closed }: HelmJournal): string {
  const counts = Object.entries(replicas).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([run, since, from, to, image, revision, rootPath, counts, closed]);
}
