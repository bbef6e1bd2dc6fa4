// What a migration creates in the namespace, and how it reads it back.
import { describe, expect, it } from '@jest/globals';
import type { V1Job, V1Pod, V1PodTemplateSpec } from '@kubernetes/client-node';
import { parse } from 'yaml';
import { keeperPod } from '../../../../src/kubernetes/migration/manifests.js';
import { ANNOTATIONS } from '../../../../src/kubernetes/migration/names.js';
import { toolConfig, type ToolLogin } from '../../../../src/kubernetes/migration/tool-config.js';
import { toolJob, type JobSpec } from '../../../../src/kubernetes/migration/tool-job.js';
import { readJobs, readKeeper } from '../../../../src/kubernetes/migration/read-migration.js';

const LOGIN: ToolLogin = { endpoints: ['etcd-0:2379', 'etcd-1:2379'], user: null, tls: null };
const WISH: JobSpec = {
  release: 'my',
  run: 'acme.milvus.42.1',
  plan: 'p',
  kind: 'backup',
  attempt: 1,
  number: 1,
  image: 'milvusdb/meta-migration:v2.2.0',
  deadlineSeconds: 60,
  generations: { 'my-milvus-proxy': 3 },
  login: LOGIN,
  node: 'n1',
  sha256: 'abc',
};
const LIKE: V1PodTemplateSpec = {
  spec: {
    containers: [{ name: 'proxy', securityContext: { runAsNonRoot: true }, imagePullPolicy: 'Always' }],
    tolerations: [{ key: 'milvus', operator: 'Exists' }],
    imagePullSecrets: [{ name: 'registry' }],
    securityContext: { fsGroup: 1000 },
  },
};
const podOf = (overrides: Partial<JobSpec>): NonNullable<NonNullable<V1Job['spec']>['template']['spec']> =>
  toolJob({ ...WISH, ...overrides }, LIKE).spec!.template.spec!;
const scriptOf = (overrides: Partial<JobSpec>): string => podOf(overrides).containers[0]?.command?.[2] ?? '';

describe('the Job of the migration tool', () => {
  it('has the scheduling and security settings of Milvus, and is never retried', () => {
    expect(toolJob(WISH, LIKE).spec).toMatchObject({ backoffLimit: 0, activeDeadlineSeconds: 60 });
    const pod = podOf({});
    expect(pod).toMatchObject({
      restartPolicy: 'Never',
      ...LIKE.spec,
      containers: [{ securityContext: { runAsNonRoot: true }, imagePullPolicy: 'Always' }],
    });
    expect(
      pod.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms[0]?.matchFields?.[0]
        ?.values,
    ).toEqual(['n1']);
  });

  it('migrates only if no other pod of the same run has started, and restores only a verified backup', () => {
    expect(scriptOf({ kind: 'migrate' })).toMatch(
      /^mkdir \/milvus\/data\/migrate-1-1\.begun \|\| .*exit 99; }; exec .*migrate\.yaml$/,
    );
    expect(scriptOf({ kind: 'restore', number: 2 })).toMatch(
      /^echo "\$1 {2}\/milvus\/data\/backup-1\.bak" \| sha256sum -c \|\| .*exit 98; }; exec .*restore\.yaml$/,
    );
    expect(scriptOf({ kind: 'backup' })).toMatch(/^exec \/milvus\/bin\/meta-migration -config=.*backup\.yaml$/);
  });

  it('receives the digest of the backup as an argument, never as a part of its script', () => {
    const sha256 = 'ab'.repeat(32);
    const command = podOf({ kind: 'restore', sha256 }).containers[0]?.command ?? [];
    expect(command.slice(3)).toEqual(['sh', sha256]);
    expect(command[2]).not.toContain(sha256);
  });

  it('mounts the certificates that Milvus uses to log in to etcd', () => {
    const tls = {
      files: { certificate: { kind: 'secret', name: 'etcd', key: 'tls.crt' } },
      minVersion: '1.2',
    } as const;
    expect(podOf({ login: { ...LOGIN, tls } }).volumes).toContainEqual(
      expect.objectContaining({
        projected: expect.objectContaining({
          sources: [{ secret: { name: 'etcd', items: [{ key: 'tls.crt', path: 'certificate' }] } }],
        }),
      }),
    );
    const config = toolConfig({
      release: 'my',
      journal: { from: '2.1.4', to: '2.2.2', rootPath: 'r' },
      login: { ...LOGIN, tls },
      attempt: 1,
      run: 'r',
    });
    expect(parse(config.stringData?.['migrate.yaml'] ?? '')).toMatchObject({
      etcd: { ssl: { enabled: true, tlsCert: '/milvus/etcd-tls/certificate', tlsMinVersion: '1.2' } },
    });
  });
});

it('writes the configuration of the tool as in its own example, with every endpoint and the login', () => {
  const login = { ...LOGIN, user: { name: 'root', password: 'pass' } };
  const { stringData = {}, metadata } = toolConfig({
    release: 'my',
    journal: { from: '2.1.4', to: '2.2.2', rootPath: 'by-dev' },
    login,
    attempt: 2,
    run: 'r',
  });
  expect(metadata?.name).toBe('milvus-upgrade-my-migration-config-2');
  expect(Object.values(stringData).map((text) => (parse(text) as { cmd: { type: string } }).cmd.type)).toEqual([
    'backup',
    'run',
    'rollback',
  ]);
  expect(parse(stringData['backup.yaml'] ?? '')).toEqual({
    cmd: { type: 'backup' },
    config: { sourceVersion: '2.1.4', targetVersion: '2.2.2', backupFilePath: '/milvus/data/backup-2.bak' },
    metastore: { type: 'etcd' },
    etcd: {
      endpoints: LOGIN.endpoints,
      rootPath: 'by-dev',
      metaSubPath: 'meta',
      kvSubPath: 'kv',
      auth: { enabled: true, userName: 'root', password: 'pass' },
    },
  });
});

const BACKUP = { file: '/milvus/data/backup-1.bak', bytes: 3, sha256: 'ab'.repeat(32), entries: 1 };

function jobWith(
  type: string,
  over: { annotations?: Record<string, string>; reason?: string; message?: string } = {},
): V1Job {
  const made = toolJob(WISH, LIKE);
  const { reason = '', message = '' } = over;
  const conditions = type === '' ? [] : [{ type, status: 'True', reason, message }];
  return {
    ...made,
    metadata: { ...made.metadata, uid: 'u', annotations: { ...made.metadata?.annotations, ...over.annotations } },
    status: { conditions },
  };
}

function podWith(state: object, phase = 'Running'): V1Pod {
  return {
    metadata: { name: 'p', ownerReferences: [{ uid: 'u', apiVersion: 'batch/v1', kind: 'Job', name: 'j' }] },
    status: { phase, containerStatuses: [{ state }] },
  } as unknown as V1Pod;
}

describe('an existing Job', () => {
  const failed = podWith(
    { terminated: { exitCode: 1, message: 'one\ntwo\nthree\nthere are still sessions alive\n' } },
    'Failed',
  );
  it.each<[string, V1Job, V1Pod[], object]>([
    [
      'runs',
      jobWith(''),
      [podWith({ running: {} })],
      { state: 'running', reason: '', generations: { 'my-milvus-proxy': 3 } },
    ],
    [
      'waits for its image',
      jobWith(''),
      [podWith({ waiting: { reason: 'ImagePullBackOff', message: 'no such tag' } })],
      { reason: 'ImagePullBackOff: no such tag' },
    ],
    [
      'failed, with the last log lines of the tool',
      jobWith('Failed', { reason: 'BackoffLimitExceeded' }),
      [failed],
      { state: 'failed', reason: 'exit code 1: two / three / there are still sessions alive' },
    ],
    [
      'was ended at its deadline',
      jobWith('Failed', { reason: 'DeadlineExceeded', message: 'longer than specified deadline' }),
      [],
      { reason: 'longer than specified deadline' },
    ],
    [
      'created a backup that is not verified yet',
      jobWith('Complete'),
      [],
      { state: 'succeeded', backup: null, reason: '' },
    ],
    [
      'created a backup that passed',
      jobWith('Complete', { annotations: { [ANNOTATIONS.backup]: JSON.stringify(BACKUP) } }),
      [],
      { backup: BACKUP, reason: '' },
    ],
    [
      'created a backup that did not pass',
      jobWith('Complete', { annotations: { [ANNOTATIONS.backup]: '{"reason":"cut off"}' } }),
      [],
      { backup: null, reason: 'cut off' },
    ],
    [
      'has a shell command as digest, and its backup is verified again',
      jobWith('Complete', {
        annotations: { [ANNOTATIONS.backup]: JSON.stringify({ ...BACKUP, sha256: '"; rm -rf /milvus/data; echo "' }) },
      }),
      [],
      { backup: null, reason: '' },
    ],
    [
      'has an invalid record',
      jobWith('Complete', { annotations: { [ANNOTATIONS.backup]: '{' } }),
      [],
      { backup: null, reason: '' },
    ],
  ])('%s', (_, job, pods, expected) => {
    expect(readJobs([job], pods)).toEqual([
      expect.objectContaining({ kind: 'backup', attempt: 1, number: 1, ...expected }),
    ]);
  });

  it.each(['0', '-1', '1e9', '1; reboot', ''])('does not belong to a migration when its attempt is "%s"', (attempt) => {
    expect(readJobs([jobWith('', { annotations: { [ANNOTATIONS.attempt]: attempt } })], [])).toEqual([]);
  });

  it('does not belong to a migration without its annotations', () => {
    expect(readJobs([{ metadata: { name: 'other' } }], [])).toEqual([]);
  });
});

describe('the pod that keeps the volume mounted', () => {
  const keeper = (status: object, run = 'r'): V1Pod =>
    ({ ...keeperPod({ release: 'my', run, image: 'i', seconds: 60 }, LIKE), status }) as V1Pod;
  const claim = (phase: string): object => ({ metadata: { name: 'c' }, status: { phase } });
  it.each<[string, V1Pod | null, object]>([
    ['does not exist', null, { state: 'none' }],
    [
      'waits for its volume',
      keeper({ phase: 'Pending' }),
      { state: 'starting', reason: 'PersistentVolumeClaim c is Pending' },
    ],
    ['is ready', keeper({ phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] }), { state: 'ready' }],
    [
      'failed to find the tool',
      keeper({
        phase: 'Failed',
        initContainerStatuses: [{ state: { terminated: { exitCode: 1, message: 'no tool' } } }],
      }),
      { state: 'failed', reason: 'exit code 1: no tool' },
    ],
    ['has ended and belongs to another run', keeper({ phase: 'Failed' }, 'other'), { state: 'none' }],
  ])('%s', (_, pod, expected) => {
    expect(readKeeper(pod, claim('Pending'), 'r')).toMatchObject(expected);
  });
});
