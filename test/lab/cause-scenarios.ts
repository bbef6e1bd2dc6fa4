// Every cause that stops an upgrade, made real on the node: what is done to the cluster, and from which time on waiting
// cannot help, according to the observations of the test.
import { gunzipSync, gzipSync } from 'node:zlib';
import type { V1Secret } from '@kubernetes/client-node';
import type { Facts } from './cause-facts.js';
import { changedChart, pause, PLAYER, type Stage } from './cause-stage.js';
import type { RunningAction } from './lab.js';
import type { Registry } from './registry.js';
import type { InputName } from '../../src/core/config/raw-inputs.js';
import type { CauseCode } from '../../src/core/model/cause-code.js';

/** The means of a scenario while the action runs. */
export interface Hands {
  readonly registry: Registry;
  /** Cancels the action, as the runner does. */
  readonly cancel: (signal: 'SIGINT' | 'SIGTERM') => void;
}

export interface Scenario {
  readonly code: CauseCode;
  /** The change to the cluster; also the name of the test. */
  readonly done: string;
  /** Chart values at the installation. */
  readonly installed?: readonly string[];
  readonly inputs?: (stage: Stage, registry: Registry) => Partial<Record<InputName, string>>;
  readonly before?: (stage: Stage) => Promise<unknown>;
  readonly during?: (stage: Stage, running: RunningAction, hands: Hands) => Promise<unknown>;
  /** When the rule for this cause was met, in milliseconds; null for a cause that never becomes certain. */
  readonly certainAt?: (facts: Facts) => number | null;
  /** `certain`: the run ends as soon as the rule is met. `told`: the cause is reported, and the run continues. */
  readonly known: 'certain' | 'told';
  readonly outcome: 'failed' | 'succeeded' | 'cancelled';
  /** The check that detects it in advance: nothing is changed, and the run is refused with this code. */
  readonly refusedAs?: string;
  /**
   * The value of `skip-checks` with which the cause occurs during the run; empty if that is impossible or not needed.
   */
  readonly skips?: string;
  /** The role whose old pods keep serving as long as the new ones do not. */
  readonly serves?: string;
}

/** This many seconds after a mark was first observed. */
const after =
  (mark: string, seconds: number) =>
  (facts: Facts): number | null => {
    const at = facts.first.get(mark);
    return at === undefined ? null : at + seconds * 1000;
  };

const latest = (...times: readonly (number | null)[]): number | null =>
  times.includes(null) ? null : Math.max(...times.filter((time) => time !== null));

const earliest = (...times: readonly (number | null)[]): number | null => {
  const known = times.filter((time) => time !== null);
  return known.length > 0 ? Math.min(...known) : null;
};

/**
 * Values that make the new query node misbehave, with the options of lab/images/player.c, and with limits if there are
 * some.
 */
const queryNode = (words: string, limits: object | null = null, others: object = {}): string =>
  JSON.stringify({
    queryNode: { extraEnv: [{ name: 'PLAY', value: words }], ...(limits ? { resources: { limits } } : {}) },
    ...others,
  });
/** For pods that the kubelet must not kill in the meantime. */
const ALIVE = { livenessProbe: { enabled: false } };
const json = JSON.stringify;

const images: readonly Scenario[] = [
  {
    code: 'IMAGE_NOT_FOUND',
    done: 'the tag does not exist in the registry',
    inputs: (_, registry) => ({ image: `${registry.address}/lab/milvus:v2.2.16-hotfix-missing` }),
    certainAt: (facts) => earliest(after('ErrImagePull', 20)(facts), after('ImagePullBackOff', 20)(facts)),
    known: 'certain',
    outcome: 'failed',
    refusedAs: 'image-probe',
    skips: 'image-probe',
    serves: 'querynode',
  },
  {
    code: 'IMAGE_NOT_FOUND',
    done: 'the image of an init container in the newer chart does not exist',
    inputs: (_, registry) => ({
      chart: changedChart('deployments.yaml', (text) =>
        text.replace(
          /^ {6}containers:/m,
          `      initContainers: [{name: wait, image: "${registry.address}/lab/wait:v1"}]\n$&`,
        ),
      ),
    }),
    known: 'certain',
    outcome: 'failed',
    refusedAs: 'image-probe',
    serves: 'querynode',
  },
  {
    code: 'IMAGE_PULL_TRANSIENT',
    done: 'the registry returns 503 for 25 s, then serves the image',
    inputs: (_, registry) => ({ image: `${registry.address}/lab/milvus:v2.2.16` }),
    during: async (_, running, { registry }) => {
      registry.break();
      await running.says(/▶ wait-ready/);
      await pause(25);
      registry.repair();
    },
    known: 'told',
    outcome: 'succeeded',
    skips: 'image-probe',
  },
];

const containers: readonly Scenario[] = [
  {
    code: 'CRASH_LOOP',
    done: 'the new query node exits with code 3 four seconds after its start',
    inputs: () => ({ values: queryNode('never-ready crash-after=4 exit-code=3', null, ALIVE) }),
    certainAt: (facts) =>
      earliest(
        latest(after('restarts 4', 0)(facts), after('down 60', 0)(facts)),
        latest(after('ended 3', 0)(facts), after('down 120', 0)(facts)),
      ),
    known: 'certain',
    outcome: 'failed',
    serves: 'querynode',
  },
  {
    code: 'OOM_KILLED',
    done: 'the new query node exceeds its memory limit of 30 MiB',
    inputs: () => ({ values: queryNode('never-ready eat-after=6', { memory: '30Mi' }, ALIVE) }),
    certainAt: after('OOMKilled 2', 0),
    known: 'certain',
    outcome: 'failed',
    serves: 'querynode',
  },
  {
    code: 'CONFIG_MISSING',
    done: 'the new query node needs a key that its Secret does not have',
    inputs: () => ({
      values: json({
        queryNode: { extraEnv: [{ name: 'KEY', valueFrom: { secretKeyRef: { name: 'bucket', key: 'secret' } } }] },
      }),
    }),
    certainAt: after('CreateContainerConfigError', 20),
    known: 'certain',
    outcome: 'failed',
    serves: 'querynode',
  },
  {
    code: 'PROBE_FAILING',
    done: 'the new query node never responds on /healthz, and its liveness probe kills it',
    inputs: () => ({ values: queryNode('never-ready') }),
    certainAt: after('ended 2', 0),
    known: 'certain',
    outcome: 'failed',
    serves: 'querynode',
  },
  {
    code: 'PROBE_FAILING',
    done: 'the new query node stays unready without a restart; step-timeout is 90 s',
    inputs: () => ({ 'step-timeout': '90s', values: queryNode('never-ready', null, ALIVE) }),
    known: 'told',
    outcome: 'failed',
    serves: 'querynode',
  },
  {
    code: 'PROBE_FAILING',
    done: 'the new query node becomes ready after 75 s',
    inputs: () => ({ values: queryNode('ready-after=75', null, ALIVE) }),
    known: 'told',
    outcome: 'succeeded',
  },
  {
    code: 'PROGRESS_DEADLINE',
    done: 'the new query node is not ready within the progressDeadlineSeconds of its Deployment, 20 s',
    before: (stage) => stage.patch('querynode', { progressDeadlineSeconds: 20 }),
    inputs: () => ({ values: queryNode('never-ready', null, ALIVE) }),
    certainAt: after('ProgressDeadlineExceeded', 0),
    known: 'certain',
    outcome: 'failed',
    serves: 'querynode',
  },
];

/** A pod template whose container runs this long after SIGTERM, within its grace period. */
const lingering = (seconds: number): object => ({
  spec: {
    terminationGracePeriodSeconds: seconds + 20,
    containers: [{ name: 'querynode', env: [{ name: 'PLAY', value: `linger=${seconds}` }] }],
  },
});

const placing: readonly Scenario[] = [
  {
    code: 'UNSCHEDULABLE',
    done: 'the new query node requests 1000 CPUs',
    inputs: () => ({ values: json({ queryNode: { resources: { requests: { cpu: '1000' } } } }) }),
    certainAt: (facts) => latest(after('PodScheduled Unschedulable', 60)(facts), after('room may come', 60)(facts)),
    known: 'certain',
    outcome: 'failed',
    refusedAs: 'node-room',
    skips: 'node-room',
    serves: 'querynode',
  },
  {
    code: 'UNSCHEDULABLE',
    done: 'the new query node cannot be scheduled until the old pod terminates, 70 s later',
    installed: ['queryNode.resources.limits.lab\\.milvus/gpu=1'],
    before: (stage) =>
      stage.patch('querynode', {
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
        template: lingering(70),
      }),
    known: 'told',
    outcome: 'succeeded',
  },
  {
    code: 'QUOTA',
    done: 'a ResourceQuota allows fewer pods than run already',
    before: (stage) =>
      stage.create({
        apiVersion: 'v1',
        kind: 'ResourceQuota',
        metadata: { name: 'pods' },
        spec: { hard: { pods: '2' } },
      }),
    certainAt: after('ReplicaFailure', 20),
    known: 'certain',
    outcome: 'failed',
    refusedAs: 'quota',
    skips: 'quota',
    serves: 'querynode',
  },
  {
    code: 'PVC_UNBOUND',
    done: 'the new pods need a volume of a storage class that does not exist',
    inputs: () => ({
      values: json({ log: { persistence: { enabled: true, persistentVolumeClaim: { storageClass: 'fast' } } } }),
    }),
    certainAt: after('claim Pending', 60),
    known: 'certain',
    outcome: 'failed',
    serves: 'querynode',
  },
  {
    code: 'NODE_PRESSURE',
    done: 'the new query node exceeds its ephemeral storage limit of 20 MiB, and the kubelet evicts it each time',
    inputs: () => ({ values: queryNode('never-ready fill-after=1', { 'ephemeral-storage': '20Mi' }, ALIVE) }),
    certainAt: after('evicted 2', 30),
    known: 'certain',
    outcome: 'failed',
    serves: 'querynode',
  },
  {
    code: 'NO_ACTIVITY',
    done: 'the new pods wait for a scheduler that does not run',
    inputs: () => ({
      chart: changedChart('deployments.yaml', (text) =>
        text.replace(/^ {6}serviceAccountName:/m, '      schedulerName: missing\n$&'),
      ),
    }),
    certainAt: after('unseen', 120),
    skips: 'image-probe',
    known: 'certain',
    outcome: 'failed',
    serves: 'querynode',
  },
];

const oldPods: readonly Scenario[] = [
  {
    code: 'OLD_PODS_DRAINING',
    done: 'the old query node runs for 75 s after its termination was requested',
    before: (stage) => stage.patch('querynode', { template: lingering(75) }),
    known: 'told',
    outcome: 'succeeded',
  },
  {
    code: 'OLD_PODS_DRAINING',
    done: 'a finalizer keeps the old query node beyond its grace period',
    before: (stage) => stage.hold('querynode'),
    certainAt: after('overdue', 60),
    known: 'certain',
    outcome: 'failed',
  },
];

const helm: readonly Scenario[] = [
  {
    code: 'RBAC_DENIED',
    done: 'the user of the kubeconfig can read everything but cannot change Deployments',
    inputs: (stage) => ({ kubeconfig: stage.kubeconfig }),
    before: (stage) => makeUser(stage, READER),
    known: 'certain',
    outcome: 'failed',
    refusedAs: 'access',
    serves: 'querynode',
  },
  {
    code: 'RBAC_DENIED',
    done: 'the permissions are revoked while Helm waits for a hook',
    inputs: (stage) => ({
      kubeconfig: stage.kubeconfig,
      chart: changedChart('hook.yaml', () => hook('crash-after=0 exit-code=0', GATE)),
    }),
    before: (stage) => makeUser(stage, ALMIGHTY),
    during: async (stage) => {
      // Helm is faster than the change of a Role: the hook delays it until the change is applied.
      await stage.soon(() => stage.kubectl('get', 'job', 'my-hook'));
      await makeUser(stage, READER);
      await stage.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: GATE }, data: { open: 'yes' } });
    },
    certainAt: after('release failed', 0),
    known: 'certain',
    outcome: 'failed',
    serves: 'querynode',
  },
  {
    code: 'RELEASE_LOCKED',
    done: 'the helm upgrade of another user is pending',
    before: async (stage) => stage.create(await pendingOf(stage)),
    known: 'certain',
    outcome: 'failed',
    refusedAs: 'release-pending',
    serves: 'querynode',
  },
  {
    code: 'IMMUTABLE_FIELD',
    done: 'nameOverride changes the selector of every Deployment',
    inputs: () => ({ set: 'nameOverride=vectors\nfullnameOverride=my-milvus' }),
    known: 'certain',
    outcome: 'failed',
    refusedAs: 'immutable-field',
    serves: 'querynode',
  },
  {
    code: 'HOOK_FAILED',
    done: 'a pre-upgrade hook of the chart fails with exit code 1',
    inputs: () => ({ chart: changedChart('hook.yaml', () => hook('crash-after=1')) }),
    certainAt: after('release failed', 0),
    known: 'certain',
    outcome: 'failed',
    serves: 'querynode',
  },
  {
    code: 'CANCELLED',
    done: 'the runner cancels while Helm waits for a hook',
    inputs: () => ({ chart: changedChart('hook.yaml', () => hook('never-ready')) }),
    during: async (stage, _, { cancel }) => {
      await stage.soon(() => stage.kubectl('get', 'job', 'my-hook'));
      await pause(2);
      cancel('SIGINT');
    },
    certainAt: after('cancelled', 0),
    known: 'certain',
    outcome: 'cancelled',
    serves: 'querynode',
  },
  {
    code: 'CANCELLED',
    done: 'the runner cancels while the new query node is not ready yet',
    inputs: () => ({ values: queryNode('ready-after=60', null, ALIVE) }),
    during: async (_, running, { cancel }) => {
      await running.says(/▶ wait-ready/);
      await pause(2);
      cancel('SIGTERM');
    },
    certainAt: after('cancelled', 0),
    known: 'certain',
    outcome: 'cancelled',
    serves: 'querynode',
  },
];

export const SCENARIOS: readonly Scenario[] = [...images, ...containers, ...placing, ...oldPods, ...helm];

const GATE = 'gate';

/** The variable from which a stand-in reads its options. */
const STAND_IN_OPTIONS = 'PLAY';

/**
 * A hook of the chart with these options of the stand-in; with a gate, its pod starts once a ConfigMap of that name
 * exists.
 */
const hook = (words: string, gate?: string): string => `apiVersion: batch/v1
kind: Job
metadata:
  name: my-hook
  annotations: {helm.sh/hook: pre-upgrade, helm.sh/hook-delete-policy: before-hook-creation}
spec:
  backoffLimit: 0
  template:
    spec:
      restartPolicy: Never
      terminationGracePeriodSeconds: 1
      containers: [{name: hook, image: "${PLAYER}:v2.2.16", env: [{name: ${STAND_IN_OPTIONS}, value: ${words}}${gate ? opened(gate) : ''}]}]
`;

const opened = (gate: string): string => `, {name: GATE, valueFrom: {configMapKeyRef: {name: ${gate}, key: open}}}`;

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

const ALMIGHTY: readonly Rule[] = [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }];
/**
 * Allows reading everything, holding the lock and writing the record of Helm, but not changing objects of the chart.
 */
const READER: readonly Rule[] = [
  { apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list', 'watch'] },
  { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['*'] },
  { apiGroups: [''], resources: ['secrets'], verbs: ['*'] },
];

/** Creates a user with these permissions in the namespace and its kubeconfig; a second call changes the permissions. */
async function makeUser(stage: Stage, rules: readonly Rule[]): Promise<void> {
  const name = 'upgrader';
  const metadata = { name };
  await stage.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata });
  await stage.create({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata, rules });
  const subjects = [{ kind: 'ServiceAccount', name, namespace: stage.namespace }];
  await stage.create({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata,
    subjects,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
  });
  await stage.logIn(name);
}

/** The record of a pending second revision, as an unfinished Helm operation leaves it, copied from the first. */
async function pendingOf(stage: Stage): Promise<object> {
  const first = JSON.parse(await stage.kubectl('get', 'secret', 'sh.helm.release.v1.my.v1', '-o', 'json')) as V1Secret;
  const text = Buffer.from(first.data?.release ?? '', 'base64').toString('utf8');
  const record = JSON.parse(gunzipSync(Buffer.from(text, 'base64')).toString('utf8')) as { info: object };
  const pending = {
    ...record,
    version: 2,
    info: { ...record.info, status: 'pending-upgrade', last_deployed: new Date().toISOString() },
  };
  const release = Buffer.from(gzipSync(JSON.stringify(pending)).toString('base64')).toString('base64');
  const labels = { ...first.metadata?.labels, version: '2', status: 'pending-upgrade' };
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: first.type,
    metadata: { name: 'sh.helm.release.v1.my.v2', labels },
    data: { release },
  };
}
