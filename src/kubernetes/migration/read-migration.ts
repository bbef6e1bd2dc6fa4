// Reads the state of a metadata migration from the objects that it creates. Pure.
import type { V1ConfigMap, V1Job, V1PersistentVolumeClaim, V1Pod } from '@kubernetes/client-node';
import { parseHelmJournal, type HelmJournal } from '../../core/helm/journal.js';
import { isSha256, JOB_KINDS, type Backup, type Keeper, type MigrationJob } from '../../core/migration/observation.js';
import { parseJsonRecord } from '../../core/lib/json.js';
import { hasEnded, isStarting, type Pod, type PodContainer } from '../../core/model/pod.js';
import { readPod } from '../observe/read-pod.js';
import { JOURNAL_KEY } from './manifests.js';
import { ANNOTATIONS } from './names.js';

export function readJournal(map: V1ConfigMap | null): HelmJournal | null {
  return parseHelmJournal(map?.data?.[JOURNAL_KEY]);
}

/** The last log lines of a pod, by its uid. */
export type Logs = ReadonlyMap<string, readonly string[]>;

/** `pods` are those of the Jobs; a Job that does not belong to a migration is left out. */
export function readJobs(jobs: readonly V1Job[], pods: readonly V1Pod[], logs: Logs = new Map()): MigrationJob[] {
  return jobs.flatMap((job) => {
    const annotations = job.metadata?.annotations ?? {};
    const kind = JOB_KINDS.find((jobKind) => jobKind === annotations[ANNOTATIONS.kind]);
    const [attempt, number] = [countOf(annotations[ANNOTATIONS.attempt]), countOf(annotations[ANNOTATIONS.number])];
    if (!kind || attempt === 0 || number === 0) return [];
    const own = pods.filter((pod) => pod.metadata?.ownerReferences?.some((owner) => owner.uid === job.metadata?.uid));
    const state = stateOf(job, own);
    const log = own.flatMap((pod) => logs.get(pod.metadata?.uid ?? '') ?? []);
    const status = readResult(annotations[ANNOTATIONS.backup]);
    const reason = state === 'succeeded' ? status.reason : reasonOf(job, own);
    return [
      {
        kind,
        attempt,
        number,
        state,
        reason,
        backup: status.backup,
        log,
        generations: readGenerations(annotations[ANNOTATIONS.generations]),
      },
    ];
  });
}

/** A failed Job may still have a running pod: it is failed only when that pod has ended. */
function stateOf({ status }: V1Job, pods: readonly V1Pod[]): MigrationJob['state'] {
  const is = (type: string): boolean =>
    status?.conditions?.some((condition) => condition.type === type && condition.status === 'True') === true;
  if (is('Complete')) return 'succeeded';
  return is('Failed') && pods.every((pod) => hasEnded(readPod(pod))) ? 'failed' : 'running';
}

export function hasJobEnded({ status }: V1Job): boolean {
  return (
    status?.conditions?.some(({ type, status: is }) => (type === 'Complete' || type === 'Failed') && is === 'True') ===
    true
  );
}

/**
 * The last log lines of the tool have more detail than the condition of its Job; only a deadline is reported by the Job
 * alone.
 */
function reasonOf({ status }: V1Job, pods: readonly V1Pod[]): string {
  const failed = status?.conditions?.find((condition) => condition.type === 'Failed' && condition.status === 'True');
  const [pod] = pods;
  const description = pod ? describePod(readPod(pod)) : '';
  if (failed?.reason === 'DeadlineExceeded')
    return [failed.message ?? failed.reason, description].filter(Boolean).join('; ');
  return description || failed?.message || '';
}

/** Why a pod of one container does not run, or how it ended; empty while it is healthy. */
export function describePod({ containers, scheduling, message }: Pod): string {
  return describeContainers(containers) || (scheduling.state === 'refused' ? scheduling.message : '') || message;
}

function describeContainers(containers: readonly PodContainer[]): string {
  const { state, reason, message, lastExit } =
    containers.find(
      (container) =>
        container.state === 'waiting' || (container.state === 'terminated' && container.lastExit?.exitCode !== 0),
    ) ?? {};
  if (state === 'terminated') return together(`exit code ${lastExit?.exitCode}`, lastOutput(message));
  return reason && !isStarting({ reason }) ? together(reason, message) : '';
}

function together(...words: readonly (string | undefined)[]): string {
  return words.filter(Boolean).join(': ');
}

const MAX_LINES = 3;

function lastOutput(text = ''): string {
  return text.trim().split('\n').slice(-MAX_LINES).join(' / ');
}

/** A pod that was left by another run, and that has ended, is ignored. */
export function readKeeper(found: V1Pod | null, claim: V1PersistentVolumeClaim | null, run: string): Keeper {
  const pod = found && readPod(found);
  if (!pod || pod.terminating) return { state: 'none', reason: '' };
  if (hasEnded(pod)) return readEnded(pod, run);
  if (pod.ready) return { state: 'ready', reason: '' };
  return { state: 'starting', reason: [unbound(claim), describePod(pod)].filter(Boolean).join('; ') };
}

function readEnded(pod: Pod, run: string): Keeper {
  return pod.annotations[ANNOTATIONS.run] === run
    ? { state: 'failed', reason: describePod(pod) || 'its pod has ended' }
    : { state: 'none', reason: '' };
}

function unbound(claim: V1PersistentVolumeClaim | null): string {
  const phase = claim?.status?.phase ?? 'new';
  return claim && phase !== 'Bound' ? `PersistentVolumeClaim ${claim.metadata?.name} is ${phase}` : '';
}

interface StepStatus {
  readonly backup: Backup | null;
  readonly reason: string;
}

/** The result of the verification, as written on the Job: a Backup, or `{because}`. */
function readResult(text: string | undefined): StepStatus {
  const { file, bytes, sha256, entries, reason } = parseJsonRecord(text ?? '');
  if (typeof reason === 'string' && reason !== '') return { backup: null, reason };
  if (typeof file !== 'string' || !isSha256(sha256) || typeof bytes !== 'number' || typeof entries !== 'number')
    return { backup: null, reason: '' };
  return { backup: { file, bytes, sha256, entries }, reason: '' };
}

/** 0 if it is not a count as this action writes it: it becomes part of names and of a script. */
function countOf(text = ''): number {
  return /^[1-9]\d{0,5}$/.test(text) ? Number(text) : 0;
}

function readGenerations(text: string | undefined): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(parseJsonRecord(text ?? '')).filter(
      (entry): entry is [string, number] => typeof entry[1] === 'number',
    ),
  );
}
