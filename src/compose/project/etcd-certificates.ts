// Reads the certificates with which Milvus connects to etcd: from its container, because a path of its configuration is
// a path in there, whether it is mounted or part of the image.
import { isUp } from '../../core/compose/components.js';
import type { ContainerObservation } from '../../core/compose/containers.js';
import { milvusServices, type ServiceObservation } from '../../core/compose/observation.js';
import { isRecord, valueAt } from '../../core/lib/json.js';
import type { TlsFileName } from '../../core/migration/tool.js';
import type { Values } from '../../core/model/values.js';
import { firstLine } from '../../etcd/etcd-error.js';
import type { Docker } from '../docker/docker.js';

/** The text of each file that the settings name; `key` is secret. */
export interface EtcdTls {
  readonly files: Readonly<Partial<Record<TlsFileName, string>>>;
  readonly minVersion: string;
}

const SETTINGS = {
  certificate: 'etcd.ssl.tlsCert',
  key: 'etcd.ssl.tlsKey',
  authority: 'etcd.ssl.tlsCACert',
} as const;

export class EtcdCertificates {
  readonly #docker: Docker;
  #known: EtcdTls | null = null;
  constructor(docker: Docker) {
    this.#docker = docker;
  }

  /** Null without TLS; the problem as a string if a file cannot be read. Files are read once. */
  async read(settings: Values, services: readonly ServiceObservation[]): Promise<EtcdTls | string | null> {
    const text = (path: string): string => String(valueAt(settings, path) ?? '').trim();
    if (text('etcd.ssl.enabled').toLowerCase() !== 'true') return null;
    if (this.#known) return this.#known;
    const containers = milvusServices({ services }).flatMap((service) => service.containers);
    const container = containers.find(isUp) ?? containers[0];
    if (!container) return 'it requires TLS (etcd.ssl.enabled), and no container of Milvus has its certificates';
    const files: Partial<Record<TlsFileName, string>> = {};
    for (const [name, setting] of Object.entries(SETTINGS) as [TlsFileName, string][]) {
      const path = text(setting);
      if (path === '') continue;
      const found = await this.#readFile(container, path);
      if (isRecord(found)) return `its file ${path} (${setting}) cannot be read in ${container.name}: ${found.problem}`;
      files[name] = found;
    }
    this.#known = { files, minVersion: text('etcd.ssl.tlsMinVersion') };
    return this.#known;
  }

  /** A stopped container cannot run a program: another one reads its volumes and its image. */
  async #readFile(container: ContainerObservation, path: string): Promise<string | { readonly problem: string }> {
    const { id, image, imageId } = container;
    const helper = ['run', '--rm', '--network', 'none', '--volumes-from', `${id}:ro`, '--entrypoint', 'cat'];
    const args = isUp(container) ? ['exec', id, 'cat', path] : [...helper, imageId || image, path];
    try {
      const text = await this.#docker.run(args, { reads: true });
      return text.includes('-----BEGIN ') ? text : { problem: 'it is not a file in PEM format' };
    } catch (error) {
      return { problem: firstLine((error as Error).message) };
    }
  }
}
