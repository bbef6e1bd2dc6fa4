// The Milvus migration tool: its path in the image, its commands and its configuration. Pure.
import { stringify } from 'yaml';
import type { Values } from '../model/values.js';
import type { Journal } from './journal.js';
import type { JobKind } from './observation.js';

/** milvus-io/milvus deployments/migrate-meta/migrate.sh. */
export const TOOL = '/milvus/bin/meta-migration';

const COMMANDS: Readonly<Record<JobKind, string>> = { backup: 'backup', migrate: 'run', restore: 'rollback' };

export interface ToolWork {
  readonly kind: JobKind;
  readonly journal: Pick<Journal, 'from' | 'to' | 'rootPath'>;
  /** Path of the backup inside the container of the tool. */
  readonly backupFile: string;
  readonly endpoints: readonly string[];
  readonly user: { readonly name: string; readonly password: string } | null;
  /** Additional settings below `etcd`. */
  readonly more?: Values;
}

/** The setting names of the tool for the TLS files. */
const TLS_SETTINGS = { certificate: 'tlsCert', key: 'tlsKey', authority: 'tlsCACert' } as const;

export type TlsFileName = keyof typeof TLS_SETTINGS;

/** The settings below `etcd` for a connection with TLS; the files are in a directory, under their names here. */
export function tlsSettings(directory: string, files: readonly string[], minVersion: string): Values {
  const paths = Object.entries(TLS_SETTINGS).flatMap(([file, setting]) =>
    files.includes(file) ? [[setting, `${directory}/${file}`]] : [],
  );
  return {
    ssl: { enabled: true, ...(Object.fromEntries(paths) as Values), tlsMinVersion: minVersion || '1.3' },
  };
}

/** The configuration of one run of the tool, as YAML; it can contain the etcd password. */
export function toolConfiguration({ kind, journal, backupFile, endpoints, user, more = {} }: ToolWork): string {
  const { from, to, rootPath } = journal;
  const auth = user ? { auth: { enabled: true, userName: user.name, password: user.password } } : {};
  return stringify({
    cmd: { type: COMMANDS[kind] },
    config: { sourceVersion: from, targetVersion: to, backupFilePath: backupFile },
    metastore: { type: 'etcd' },
    etcd: { endpoints, rootPath, metaSubPath: 'meta', kvSubPath: 'kv', ...auth, ...more },
  });
}
