// Gets the etcd credentials (user and password, certificates) from the Secrets and ConfigMaps from which Milvus reads
// them.
import type { SecureContextOptions } from 'node:tls';
import type { Cluster } from '../client/cluster.js';
import { apiError, isStatus } from '../client/api-error.js';
import type { EtcdConfig, MountedFile, Setting } from './config.js';
import { EtcdError, firstLine } from '../../etcd/etcd-error.js';
import { tlsVersionOf } from '../../etcd/tls-version.js';
import type { Reference } from './mounts.js';
import { optional } from '../../core/lib/optional.js';

export interface EtcdLogin {
  readonly user: { readonly name: string; readonly password: string } | null;
  readonly tls: SecureContextOptions | null;
}

export interface LoginSource {
  readonly cluster: Cluster;
  readonly namespace: string;
  readonly etcd: EtcdConfig;
  /** Masks a secret in all output. */
  readonly addSecret: (secret: string) => void;
}

/** Reads each Secret once. Throws EtcdError that names what is missing. */
export async function readEtcdLogin(source: LoginSource): Promise<EtcdLogin> {
  const { user, tls } = source.etcd;
  const reader = new Reader(source);
  return {
    user: user && {
      name: await reader.setting(user.name),
      password: reader.hidden(await reader.setting(user.password)),
    },
    tls: tls && {
      ...optional('cert', await reader.file(tls.certificate)),
      ...optional('key', reader.hidden(await reader.file(tls.key))),
      ...optional('ca', await reader.file(tls.authority)),
      ...(tls.minVersion === '' ? {} : { minVersion: tlsVersionOf(tls.minVersion) }),
    },
  };
}

class Reader {
  readonly #source: LoginSource;
  readonly #read = new Map<string, Promise<Readonly<Record<string, string>>>>();
  constructor(source: LoginSource) {
    this.#source = source;
  }

  hidden(secret: string): string {
    if (secret !== '') this.#source.addSecret(secret);
    return secret;
  }

  async setting(setting: Setting): Promise<string> {
    return setting.kind === 'text' ? setting.text.reveal() : this.#get(setting);
  }

  async file(file: MountedFile | null): Promise<string> {
    if (!file) return '';
    if (file.source) return this.#get(file.source);
    throw new EtcdError(
      `its file ${file.path} (${file.setting}) is not mounted into Milvus from a Secret or ConfigMap, so it cannot be read`,
      {
        isFinal: true,
      },
    );
  }

  async #get({ kind, name, key }: Reference): Promise<string> {
    const id = `${kind} ${name}`;
    const reading = this.#read.get(id) ?? this.#request(kind, name);
    this.#read.set(id, reading);
    const text = (await reading)[key];
    if (text === undefined)
      throw new EtcdError(`${id} has no key ${key}, which Milvus uses to log in to etcd`, { isFinal: true });
    return text;
  }

  async #request(kind: Reference['kind'], name: string): Promise<Readonly<Record<string, string>>> {
    const { cluster, namespace } = this.#source;
    try {
      if (kind === 'configmap') return (await cluster.core.readNamespacedConfigMap({ name, namespace })).data ?? {};
      const { data = {} } = await cluster.core.readNamespacedSecret({ name, namespace });
      return Object.fromEntries(
        Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]),
      );
    } catch (error) {
      const isFinal = isStatus(error, 403) || isStatus(error, 404);
      throw new EtcdError(
        `${kind} ${name}, which Milvus uses to log in to etcd, cannot be read: ${reasonOf(error, kind, cluster)}`,
        { isFinal, cause: error },
      );
    }
  }
}

function reasonOf(error: unknown, kind: string, { server }: Cluster): string {
  if (isStatus(error, 404)) return 'it does not exist';
  if (isStatus(error, 403)) return `grant \`get\` on ${kind}s to this login`;
  return firstLine((apiError(error, `get ${kind}s`, server) as Error).message);
}
