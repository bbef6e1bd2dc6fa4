import { describe, expect, it } from '@jest/globals';
import { applyMigrationStep } from '../../../../src/kubernetes/migration/apply.js';
import type { MigrationTools } from '../../../../src/kubernetes/migration/migration-tools.js';
import { observationOf } from '../../../support/events.js';

const JOURNAL = {
  from: '2.1.4',
  to: '2.2.16',
  image: 'milvusdb/milvus:v2.1.4',
  revision: 1,
  rootPath: 'by-dev',
  replicas: {},
  closed: false,
  run: 'r',
  since: '2026-01-01T00:00:00.000Z',
};

/** The requests of the step, in order. */
async function finalize(cleanUp: boolean): Promise<readonly string[]> {
  const requests: string[] = [];
  const request =
    (what: string) =>
    ({ name = '' }: { readonly name?: string }): Promise<object> => {
      requests.push(`${what} ${name}`.trim());
      return Promise.resolve({ items: [] });
    };
  const core = {
    deleteNamespacedPod: request('delete pod'),
    listNamespacedSecret: () => Promise.resolve({ items: [] }),
    patchNamespacedConfigMap: ({ body }: { readonly body: { readonly data: Record<string, string> } }) => {
      requests.push(`journal: ${JSON.stringify(body.data).includes('\\"closed\\":true') ? 'closed' : 'open'}`);
      return Promise.resolve({});
    },
    deleteNamespacedPersistentVolumeClaim: request('delete volume'),
    deleteNamespacedConfigMap: request('delete configmap'),
  };
  const config = { makeApiClient: () => ({ deleteNamespacedJob: request('delete job') }) };
  const tools = {
    cluster: { core, config, server: 'https://10.0.0.1:6443' },
    namespace: 'milvus',
    config: { release: 'my', migration: { cleanUp } },
    migration: {
      jobs: [{ metadata: { name: 'backup' } }, { metadata: { name: 'migrate' } }],
      journal: {},
      keeper: null,
    },
    observation: { ...observationOf([]), migration: { journal: JOURNAL } },
  } as unknown as MigrationTools;
  await applyMigrationStep({ kind: 'finalize', id: 'finalize/my', timeoutSeconds: 60 }, tools);
  return requests;
}

describe('the end of a migration', () => {
  it('closes the journal and keeps the backup with its records', async () => {
    expect((await finalize(false)).slice(1)).toEqual(['journal: closed']);
  });

  it('closes the journal before it removes anything, and removes the journal last', async () => {
    const requests = await finalize(true);
    expect(requests.slice(1)).toEqual([
      'journal: closed',
      'delete job backup',
      'delete job migrate',
      expect.stringMatching(/^delete volume /),
      expect.stringMatching(/^delete configmap /),
    ]);
  });
});
