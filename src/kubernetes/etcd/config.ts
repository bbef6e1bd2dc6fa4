// The etcd settings of Milvus: from the mounted configuration, and from environment variables of its container, which
// take precedence. Pure; secrets stay masked or unread.
import { posix } from 'node:path';
import type { V1Container, V1Deployment, V1EnvVar } from '@kubernetes/client-node';
import { DEFAULT_ROOT_PATH, endpointsOf, mergeFiles } from '../../core/model/milvus-configuration.js';
import { SecretString } from '../../core/redaction/secret-string.js';
import { valueAt } from '../../core/lib/json.js';
import type { Values } from '../../core/model/values.js';
import { mountedFrom, type Reference } from './mounts.js';

/** A setting: a literal value, or a reference to a Secret or ConfigMap. */
export type Setting = { readonly kind: 'text'; readonly text: SecretString } | Reference;

/** A file in the container; `source` is null if neither a Secret nor a ConfigMap is mounted there. */
export interface MountedFile {
  /** The key of the Milvus configuration that names it. */
  readonly setting: string;
  readonly path: string;
  readonly source: Reference | null;
}

export interface EtcdConfig {
  readonly endpoints: readonly string[];
  /** The common prefix of all session keys, such as `by-dev/meta/session/`. */
  readonly sessionPrefix: string;
  /** Null if `etcd.auth.enabled` is not set. */
  readonly user: { readonly name: Setting; readonly password: Setting } | null;
  /** Null if `etcd.ssl.enabled` is not set; otherwise, the files that are named. */
  readonly tls: {
    readonly certificate: MountedFile | null;
    readonly key: MountedFile | null;
    readonly authority: MountedFile | null;
    readonly minVersion: string;
  } | null;
  /** Why etcd cannot be found with this configuration; empty if it can. */
  readonly problem: string;
}

/** `deployment` is any that mounts the configuration; null if none does. */
export function readEtcdConfig(files: Readonly<Record<string, string>>, deployment: V1Deployment | null): EtcdConfig {
  const reader = new Reader(mergeFiles(files), deployment);
  const root = posix.join(reader.text('etcd.rootPath') || DEFAULT_ROOT_PATH, reader.text('etcd.metaSubPath') || 'meta');
  const endpoints = endpointsOf(reader.plain('etcd.endpoints'));
  return {
    endpoints,
    sessionPrefix: `${root}/session/`,
    user: reader.isOn('etcd.auth.enabled')
      ? { name: reader.setting('etcd.auth.userName'), password: reader.setting('etcd.auth.password') }
      : null,
    tls: reader.isOn('etcd.ssl.enabled')
      ? {
          certificate: reader.file('etcd.ssl.tlsCert'),
          key: reader.file('etcd.ssl.tlsKey'),
          authority: reader.file('etcd.ssl.tlsCACert'),
          minVersion: reader.text('etcd.ssl.tlsMinVersion'),
        }
      : null,
    problem: problemOf(reader, endpoints),
  };
}

function problemOf(reader: Reader, endpoints: readonly string[]): string {
  if (reader.isOn('etcd.use.embed'))
    return 'it is embedded in Milvus (etcd.use.embed), and no other process can connect to it';
  if (reader.foreign.length > 0)
    return `${reader.foreign.join(' and ')} of the Milvus container has no literal value in its Deployment`;
  return endpoints.length === 0 ? 'the Milvus configuration has no endpoint (etcd.endpoints)' : '';
}

class Reader {
  /** Required variables whose values are stored outside the Deployment. */
  readonly foreign: string[] = [];
  readonly #merged: Values;
  readonly #container: V1Container | undefined;
  readonly #deployment: V1Deployment | null;
  constructor(merged: Values, deployment: V1Deployment | null) {
    this.#merged = merged;
    this.#deployment = deployment;
    const containers = deployment?.spec?.template.spec?.containers ?? [];
    this.#container =
      containers.find((container) =>
        container.volumeMounts?.some(({ mountPath }) => mountPath.startsWith('/milvus/configs')),
      ) ?? containers[0];
  }

  plain(path: string): unknown {
    const variable = this.#variable(path);
    if (!variable) return valueAt(this.#merged, path);
    if (variable.valueFrom) this.foreign.push(variable.name);
    return variable.value ?? '';
  }

  text(path: string): string {
    return String(this.plain(path) ?? '').trim();
  }

  isOn(path: string): boolean {
    return this.text(path).toLowerCase() === 'true';
  }

  setting(path: string): Setting {
    const { secretKeyRef, configMapKeyRef } = this.#variable(path)?.valueFrom ?? {};
    if (secretKeyRef) return { kind: 'secret', name: secretKeyRef.name ?? '', key: secretKeyRef.key };
    if (configMapKeyRef) return { kind: 'configmap', name: configMapKeyRef.name ?? '', key: configMapKeyRef.key };
    return { kind: 'text', text: new SecretString(this.text(path)) };
  }

  file(setting: string): MountedFile | null {
    const path = this.text(setting);
    return path === ''
      ? null
      : {
          setting,
          path,
          source: mountedFrom(path, this.#container, this.#deployment?.spec?.template.spec?.volumes ?? []),
        };
  }

  /**
   * `ETCD_AUTH_PASSWORD`, `etcd.auth.password`: Milvus reads both the same (milvus pkg/util/paramtable/base_table.go,
   * formatter).
   */
  #variable(path: string): V1EnvVar | undefined {
    return this.#container?.env?.findLast((variable) => formatted(variable.name) === formatted(path));
  }
}

function formatted(name: string): string {
  return name
    .toLowerCase()
    .replace(/^milvus\./, '')
    .replaceAll(/[/_.]/g, '');
}
