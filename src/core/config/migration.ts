// The inputs of a metadata migration. Pure.
import { withoutEnd } from '../lib/text-scan.js';
import type { MIGRATION_INPUTS, RawInputs } from './raw-inputs.js';
import { parseSwitch } from './switch.js';

export interface MigrationConfig {
  /** Prefix of every key of this Milvus in etcd; null for the value of the running configuration. */
  readonly rootPath: string | null;
  /** Image of the migration tool. */
  readonly image: string;
  /** Each as `host:port`; empty for the value of the running configuration. */
  readonly etcdEndpoints: readonly string[];
  /** Removes the backup, Jobs and journal once the new version serves. */
  readonly cleanUp: boolean;
  readonly revokeSessions: boolean;
}

/** The volume for the backup of a release. */
export interface BackupVolume {
  /** A Kubernetes quantity, for example `10Gi`. */
  readonly size: string;
  /** Null for the default class of the cluster. */
  readonly storageClass: string | null;
}

export type MigrationInput = (typeof MIGRATION_INPUTS)[number];

/** `say` receives the input with the error and a valid example. */
export function parseMigration(
  raw: RawInputs,
  addError: (input: MigrationInput, works: string) => void,
): { readonly migration: MigrationConfig; readonly backupVolume: BackupVolume } {
  const rootPath = withoutEnd(raw['root-path'], '/');
  if (rootPath !== raw['root-path'] || /\s|\/\//.test(rootPath))
    addError('root-path', 'write the value of etcd.rootPath from the Milvus configuration, for example by-dev');
  const image = raw['migration-image'];
  if (!/^[a-z0-9][a-zA-Z0-9._:/-]*:[\w][\w.-]{0,127}$/.test(image))
    addError('migration-image', 'write repository and tag, for example milvusdb/meta-migration:v2.2.0');
  const etcdEndpoints = raw['etcd-endpoints'].split(/[\s,]+/).filter((endpoint) => endpoint !== '');
  if (etcdEndpoints.some((endpoint) => !ENDPOINT.test(endpoint)))
    addError('etcd-endpoints', 'write host:port, separated by commas, for example etcd-0.etcd:2379,etcd-1.etcd:2379');
  if (!/^[1-9]\d{0,5}(Mi|Gi|Ti|M|G|T)$/.test(raw['backup-size'])) addError('backup-size', 'write a size such as 10Gi');
  const cleanUp = parseSwitch('clean-up', raw, addError);
  const revokeSessions = parseSwitch('revoke-sessions', raw, addError);
  return {
    migration: { rootPath: rootPath || null, image, etcdEndpoints, cleanUp, revokeSessions },
    backupVolume: { size: raw['backup-size'], storageClass: raw['storage-class'] || null },
  };
}

const ENDPOINT = /^(https?:\/\/)?[a-zA-Z0-9._[\]:-]*:\d{1,5}$/;
