// Reads pods for the evidence: what state each is in, in one line, and the logs of its containers.
import type { V1ContainerState, V1ContainerStatus, V1Pod } from '@kubernetes/client-node';
import type { PodLog } from '../core/evidence.js';
import type { Collection } from './evidence.js';
import { deploymentOf } from './milvus-objects.js';
import { maskLarge } from '../runner/mask-large.js';

const LOG_LINES = 500;
const LOG_BYTES = 1024 * 1024;

/** Not ready, and not on its way out. */
export function isFailing({ metadata, status }: V1Pod): boolean {
  const ready = status?.conditions?.some((each) => each.type === 'Ready' && each.status === 'True') ?? false;
  return !ready && metadata?.deletionTimestamp === undefined;
}

/** Phase, what each container waits for or how it ended, and restarts. */
export function describePod(pod: V1Pod): string {
  const { phase = 'Unknown', reason, message } = pod.status ?? {};
  const unscheduled = pod.status?.conditions?.find((each) => each.type === 'PodScheduled' && each.status === 'False');
  const containers = statusesOf(pod)
    .filter((each) => !isThrough(each))
    .map(describeContainer);
  const words = [
    pod.metadata?.deletionTimestamp ? 'Terminating' : phase,
    ...[reason, message].filter((each) => each !== undefined),
    ...(unscheduled ? [`${unscheduled.reason}: ${unscheduled.message}`] : []),
    ...containers.filter((each) => each !== ''),
  ];
  return words.join('; ');
}

/** An init container that did its work tells nothing. */
function isThrough({ state, restartCount }: V1ContainerStatus): boolean {
  return state?.terminated?.exitCode === 0 && restartCount === 0;
}

function describeContainer({ name, image, state, lastState, restartCount, ready }: V1ContainerStatus): string {
  const restarts = restartCount > 0 ? `, ${restartCount} restarts` : '';
  const before = lastState?.terminated ? `, ended before with ${ending(lastState)}` : '';
  if (state?.waiting) return `${name} (${image}): ${[state.waiting.reason, state.waiting.message].filter(Boolean).join(': ')}${restarts}${before}`;
  if (state?.terminated) return `${name} (${image}): ended with ${ending(state)}${restarts}`;
  return ready ? '' : `${name} (${image}): runs, not ready${restarts}${before}`;
}

function ending({ terminated }: V1ContainerState): string {
  const { reason = 'exit', exitCode = 0, message = '' } = terminated ?? {};
  return `${reason} (exit code ${exitCode})${message ? ` ${message}` : ''}`;
}

/** The present and, where a container was started again, the previous log of each container; one that never started has none. */
export async function savePodLogs(pod: V1Pod, collection: Collection): Promise<readonly PodLog[]> {
  const told = statusesOf(pod).filter((each) => !isThrough(each));
  const desired = told.flatMap(({ name, restartCount, state }) => [
    ...(state?.waiting && restartCount === 0 ? [] : [{ container: name, previous: false }]),
    ...(restartCount > 0 ? [{ container: name, previous: true }] : []),
  ]);
  const logs = await Promise.all(desired.map((each) => saveLog(pod, each, collection)));
  return logs.filter((each) => each !== null);
}

type RequestedLog = Omit<PodLog, 'text'>;

async function saveLog(pod: V1Pod, { container, previous }: RequestedLog, { platform, directory, asking, redact }: Collection): Promise<PodLog | null> {
  const name = pod.metadata?.name ?? '';
  const { namespace } = platform.config;
  const words = `${previous ? 'previous log' : 'log'} of ${container} in ${name}`;
  const request = { name, namespace, container, previous, tailLines: LOG_LINES, limitBytes: LOG_BYTES };
  const answer = await asking.request(words, () => platform.cluster.core.readNamespacedPodLog(request));
  if (answer === null) return null;
  const text = await maskLarge(answer, redact);
  directory.write([deploymentOf(pod), `${name}.${container}${previous ? '.previous' : ''}.log`], `${words}, last ${LOG_LINES} lines`, text);
  return { container, previous, text };
}

function statusesOf({ status }: V1Pod): V1ContainerStatus[] {
  return [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
}
