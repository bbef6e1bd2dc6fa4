// Whether a journal is what this action wrote. Its digest is keyed with the record of the Helm revision from which the migration began, a Secret: who may write
// ConfigMaps and may not read Secrets cannot make one. Pure.
import { createHmac } from 'node:crypto';
import type { V1ConfigMap } from '@kubernetes/client-node';
import { describeJournal, whyImplausible, type Journal } from '../../core/migration/journal.js';
import type { PastRevision, Release } from '../../core/observation.js';
import { labelValue } from '../../core/object-name.js';
import { JOURNAL_KEY, SEAL_KEY } from './manifests.js';
import { MIGRATION_LABEL } from './names.js';
import { readJournal } from './read-migration.js';

/** Empty where Helm no longer holds the revision. */
export function sealOf(journal: Journal, release: Release | null): string {
  const revision = revisionOf(journal, release);
  return revision ? createHmac('sha256', keyOf(revision)).update(canonical(journal)).digest('hex') : '';
}

/** Why it must not be followed, with what it says; empty where it may, or where there is none. */
export function doubtJournal(map: V1ConfigMap | null, release: Release | null): string {
  if (!map || !release) return '';
  const name = map.metadata?.name;
  const { [JOURNAL_KEY]: text = '', [SEAL_KEY]: seal = '' } = map.data ?? {};
  const journal = readJournal(map);
  if (!hasOurLabel(map, release)) return `the ConfigMap ${name} lacks the label ${MIGRATION_LABEL}: this action did not write it`;
  if (!journal) return `the ConfigMap ${name} cannot be read as the journal of a migration: ${text.slice(0, LONGEST_TEXT)}`;
  const reason = doubtOf(journal, seal, release);
  return reason === '' ? '' : `the ConfigMap ${name} ${reason}. It says: ${describeJournal(journal)}`;
}

const LONGEST_TEXT = 200;

function hasOurLabel({ metadata }: V1ConfigMap, { name }: Release): boolean {
  return metadata?.labels?.[MIGRATION_LABEL] === labelValue(name);
}

function doubtOf(journal: Journal, seal: string, release: Release): string {
  if (!revisionOf(journal, release)) {
    const reason = whyImplausible(journal, release.history?.at(-1)?.images ?? {});
    return reason === '' ? '' : `is not plausible: ${reason}`;
  }
  if (seal === sealOf(journal, release)) return '';
  return `does not have the digest of this action for revision ${journal.revision}: somebody else wrote or changed it`;
}

function revisionOf({ revision }: Journal, release: Release | null): PastRevision | undefined {
  return release?.history?.find((each) => each.revision === revision);
}

/** What does not change when a newer revision comes; the values are those of the user, and in the Secret alone. */
function keyOf({ revision, chartVersion, values, images }: PastRevision): string {
  return JSON.stringify([revision, chartVersion, values.reveal(), images]);
}

/** The same text whichever order the fields have. */
function canonical({ run, since, from, to, image, revision, rootPath, replicas, closed }: Journal): string {
  const counts = Object.entries(replicas).sort(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify([run, since, from, to, image, revision, rootPath, counts, closed]);
}
