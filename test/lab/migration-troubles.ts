// Faults that are applied to a stage of test/lab/migration-stage.ts before or during a migration.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { pause } from './cause-stage.js';
import { raiseAlarmAt } from './etcd-alarm.js';
import type { MigrationStage } from './migration-stage.js';

/**
 * A storage class whose only volume is full. The volume is created statically, so it is bound only to a pod that
 * requests it.
 */
export const FULL = 'full';
const directoryOf = ({ namespace }: MigrationStage): string => `/tmp/full-${namespace}`;
const volumeOf = ({ namespace }: MigrationStage): string => `full-${namespace}`;

/** A tmpfs of 64 KiB with a file of 64 KiB in it. */
export async function fullVolume(stage: MigrationStage): Promise<void> {
  const path = directoryOf(stage);
  mkdirSync(path);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', path]);
  chmodSync(path, 0o777);
  execFileSync('sh', ['-c', `dd if=/dev/zero of=${path}/filler bs=1k count=1000 2>/dev/null || true`]);
  const late = { provisioner: 'kubernetes.io/no-provisioner', volumeBindingMode: 'WaitForFirstConsumer' };
  await stage.create({ apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name: FULL }, ...late });
  const spec = {
    storageClassName: FULL,
    capacity: { storage: '10Gi' },
    accessModes: ['ReadWriteOnce'],
    hostPath: { path },
    persistentVolumeReclaimPolicy: 'Retain',
  };
  await stage.create({ apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: volumeOf(stage) }, spec });
}

export async function noVolume(stage: MigrationStage): Promise<void> {
  await stage.kubectl('wait', '--for=delete', 'pods', '--all', '--timeout=60s');
  await stage.kubectl('delete', `storageclass/${FULL}`, `persistentvolume/${volumeOf(stage)}`, '--wait=false');
  // Lazily, because the kubelet may still use it.
  execFileSync('umount', ['--lazy', directoryOf(stage)]);
  rmSync(directoryOf(stage), { recursive: true });
}

/** Raises the alarm that etcd raises when its space quota is exceeded. */
export async function raiseAlarm(stage: MigrationStage): Promise<void> {
  const address = await stage.kubectl('get', 'service', 'meta-etcd', '-o', 'jsonpath={.spec.clusterIP}');
  await raiseAlarmAt(address);
}

/** Suspends the process of etcd, like a hanging machine, and resumes it later. */
export async function freezeEtcd(stage: MigrationStage, seconds: number): Promise<void> {
  const id = await stage.kubectl(
    'get',
    'pods',
    '-l',
    'app=meta-etcd',
    '-o',
    'jsonpath={.items[0].status.containerStatuses[0].containerID}',
  );
  const tasks = execFileSync('ctr', ['-n', 'k8s.io', 'tasks', 'ls'], { encoding: 'utf8' }).split('\n');
  const pid = Number(tasks.find((task) => task.startsWith(id.replace('containerd://', '')))?.split(/\s+/)[1]);
  process.kill(pid, 'SIGSTOP');
  await pause(seconds);
  process.kill(pid, 'SIGCONT');
}

/** A succeeded migration Job of an earlier time, without any other record of that migration. */
export async function leaveJob(stage: MigrationStage): Promise<void> {
  const annotations = { 'milvus-upgrade/kind': 'migrate', 'milvus-upgrade/attempt': '1', 'milvus-upgrade/number': '1' };
  const metadata = {
    name: 'milvus-upgrade-my-migrate-1',
    labels: { 'milvus-upgrade/migration-of': 'my', 'app.kubernetes.io/managed-by': 'milvus-upgrade' },
    annotations,
  };
  const container = { name: 'meta-migration', image: 'quay.io/coreos/etcd:v3.5.16', command: ['etcdctl', 'version'] };
  await stage.create({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata,
    spec: { template: { spec: { restartPolicy: 'Never', containers: [container] } } },
  });
  await stage.kubectl('wait', '--for=condition=Complete', `job/${metadata.name}`, '--timeout=60s');
}

/** From now on no Job can be created in the namespace. */
export async function noJobs(stage: MigrationStage): Promise<void> {
  await stage.create({
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'no-jobs' },
    spec: { hard: { 'count/jobs.batch': '0' } },
  });
  await stage.kubectl('wait', '--for=jsonpath={.status.hard}', 'resourcequota/no-jobs', '--timeout=60s');
}

const webhookOf = ({ namespace }: MigrationStage): string => `no-answer-${namespace}`;

/**
 * From now on the API server answers 500 to every Job of the namespace, because it calls a webhook that does not
 * answer.
 */
export async function noAnswer(stage: MigrationStage): Promise<void> {
  const webhook = {
    name: 'no-answer.example.com',
    clientConfig: { url: 'https://127.0.0.1:9/no-answer' },
    rules: [{ apiGroups: ['batch'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['jobs'] }],
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': stage.namespace } },
    ...{ admissionReviewVersions: ['v1'], sideEffects: 'None', failurePolicy: 'Fail', timeoutSeconds: 1 },
  };
  const metadata = { name: webhookOf(stage) };
  await stage.create({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata,
    webhooks: [webhook],
  });
}

export async function answerAgain(stage: MigrationStage): Promise<void> {
  await stage.kubectl('delete', `validatingwebhookconfiguration/${webhookOf(stage)}`, '--ignore-not-found');
}
