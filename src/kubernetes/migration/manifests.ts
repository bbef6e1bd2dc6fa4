// What a migration adds to the namespace: its journal, the volume for its backup, a pod that keeps it at hand, the tool's configuration, and a Job for each run
// of the tool. Pure.
import type {
  V1ConfigMap,
  V1Job,
  V1PersistentVolumeClaim,
  V1Pod,
  V1PodSpec,
  V1PodTemplateSpec,
  V1Secret,
  V1Volume,
  V1VolumeMount,
} from '@kubernetes/client-node';
import { stringify } from 'yaml';
import { formatJournal, type Journal } from '../../core/migration/journal.js';
import type { JobKind } from '../../core/migration/seen.js';

/** Finds everything of a migration of one release. */
export const MIGRATION_LABEL = 'milvus-upgrade/migration-of';
export const ANNOTATIONS = {
  kind: 'milvus-upgrade/kind',
  attempt: 'milvus-upgrade/attempt',
  number: 'milvus-upgrade/number',
  generations: 'milvus-upgrade/generations',
  /** On a back-up: what reading its file through came to. */
  backup: 'milvus-upgrade/backup',
  run: 'milvus-upgrade/run',
};
export const JOURNAL_KEY = 'journal.json';
/** Where the tool's image has it, and where it is told to look (milvus-io/milvus deployments/migrate-meta/migrate.sh). */
const TOOL = '/milvus/bin/meta-migration';
const DATA = '/milvus/data';
const CONFIG = '/milvus/configs/meta';
/** What the tool calls what it is to do. */
const COMMANDS: Readonly<Record<JobKind, string>> = { 'back-up': 'backup', migrate: 'run', restore: 'rollback' };
/** Exit codes of ours; the tool's own are 0, 1, 2 and 100 (milvus-io/milvus cmd/tools/migration/console/code.go). */
const BEGUN_BEFORE = 99;
const BACKUP_CHANGED = 98;
const TLS = '/milvus/etcd-tls';

export interface Names {
  readonly journal: string;
  readonly config: string;
  readonly volume: string;
  readonly keeper: string;
}

export function namesOf(release: string): Names {
  const base = `milvus-upgrade-${release}`;
  return { journal: `${base}-migration`, config: `${base}-migration-config`, volume: `${base}-backup`, keeper: `${base}-keeper` };
}

function metadataOf(name: string, release: string): { name: string; labels: Record<string, string> } {
  return { name, labels: { [MIGRATION_LABEL]: release, 'app.kubernetes.io/managed-by': 'milvus-upgrade' } };
}

export function journalMap(release: string, journal: Journal): V1ConfigMap {
  return { metadata: metadataOf(namesOf(release).journal, release), data: { [JOURNAL_KEY]: formatJournal(journal) } };
}

/** `storageClass` is empty for the cluster's default. */
export function backupVolume(release: string, size: string, storageClass: string): V1PersistentVolumeClaim {
  return {
    metadata: metadataOf(namesOf(release).volume, release),
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: size } }, ...(storageClass === '' ? {} : { storageClassName: storageClass }) },
  };
}

/** A file that Milvus reads from a Secret or ConfigMap. */
export interface TlsFile {
  readonly kind: 'secret' | 'configmap';
  readonly name: string;
  readonly key: string;
}

/** How the tool reaches etcd. */
export interface ToolLogin {
  readonly endpoints: readonly string[];
  readonly user: { readonly name: string; readonly password: string } | null;
  readonly tls: { readonly files: Readonly<Record<string, TlsFile>>; readonly minVersion: string } | null;
}

export interface ToolWish {
  readonly release: string;
  readonly journal: Pick<Journal, 'from' | 'to' | 'rootPath'>;
  readonly login: ToolLogin;
  readonly attempt: number;
}

/** The names of the tool's settings for the files of TLS. */
const TLS_SETTINGS = { certificate: 'tlsCert', key: 'tlsKey', authority: 'tlsCACert' } as const;

/** The tool's configuration; a Secret, since it may hold the password of etcd. */
export function toolConfig({ release, journal, login, attempt }: ToolWish): V1Secret {
  const { from, to, rootPath } = journal;
  const { endpoints, user, tls } = login;
  const auth = user ? { auth: { enabled: true, userName: user.name, password: user.password } } : {};
  const paths = Object.entries(TLS_SETTINGS).flatMap(([file, setting]) => (tls?.files[file] ? [[setting, `${TLS}/${file}`]] : []));
  const ssl = tls ? { ssl: { enabled: true, ...(Object.fromEntries(paths) as Record<string, string>), tlsMinVersion: tls.minVersion || '1.3' } } : {};
  const fileOf = (kind: JobKind): string =>
    stringify({
      cmd: { type: COMMANDS[kind] },
      config: { sourceVersion: from, targetVersion: to, backupFilePath: backupFile(attempt) },
      metastore: { type: 'etcd' },
      etcd: { endpoints, rootPath, metaSubPath: 'meta', kvSubPath: 'kv', ...auth, ...ssl },
    });
  const stringData = Object.fromEntries((Object.keys(COMMANDS) as JobKind[]).map((kind) => [configFile(kind), fileOf(kind)]));
  return { metadata: metadataOf(configName(release, attempt), release), stringData };
}

export function configName(release: string, attempt: number): string {
  return `${namesOf(release).config}-${attempt}`;
}

const configFile = (kind: JobKind): string => `${kind}.yaml`;

/** Each attempt has a file of its own: a backup that was good is never written over. */
export function backupFile(attempt: number): string {
  return `${DATA}/backup-${attempt}.bak`;
}

export interface JobWish {
  readonly release: string;
  readonly kind: JobKind;
  readonly attempt: number;
  readonly number: number;
  readonly image: string;
  readonly deadlineSeconds: number;
  readonly generations: Readonly<Record<string, number>>;
  readonly login: ToolLogin;
  /** Where the volume is at hand already; empty where that is not known. */
  readonly node: string;
  /** Of the backup that is restored. */
  readonly sha256: string;
}

export function jobName({ release, kind, attempt, number }: Pick<JobWish, 'release' | 'kind' | 'attempt' | 'number'>): string {
  return `milvus-upgrade-${release}-${kind}-${attempt}${number > 1 ? `-${number}` : ''}`;
}

/** `like` is the template of a Milvus pod: the tool is placed and secured as Milvus is. */
export function toolJob(wish: JobWish, like: V1PodTemplateSpec): V1Job {
  const { release, kind, attempt, number, deadlineSeconds, generations } = wish;
  const metadata = metadataOf(jobName(wish), release);
  const told = { kind, attempt: String(attempt), number: String(number), generations: JSON.stringify(generations) };
  const annotations = Object.fromEntries(Object.entries(told).map(([key, value]) => [ANNOTATIONS[key as keyof typeof told], value]));
  return {
    metadata: { ...metadata, annotations },
    spec: {
      // The tool must not be run twice on the same metadata.
      backoffLimit: 0,
      parallelism: 1,
      completions: 1,
      activeDeadlineSeconds: Math.max(1, Math.round(deadlineSeconds)),
      template: { metadata: { labels: metadata.labels }, spec: toolPod(wish, like.spec) },
    },
  };
}

function toolPod(wish: JobWish, like: V1PodSpec | undefined): V1PodSpec {
  const { release, image, attempt, login, node } = wish;
  const tls = tlsVolume(login);
  const mounts = [{ name: 'config', mountPath: CONFIG, readOnly: true }, ...(tls ? [{ name: 'etcd-tls', mountPath: TLS, readOnly: true }] : [])];
  return {
    ...kept(like),
    ...(node === '' ? {} : { affinity: onNode(node) }),
    ...withVolume(release, [{ name: 'config', secret: { secretName: configName(release, attempt), defaultMode: 0o440 } }, ...(tls ? [tls] : [])]),
    containers: [container('meta-migration', image, commandOf(wish), like, mounts)],
  };
}

/** What decides whether a pod may run where Milvus runs. */
function kept(like: V1PodSpec | undefined): Partial<V1PodSpec> {
  const { tolerations, imagePullSecrets, serviceAccountName, securityContext, nodeSelector, runtimeClassName, schedulerName } = like ?? {};
  const wanted = { tolerations, imagePullSecrets, serviceAccountName, securityContext, nodeSelector, runtimeClassName, schedulerName };
  return Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));
}

function withVolume(release: string, others: readonly V1Volume[] = []): Pick<V1PodSpec, 'restartPolicy' | 'automountServiceAccountToken' | 'enableServiceLinks' | 'volumes'> {
  const backup = { name: 'backup', persistentVolumeClaim: { claimName: namesOf(release).volume } };
  return { restartPolicy: 'Never', automountServiceAccountToken: false, enableServiceLinks: false, volumes: [backup, ...others] };
}

function onNode(name: string): V1PodSpec['affinity'] {
  const terms = [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [name] }] }];
  return { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } } };
}

function container(name: string, image: string, script: string, like: V1PodSpec | undefined, mounts: readonly V1VolumeMount[] = []): V1PodSpec['containers'][0] {
  const { imagePullPolicy, securityContext } = like?.containers[0] ?? {};
  return {
    name,
    image,
    command: ['sh', '-c', script],
    resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '2Gi' } },
    terminationMessagePolicy: 'FallbackToLogsOnError',
    ...(imagePullPolicy ? { imagePullPolicy } : {}),
    ...(securityContext ? { securityContext } : {}),
    volumeMounts: [{ name: 'backup', mountPath: DATA }, ...mounts],
  };
}

function tlsVolume({ tls }: ToolLogin): V1Volume | null {
  if (!tls) return null;
  const sources = Object.entries(tls.files).map(([path, { kind, name, key }]) => {
    const items = [{ key, path }];
    return kind === 'secret' ? { secret: { name, items } } : { configMap: { name, items } };
  });
  return { name: 'etcd-tls', projected: { sources, defaultMode: 0o440 } };
}

/** A pod that comes twice for one run, as after the loss of a node, finds the mark of the first one in the volume, and does nothing. */
function commandOf({ kind, attempt, number, sha256 }: JobWish): string {
  const mark = `${DATA}/${kind}-${attempt}-${number}.begun`;
  const once = `mkdir ${mark} || { echo "this run of the tool was begun before"; exit ${BEGUN_BEFORE}; }; `;
  // The tool cleans before it looks at the file.
  const same = `echo "${sha256}  ${backupFile(attempt)}" | sha256sum -c || { echo "the backup is not the one that was verified"; exit ${BACKUP_CHANGED}; }; `;
  const before = { 'back-up': '', migrate: once, restore: same }[kind];
  return `${before}exec ${TOOL} -config=${CONFIG}/${configFile(kind)}`;
}

export interface KeeperWish {
  readonly release: string;
  readonly run: string;
  readonly image: string;
  readonly seconds: number;
}

/** Binds and tries the volume, pulls the image and looks for the tool in it; then stays, so that the volume is at hand and its files can be read. */
export function keeperPod({ release, run, image, seconds }: KeeperWish, like: V1PodTemplateSpec): V1Pod {
  const metadata = metadataOf(namesOf(release).keeper, release);
  const tries = [
    `[ -x ${TOOL} ] || { echo "the image has no ${TOOL}"; exit 1; }`,
    `touch ${DATA}/tried && rm ${DATA}/tried || { echo "the volume cannot be written to"; exit 1; }`,
  ];
  const rounded = Math.max(1, Math.round(seconds));
  return {
    metadata: { ...metadata, annotations: { [ANNOTATIONS.run]: run } },
    spec: {
      ...kept(like.spec),
      ...withVolume(release),
      terminationGracePeriodSeconds: 0,
      activeDeadlineSeconds: rounded,
      initContainers: [container('try', image, tries.join('; '), like.spec)],
      containers: [container('keep', image, `exec sleep ${rounded}`, like.spec)],
    },
  };
}
