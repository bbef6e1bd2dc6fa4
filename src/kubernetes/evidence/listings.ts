// The text files of the diagnostics: events, nodes and revisions, one per line. Pure.
import type { V1Node, CoreV1Event } from '@kubernetes/client-node';
import type { PastRevision } from '../../core/helm/observation.js';

export function renderNode({ metadata, spec, status }: V1Node): string {
  const conditions = (status?.conditions ?? []).map(
    ({ type, status: state, reason = '', message = '' }) => `  ${type}=${state} ${reason}: ${message}`,
  );
  const taints = (spec?.taints ?? []).map(({ key, value = '', effect }) => `  taint ${key}=${value}:${effect}`);
  return [metadata?.name ?? '', ...conditions, ...taints].join('\n');
}

export function renderEvents(events: readonly CoreV1Event[]): string {
  const lines = inOrder(events).map((event) => {
    const { type = '', reason = '', message = '', count = 1, involvedObject } = event;
    return `${timeOf(event)}  ${type}  ${reason}  ${involvedObject.kind}/${involvedObject.name}  ${count > 1 ? `(${count} times) ` : ''}${message}`;
  });
  return `${lines.join('\n')}\n`;
}

export function inOrder(events: readonly CoreV1Event[]): CoreV1Event[] {
  return [...events].sort((a, b) => (timeOf(a) < timeOf(b) ? -1 : 1));
}

function timeOf({ lastTimestamp, eventTime, firstTimestamp, metadata }: CoreV1Event): string {
  const at = lastTimestamp ?? eventTime ?? firstTimestamp ?? metadata.creationTimestamp;
  return at ? new Date(at).toISOString() : '';
}

/** Oldest first, as in `helm history`. */
export function renderHistory(revisions: readonly PastRevision[]): string {
  const lines = [...revisions].reverse().map(({ revision, updatedAt, status, chartVersion, images, description }) => {
    return [
      revision,
      updatedAt,
      status,
      `chart ${chartVersion}`,
      [...new Set(Object.values(images))].join(' and '),
      description,
    ].join('  ');
  });
  return `${lines.join('\n')}\n`;
}
