// The inputs of a metadata migration. Pure.
import type { RawInputs } from '../inputs.js';
import { withoutEnd } from '../text-scan.js';

export interface MigrationConfig {
  /** What every key of this Milvus in etcd begins with; null for what the running configuration says. */
  readonly rootPath: string | null;
  /** Image of the migration tool. */
  readonly image: string;
  /** Null for the cluster's default class. */
  readonly storageClass: string | null;
  /** `host:port` each; none for what the running configuration says. */
  readonly etcdEndpoints: readonly string[];
  /** As Kubernetes writes it, `10Gi`. */
  readonly backupSize: string;
  /** Removes backup, Jobs and journal once the new version serves. */
  readonly cleanUp: boolean;
  readonly revokeSessions: boolean;
}

export const MIGRATION_INPUTS = ['root-path', 'migration-image', 'storage-class', 'etcd-endpoints', 'backup-size', 'clean-up', 'revoke-sessions'] as const;
export type MigrationInput = (typeof MIGRATION_INPUTS)[number];

/** `say` is told what was written and what would work. */
export function parseMigration(raw: RawInputs, say: (input: MigrationInput, works: string) => void): MigrationConfig {
  const rootPath = withoutEnd(raw['root-path'], '/');
  if (rootPath !== raw['root-path'] || /\s|\/\//.test(rootPath)) say('root-path', 'write it as Milvus has it in etcd.rootPath, for example by-dev');
  const image = raw['migration-image'];
  if (!/^[a-z0-9][a-zA-Z0-9._:/-]*:[\w][\w.-]{0,127}$/.test(image))
    say('migration-image', 'write repository and tag, for example milvusdb/meta-migration:v2.2.0');
  const etcdEndpoints = raw['etcd-endpoints'].split(/[\s,]+/).filter((each) => each !== '');
  if (etcdEndpoints.some((each) => !ENDPOINT.test(each)))
    say('etcd-endpoints', 'write host:port, several with commas, for example etcd-0.etcd:2379,etcd-1.etcd:2379');
  if (!/^[1-9]\d{0,5}(Mi|Gi|Ti|M|G|T)$/.test(raw['backup-size'])) say('backup-size', 'write a size such as 10Gi');
  return {
    rootPath: rootPath || null,
    image,
    storageClass: raw['storage-class'] || null,
    etcdEndpoints,
    backupSize: raw['backup-size'],
    cleanUp: yesOrNo('clean-up', raw, say),
    revokeSessions: yesOrNo('revoke-sessions', raw, say),
  };
}

const ENDPOINT = /^(https?:\/\/)?[a-zA-Z0-9._[\]:-]*:\d{1,5}$/;

function yesOrNo(input: MigrationInput, raw: RawInputs, say: (input: MigrationInput, works: string) => void): boolean {
  if (!['true', 'false'].includes(raw[input])) say(input, 'write true or false');
  return raw[input] === 'true';
}
