// Existing objects in the namespace that a migration did not create: they are never adopted silently.
import { describe, expect, it } from '@jest/globals';
import type { V1Job, V1Secret } from '@kubernetes/client-node';
import type { EventDraft } from '../../../../src/core/model/event.js';
import { removeSecrets } from '../../../../src/kubernetes/migration/leftovers.js';
import {
  assertSamePlan,
  ensureJob,
  ensureSecret,
  planDigest,
  type OwnTools,
} from '../../../../src/kubernetes/migration/own-objects.js';
import { toolConfig, type ToolLogin } from '../../../../src/kubernetes/migration/tool-config.js';
import { toolJob, type JobSpec } from '../../../../src/kubernetes/migration/tool-job.js';
import { FakeNamespace } from '../../../support/fake-namespace.js';

const LOGIN: ToolLogin = { endpoints: ['etcd:2379'], user: { name: 'root', password: 'p' }, tls: null };
const CONFIG = 'milvus-upgrade-my-migration-config-1';
const secret = (rootPath: string, run = 'run-1'): V1Secret =>
  toolConfig({ release: 'my', journal: { from: '2.1.4', to: '2.2.2', rootPath }, login: LOGIN, attempt: 1, run });
const planOf = (rootPath: string, endpoints = LOGIN.endpoints): string =>
  planDigest({ from: '2.1.4', to: '2.2.2', rootPath, endpoints });
const job = (over: Partial<JobSpec> = {}): V1Job => {
  const spec = {
    release: 'my',
    run: 'run-1',
    plan: planOf('by-dev'),
    kind: 'backup',
    attempt: 1,
    number: 1,
    image: 'tool:1',
    deadlineSeconds: 60,
  } as const;
  return toolJob({ ...spec, generations: {}, login: LOGIN, node: '', sha256: '', ...over }, {});
};

function tools(namespace: FakeNamespace): OwnTools & { readonly notes: string[] } {
  const notes: string[] = [];
  const emit = (draft: EventDraft): void => void (draft.type === 'noted' && notes.push(draft.message));
  return { cluster: namespace.cluster(), namespace: 'default', emit, notes };
}

describe('the Secret of the migration tool', () => {
  it('that was left over from an earlier plan with another root path is replaced, so that the tool uses the new one', async () => {
    const namespace = new FakeNamespace();
    await ensureSecret(secret('old-path'), [], tools(namespace));
    const second = tools(namespace);
    await ensureSecret(secret('by-dev', 'run-2'), [], second);
    expect(namespace.read(CONFIG, 'migrate.yaml')).toContain('rootPath: by-dev');
    expect(second.notes).toEqual([
      `The Secret ${CONFIG} was left over from an earlier plan (of the run run-1): replaced`,
    ]);
  });

  it('of the same plan is reused by a resumed run', async () => {
    const namespace = new FakeNamespace();
    await ensureSecret(secret('by-dev'), [], tools(namespace));
    const second = tools(namespace);
    await ensureSecret(secret('by-dev', 'run-2'), [], second);
    expect(second.notes).toEqual([]);
  });

  it('of another plan is not replaced while a Job still uses it', async () => {
    const namespace = new FakeNamespace();
    await ensureSecret(secret('old-path'), [], tools(namespace));
    await expect(ensureSecret(secret('by-dev'), [job()], tools(namespace))).rejects.toMatchObject({
      code: 'upgrade-refused',
      remedy: expect.stringContaining('Wait until the Job milvus-upgrade-my-backup-1 has ended'),
    });
    expect(namespace.read(CONFIG, 'migrate.yaml')).toContain('rootPath: old-path');
  });

  it('that another client created is refused with its name and how to remove it', async () => {
    const namespace = new FakeNamespace();
    namespace.secrets.set(CONFIG, { metadata: { name: CONFIG }, data: {} });
    await expect(ensureSecret(secret('by-dev'), [], tools(namespace))).rejects.toMatchObject({
      what: `The secret ${CONFIG} blocks the migration`,
      remedy: expect.stringContaining(`kubectl --namespace default delete secret ${CONFIG}`),
    });
  });

  it('is removed at the end even if its Job was never created', async () => {
    const namespace = new FakeNamespace();
    await ensureSecret(secret('by-dev'), [], tools(namespace));
    namespace.secrets.set('other', { metadata: { name: 'other' } });
    await removeSecrets({ ...tools(namespace), config: { release: 'my' } });
    expect([...namespace.secrets.keys()]).toEqual(['other']);
  });
});

describe('a Job of the migration tool', () => {
  it('is reused when the response to the request of this run was lost', async () => {
    const namespace = new FakeNamespace();
    await ensureJob(job(), tools(namespace));
    await expect(ensureJob(job(), tools(namespace))).resolves.toBeUndefined();
  });

  it.each<[string, V1Job, string]>([
    ['of another run', job({ run: 'run-0' }), 'Do not remove it'],
    ['of another root path', job({ plan: planOf('other') }), 'Do not remove it'],
    [
      'of another client',
      { metadata: { name: 'milvus-upgrade-my-backup-1' } },
      'delete job milvus-upgrade-my-backup-1',
    ],
  ])('%s is refused with its name', async (_, left, remedy) => {
    const namespace = new FakeNamespace();
    namespace.jobs.set(left.metadata?.name ?? '', left);
    await expect(ensureJob(job(), tools(namespace))).rejects.toMatchObject({
      code: 'upgrade-refused',
      remedy: expect.stringContaining(remedy),
    });
  });
});

describe('the Jobs of one attempt', () => {
  it.each<[string, Partial<JobSpec>, Partial<JobSpec>, string | null]>([
    ['use the same etcd', { kind: 'migrate' }, {}, null],
    ['never use two root paths', { kind: 'migrate', plan: planOf('other') }, {}, 'another root path'],
    [
      'never use two etcd clusters',
      { kind: 'migrate', plan: planOf('by-dev', ['other:2379']) },
      {},
      'other etcd endpoints',
    ],
    [
      'do not migrate with another image than the one that created the backup',
      { kind: 'migrate', image: 'tool:2' },
      {},
      'it ran tool:1, not tool:2',
    ],
    ['restore with another image, which may be the fix', { kind: 'restore', image: 'tool:2' }, {}, null],
    ['restore the backup of an earlier version of the action', { kind: 'restore' }, { plan: '' }, null],
    ['do not migrate after a backup without a recorded plan', { kind: 'migrate' }, { plan: '' }, 'another root path'],
  ])('%s', (_, next, earlier, why) => {
    const check = (): void => assertSamePlan(job(next), [job(earlier)]);
    if (why === null) expect(check).not.toThrow();
    else expect(check).toThrow(why);
  });
});
