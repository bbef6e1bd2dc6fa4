// The names of all objects of a migration, and the paths of the files of the migration tool. Pure.
import type { JobKind } from '../../core/migration/observation.js';
import { labelValue, objectName } from '../../core/lib/object-name.js';

/** Selects all objects of the migration of one release. */
export const MIGRATION_LABEL = 'milvus-upgrade/migration-of';
export const MANAGED_BY = 'app.kubernetes.io/managed-by';
export const ANNOTATIONS = {
  kind: 'milvus-upgrade/kind',
  attempt: 'milvus-upgrade/attempt',
  number: 'milvus-upgrade/number',
  generations: 'milvus-upgrade/generations',
  /** On a `backup` Job: the result of the verification of its file. */
  backup: 'milvus-upgrade/backup',
  run: 'milvus-upgrade/run',
  /** A digest of what an attempt depends on. */
  plan: 'milvus-upgrade/plan',
};
/** Where the tool is configured to read its files (milvus-io/milvus deployments/migrate-meta/migrate.sh). */
export const DATA = '/milvus/data';
export const CONFIG = '/milvus/configs/meta';
export const TLS = '/milvus/etcd-tls';

export interface Names {
  readonly journal: string;
  readonly volume: string;
  readonly keeper: string;
}

export function namesOf(release: string): Names {
  const named = (suffix: string): string => objectName(release, suffix);
  return { journal: named('migration'), volume: named('backup'), keeper: named('keeper') };
}

export function configName(release: string, attempt: number): string {
  return objectName(release, `migration-config-${attempt}`);
}

export function configFile(kind: JobKind): string {
  return `${kind}.yaml`;
}

/** Each attempt has its own file: a valid backup is never overwritten. */
export function backupFile(attempt: number): string {
  return `${DATA}/backup-${attempt}.bak`;
}

export function jobName(
  release: string,
  { kind, attempt, number }: { readonly kind: JobKind; readonly attempt: number; readonly number: number },
): string {
  return objectName(release, `${kind}-${attempt}${number > 1 ? `-${number}` : ''}`);
}

export function metadataOf(name: string, release: string): { name: string; labels: Record<string, string> } {
  return { name, labels: { [MIGRATION_LABEL]: labelValue(release), [MANAGED_BY]: 'milvus-upgrade' } };
}

/** The label selector for all objects of the migration of one release. */
export function selectorOf(release: string): string {
  return `${MIGRATION_LABEL}=${labelValue(release)}`;
}
