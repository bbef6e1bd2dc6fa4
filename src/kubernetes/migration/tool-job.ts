// One run of the migration tool, as a Job. Pure.
import type { V1Job, V1PodSpec, V1PodTemplateSpec, V1Volume } from '@kubernetes/client-node';
import type { JobKind } from '../../core/migration/observation.js';
import { TOOL } from '../../core/migration/tool.js';
import { ANNOTATIONS, backupFile, CONFIG, configFile, configName, DATA, jobName, metadataOf, TLS } from './names.js';
import type { ToolLogin } from './tool-config.js';
import { container, kept, onNode, withVolume } from './tool-pod.js';

/**
 * Exit codes of this action; those of the tool are 0, 1, 2 and 100 (milvus-io/milvus
 * cmd/tools/migration/console/code.go).
 */
const BEGUN_BEFORE = 99;
const BACKUP_CHANGED = 98;

export interface JobSpec {
  readonly release: string;
  /** The run that creates it, and the digest of what it depends on. */
  readonly run: string;
  readonly plan: string;
  readonly kind: JobKind;
  readonly attempt: number;
  readonly number: number;
  readonly image: string;
  readonly deadlineSeconds: number;
  readonly generations: Readonly<Record<string, number>>;
  readonly login: ToolLogin;
  /** The node on which the volume is already mounted; empty if not known. */
  readonly node: string;
  /** The checksum of the backup that is restored. */
  readonly sha256: string;
}

/** `like` is the template of a Milvus pod: the tool has the same scheduling and security settings. */
export function toolJob(job: JobSpec, like: V1PodTemplateSpec): V1Job {
  const { release, kind, attempt, number, deadlineSeconds, generations } = job;
  const metadata = metadataOf(jobName(release, job), release);
  const { run, plan } = job;
  const values = {
    kind,
    attempt: String(attempt),
    number: String(number),
    generations: JSON.stringify(generations),
    run,
    plan,
  };
  const annotations = Object.fromEntries(
    Object.entries(values).map(([key, value]) => [ANNOTATIONS[key as keyof typeof values], value]),
  );
  return {
    metadata: { ...metadata, annotations },
    spec: {
      // The tool must not run twice on the same metadata.
      backoffLimit: 0,
      parallelism: 1,
      completions: 1,
      activeDeadlineSeconds: Math.max(1, Math.round(deadlineSeconds)),
      template: { metadata: { labels: metadata.labels }, spec: toolPod(job, like.spec) },
    },
  };
}

function toolPod(job: JobSpec, like: V1PodSpec | undefined): V1PodSpec {
  const { release, image, attempt, login, node } = job;
  const tls = tlsVolume(login);
  const mounts = [
    { name: 'config', mountPath: CONFIG, readOnly: true },
    ...(tls ? [{ name: 'etcd-tls', mountPath: TLS, readOnly: true }] : []),
  ];
  return {
    ...kept(like),
    ...(node === '' ? {} : { affinity: onNode(node) }),
    ...withVolume(release, [
      { name: 'config', secret: { secretName: configName(release, attempt), defaultMode: 0o440 } },
      ...(tls ? [tls] : []),
    ]),
    containers: [
      container({ name: 'meta-migration', image, script: commandOf(job), words: [job.sha256], mounts }, like),
    ],
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

/**
 * A second pod for one run, for example after the loss of a node, finds the mark of the first one on the volume, and
 * does nothing.
 */
function commandOf({ kind, attempt, number }: JobSpec): string {
  const mark = `${DATA}/${kind}-${attempt}-${number}.begun`;
  const once = `mkdir ${mark} || { echo "this run of the tool was started before"; exit ${BEGUN_BEFORE}; }; `;
  // The tool cleans the metadata before it reads the file.
  const same = `echo "$1  ${backupFile(attempt)}" | sha256sum -c || { echo "the backup differs from the verified one"; exit ${BACKUP_CHANGED}; }; `;
  const before = { backup: '', migrate: once, restore: same }[kind];
  return `${before}exec ${TOOL} -config=${CONFIG}/${configFile(kind)}`;
}
