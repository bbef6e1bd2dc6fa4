// The Secrets and Jobs of a namespace in memory, with the client of the real ones: names are unique, data is encoded, a
// deletion has the UID as a precondition.
import { ApiException, type V1Job, type V1Secret } from '@kubernetes/client-node';
import type { Cluster } from '../../src/kubernetes/client/cluster.js';

interface Named {
  readonly namespace: string;
  readonly name: string;
}

export class FakeNamespace {
  readonly secrets = new Map<string, V1Secret>();
  readonly jobs = new Map<string, V1Job>();
  #made = 0;

  cluster(): Cluster {
    const core = {
      createNamespacedSecret: ({ body }: { readonly body: V1Secret }) => this.#create(this.secrets, encoded(body)),
      readNamespacedSecret: ({ name }: Named) => Promise.resolve(this.secrets.get(name)),
      deleteNamespacedSecret: ({
        name,
        body,
      }: Named & { readonly body: { readonly preconditions?: { readonly uid?: string } } }) =>
        this.#remove(name, body.preconditions?.uid),
      listNamespacedSecret: ({ labelSelector }: { readonly labelSelector: string }) => {
        const [label = '', value] = labelSelector.split('=');
        return Promise.resolve({
          items: [...this.secrets.values()].filter((secret) => secret.metadata?.labels?.[label] === value),
        });
      },
    };
    const batch = {
      createNamespacedJob: ({ body }: { readonly body: V1Job }) => this.#create(this.jobs, body),
      listNamespacedJob: ({ fieldSelector }: { readonly fieldSelector: string }) =>
        Promise.resolve({
          items: [...this.jobs.values()].filter((job) => `metadata.name=${job.metadata?.name}` === fieldSelector),
        }),
    };
    return { core, config: { makeApiClient: () => batch }, server: 'https://fake' } as unknown as Cluster;
  }

  /** The content of a Secret, as a pod reads it. */
  read(name: string, file: string): string {
    return Buffer.from(this.secrets.get(name)?.data?.[file] ?? '', 'base64').toString('utf8');
  }

  #create<T extends V1Secret | V1Job>(all: Map<string, T>, body: T): Promise<T> {
    const name = body.metadata?.name ?? '';
    if (all.has(name)) return Promise.reject(new ApiException(409, 'AlreadyExists', '{}', {}));
    this.#made += 1;
    const made = {
      ...body,
      metadata: { ...body.metadata, uid: `uid-${this.#made}`, resourceVersion: String(this.#made) },
    };
    all.set(name, made);
    return Promise.resolve(made);
  }

  #remove(name: string, uid: string | undefined): Promise<void> {
    const known = this.secrets.get(name);
    if (!known) return Promise.reject(new ApiException(404, 'NotFound', '{}', {}));
    if (uid !== undefined && uid !== known.metadata?.uid)
      return Promise.reject(new ApiException(409, 'Conflict', '{}', {}));
    this.secrets.delete(name);
    return Promise.resolve();
  }
}

function encoded({ stringData = {}, ...rest }: V1Secret): V1Secret {
  return {
    ...rest,
    data: Object.fromEntries(
      Object.entries(stringData).map(([key, text]) => [key, Buffer.from(text).toString('base64')]),
    ),
  };
}
