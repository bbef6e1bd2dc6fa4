// What a migration adds to the namespace: its journal, the volume for its backup, the tool's configuration, and a Job for each run of the tool. Pure.
import type { V1ConfigMap, V1Job, V1PersistentVolumeClaim, V1PodSpec, V1PodTemplateSpec, V1Secret } from '@kubernetes/client-node';
import { stringify } from 'yaml';
import { formatJournal, type Journal } from '../../core/migration/journal.js';
import type { JobKind } from '../../core/migration/seen.js';

/** Finds everything of a migration of one release. */
export const MIGRATION_LABEL = 'milvus-upgrade/migration-of';
export const JOB_ANNOTATIONS = { kind: 'milvus-upgrade/kind', attempt: 'milvus-upgrade/attempt', number: 'milvus-upgrade/number', generations: 'milvus-upgrade/generations' };
export const JOURNAL_KEY = 'journal.json';
/** Where the tool's image has it, and where it is told to look (milvus-io/milvus deployments/migrate-meta/migrate.sh). */
const TOOL = '/milvus/bin/meta-migration';
const DATA = '/milvus/data';
const CONFIG = '/milvus/configs/meta';
/** What the tool calls what it is to do. */
const COMMANDS: Readonly<Record<JobKind, string>> = { 'back-up': 'backup', migrate: 'run', restore: 'rollback' };
/** The exit code of a Job that finds that its run has been begun before. */
const BEGUN_BEFORE = 99;

export interface Names {
  readonly journal: string;
  readonly config: string;
  readonly volume: string;
}

export function namesOf(release: string): Names {
  return { journal: `milvus-upgrade-${release}-migration`, config: `milvus-upgrade-${release}-migration-config`, volume: `milvus-upgrade-${release}-backup` };
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

export interface ToolWish {
  readonly release: string;
  readonly journal: Pick<Journal, 'from' | 'to' | 'rootPath'>;
  readonly endpoints: readonly string[];
  readonly user: { readonly name: string; readonly password: string } | null;
  /** Highest attempt that needs a file. */
  readonly attempt: number;
}

/** The tool's configuration; a Secret, since it may hold the password of etcd. */
export function toolConfig({ release, journal, endpoints, user, attempt }: ToolWish): V1Secret {
  const { from, to, rootPath } = journal;
  const auth = user ? { auth: { enabled: true, userName: user.name, password: user.password } } : {};
  const fileOf = (kind: JobKind): string =>
    stringify({
      cmd: { type: COMMANDS[kind] },
      config: { sourceVersion: from, targetVersion: to, backupFilePath: backupFile(attempt) },
      metastore: { type: 'etcd' },
      etcd: { endpoints, rootPath, metaSubPath: 'meta', kvSubPath: 'kv', ...auth },
    });
  const stringData = Object.fromEntries((Object.keys(COMMANDS) as JobKind[]).map((kind) => [configFile(kind), fileOf(kind)]));
  return { metadata: metadataOf(`${namesOf(release).config}-${attempt}`, release), stringData };
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
}

export function jobName({ release, kind, attempt, number }: Pick<JobWish, 'release' | 'kind' | 'attempt' | 'number'>): string {
  return `milvus-upgrade-${release}-${kind}-${attempt}${number > 1 ? `-${number}` : ''}`;
}

/** `like` is the template of a Milvus pod: the tool is placed and secured as Milvus is. */
export function toolJob(wish: JobWish, like: V1PodTemplateSpec): V1Job {
  const { release, kind, attempt, number, deadlineSeconds, generations } = wish;
  const metadata = metadataOf(jobName(wish), release);
  const told = { kind, attempt: String(attempt), number: String(number), generations: JSON.stringify(generations) };
  const annotations = Object.fromEntries(Object.entries(told).map(([key, value]) => [JOB_ANNOTATIONS[key as keyof typeof told], value]));
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
  const { release, image, attempt } = wish;
  const { tolerations, imagePullSecrets, serviceAccountName, securityContext, nodeSelector, runtimeClassName, schedulerName } = like ?? {};
  const { imagePullPolicy, securityContext: ownContext } = like?.containers[0] ?? {};
  const kept = { tolerations, imagePullSecrets, serviceAccountName, securityContext, nodeSelector, runtimeClassName, schedulerName };
  const names = namesOf(release);
  return {
    ...Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== undefined)),
    restartPolicy: 'Never',
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    containers: [
      {
        name: 'meta-migration',
        image,
        command: ['sh', '-c', commandOf(wish)],
        resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '2Gi' } },
        terminationMessagePolicy: 'FallbackToLogsOnError',
        ...(imagePullPolicy ? { imagePullPolicy } : {}),
        ...(ownContext ? { securityContext: ownContext } : {}),
        volumeMounts: [
          { name: 'backup', mountPath: DATA },
          { name: 'config', mountPath: CONFIG, readOnly: true },
        ],
      },
    ],
    volumes: [
      { name: 'backup', persistentVolumeClaim: { claimName: names.volume } },
      { name: 'config', secret: { secretName: `${names.config}-${attempt}`, defaultMode: 0o440 } },
    ],
  };
}

/** A pod that comes twice for one run, as after the loss of a node, finds the mark of the first one in the volume, and does nothing. */
function commandOf({ kind, attempt, number }: JobWish): string {
  const mark = `${DATA}/${kind}-${attempt}-${number}.begun`;
  const once = `mkdir ${mark} || { echo "this run of the tool was begun before"; exit ${BEGUN_BEFORE}; }`;
  return `${kind === 'migrate' ? `${once}; ` : ''}exec ${TOOL} -config=${CONFIG}/${configFile(kind)}`;
}
