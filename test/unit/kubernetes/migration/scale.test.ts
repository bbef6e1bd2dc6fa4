import { ApiException, type V1Deployment } from '@kubernetes/client-node';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Cluster } from '../../../../src/kubernetes/client/cluster.js';
import { scale } from '../../../../src/kubernetes/migration/scale.js';

interface Patch {
  readonly body: V1Deployment;
  readonly fieldManager?: string;
}

/** One Deployment as the API server stores it. */
let live: V1Deployment;
/** Called before each patch is processed. */
let meanwhile: () => void;
let patches: Patch[];
beforeEach(() => {
  live = {
    metadata: { name: 'proxy', generation: 1, resourceVersion: '1', managedFields: [{ manager: 'helm' }] },
    spec: { replicas: 2 } as V1Deployment['spec'] & object,
  };
  meanwhile = () => undefined;
  patches = [];
});

function change(over: V1Deployment, generations = 0): void {
  const { generation = 0, resourceVersion = '0' } = live.metadata ?? {};
  const metadata = {
    ...live.metadata,
    ...over.metadata,
    generation: generation + generations,
    resourceVersion: String(Number(resourceVersion) + 1),
  };
  live = { metadata, spec: { ...live.spec, ...over.spec } as V1Deployment['spec'] & object };
}

const apps = {
  readNamespacedDeployment: () => Promise.resolve(live),
  patchNamespacedDeployment: ({ body, fieldManager }: Patch) => {
    meanwhile();
    patches.push({ body, ...(fieldManager ? { fieldManager } : {}) });
    const desired = body.metadata?.resourceVersion;
    if (desired !== undefined && desired !== live.metadata?.resourceVersion)
      return Promise.reject(new ApiException(409, 'Conflict', '', {}));
    const managedFields = body.metadata?.managedFields ?? [
      ...(live.metadata?.managedFields ?? []),
      ...(fieldManager ? [{ manager: fieldManager }] : []),
    ];
    change({ ...body, metadata: { managedFields } }, body.spec ? 1 : 0);
    return Promise.resolve(live);
  },
};
const to = (replicas: number): Promise<void> =>
  scale('proxy', replicas, { cluster: { apps, server: '' } as unknown as Cluster, namespace: 'milvus' });

describe('the replicas of a Deployment', () => {
  it('are set without an entry in the managed fields', async () => {
    await to(0);
    expect(live.spec?.replicas).toBe(0);
    expect(live.metadata?.managedFields).toEqual([{ manager: 'helm' }]);
  });

  it('are set although the status changes continuously', async () => {
    meanwhile = () => void (patches.length < 3 && change({}));
    await to(0);
    expect(live.spec?.replicas).toBe(0);
  });

  it('stay unchanged if another run has changed the Deployment since, so that a late request reverts nothing', async () => {
    meanwhile = () =>
      void (patches.length === 0 && change({ spec: { replicas: 5 } as V1Deployment['spec'] & object }, 1));
    await to(0);
    expect(live.spec?.replicas).toBe(5);
    expect(patches.every(({ body }) => body.metadata?.resourceVersion !== undefined)).toBe(true);
  });

  it('need no write if they are correct', async () => {
    await to(2);
    expect(patches).toEqual([]);
  });
});
