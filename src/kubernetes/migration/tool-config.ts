// The configuration of the migration tool, and its connection to etcd. Pure.
import type { V1Secret } from '@kubernetes/client-node';
import type { Journal } from '../../core/migration/journal.js';
import { JOB_KINDS } from '../../core/migration/observation.js';
import { tlsSettings, toolConfiguration } from '../../core/migration/tool.js';
import { ANNOTATIONS, backupFile, configFile, configName, metadataOf, TLS } from './names.js';

/** A file that Milvus reads from a Secret or ConfigMap. */
export interface TlsFile {
  readonly kind: 'secret' | 'configmap';
  readonly name: string;
  readonly key: string;
}

/** How the tool connects to etcd. */
export interface ToolLogin {
  readonly endpoints: readonly string[];
  readonly user: { readonly name: string; readonly password: string } | null;
  readonly tls: { readonly files: Readonly<Record<string, TlsFile>>; readonly minVersion: string } | null;
}

export interface ToolSpec {
  readonly release: string;
  readonly journal: Pick<Journal, 'from' | 'to' | 'rootPath'>;
  readonly login: ToolLogin;
  readonly attempt: number;
  /** The run that creates it. */
  readonly run: string;
}

/** The configuration of the tool; a Secret, since it may contain the etcd password. */
export function toolConfig({ release, journal, login, attempt, run }: ToolSpec): V1Secret {
  const { endpoints, user, tls } = login;
  const ssl = tls ? tlsSettings(TLS, Object.keys(tls.files), tls.minVersion) : {};
  const files = JOB_KINDS.map((kind) => {
    const work = { kind, journal, backupFile: backupFile(attempt), endpoints, user, more: ssl };
    return [configFile(kind), toolConfiguration(work)] as const;
  });
  const stringData = Object.fromEntries(files);
  return {
    metadata: { ...metadataOf(configName(release, attempt), release), annotations: { [ANNOTATIONS.run]: run } },
    stringData,
  };
}
