// Whether another client has changed a Milvus Deployment during an upgrade of this action. Pure.
import type { ForeignWrite } from '../model/foreign-write.js';
import type { HelmObservation } from './observation.js';
import type { PauseState } from '../rolling/pause-record.js';
import { isRecord } from '../lib/json.js';
import { isSame, type Values } from '../model/values.js';
import { oneLine, shorten } from '../lib/escape.js';

/** The spec of a Deployment, and who wrote it. */
export interface WrittenSpec {
  readonly deployment: string;
  readonly uid: string;
  /** Without `replicas`: autoscalers change them, and every step reads them anew. */
  readonly spec: Values;
  readonly paused: boolean;
  /** The state that a rolling upgrade has recorded on it; null if none has. */
  readonly recorded: PauseState | null;
  readonly writers: readonly Writer[];
}

/** One entry of `managedFields` that owns fields of the spec. */
export interface Writer {
  readonly manager: string;
  /** Distinguishes two entries of the same manager. */
  readonly key: string;
  readonly at: string;
  /** The fields of the spec that it owns, as `spec.template.spec.containers.image`: without the keys of list items. */
  readonly owned: readonly string[];
}

/**
 * The field managers of a run: its own requests, and Helm (helm/cmd/helm/helm.go, `kube.ManagedFieldsManager`). Another
 * Helm process creates a revision, which foreign-revision.ts detects.
 */
const OWN_MANAGERS: ReadonlySet<string> = new Set(['milvus-upgrade', 'helm']);
const MAX_CHANGES = 4;
/** Only these values are quoted: others may contain secrets. */
const QUOTED =
  /^spec\.(paused|minReadySeconds|strategy\..*|template\.spec\.(initContainers|containers)\[\d+\]\.image)$/;

/**
 * The change of another client between two observations; null if there is none. The API server renews the time of an
 * entry when its manager changes a field (kubernetes.io/docs/reference/using-api/server-side-apply, "Field
 * management").
 */
export function foreignWriteBetween(before: WrittenSpec, now: WrittenSpec): ForeignWrite | null {
  if (before.uid !== now.uid) return null;
  const changes = changesOf(before.spec, now.spec, 'spec');
  const by = newestWriter(before, now);
  if (changes.length > 0 && by)
    return { deployment: now.deployment, changes: madeBy(by, changes), manager: by.manager, at: by.at };
  // A removed field has no owner, so `kubectl rollout resume` may leave no entry. One patch of a rolling upgrade writes
  // both the record and the field: they can begin to differ only with another write.
  if (!contradicts(now) || contradicts(before)) return null;
  const flipped = `spec.paused: ${!now.paused} → ${now.paused}`;
  const texts = changes.map(({ text }) => text);
  return { deployment: now.deployment, changes: texts.length > 0 ? texts : [flipped], manager: '', at: '' };
}

/**
 * Between two observations, this run may have changed the same Deployment. A field that the other client removed has no
 * owner: if it owns none of the changes, all of them are reported.
 */
function madeBy({ owned }: Writer, changes: readonly Change[]): readonly string[] {
  const own = changes.filter(({ path }) => {
    const field = path.replaceAll(/\[\d+\]/g, '');
    return owned.some((each) => each === field || each.startsWith(`${field}.`) || field.startsWith(`${each}.`));
  });
  return (own.length > 0 ? own : changes).map(({ text }) => text);
}

function contradicts({ recorded, paused }: WrittenSpec): boolean {
  return recorded !== null && (recorded === 'paused') !== paused;
}

function newestWriter(before: WrittenSpec, now: WrittenSpec): Writer | undefined {
  const known = new Map(before.writers.map(({ key, at }) => [key, at]));
  return now.writers
    .filter(({ manager, key, at }) => !OWN_MANAGERS.has(manager) && known.get(key) !== at)
    .toSorted((a, b) => b.at.localeCompare(a.at))[0];
}

interface Change {
  readonly path: string;
  /** With the values, if they may be quoted. */
  readonly text: string;
}

function changesOf(before: unknown, now: unknown, path: string): Change[] {
  if (isSame(before, now)) return [];
  if (isRecord(before) && isRecord(now))
    return [...new Set([...Object.keys(before), ...Object.keys(now)])].flatMap((key) =>
      changesOf(before[key], now[key], `${path}.${key}`),
    );
  if (Array.isArray(before) && Array.isArray(now) && before.length === now.length)
    return now.flatMap((item, at) => changesOf(before[at], item, `${path}[${at}]`));
  return [{ path, text: QUOTED.test(path) ? `${path}: ${quoted(before)} → ${quoted(now)}` : path }];
}

function quoted(value: unknown): string {
  return value === undefined ? 'nothing' : shorten(oneLine(String(value)), 200);
}

/** Describes the first change of another client; null if there is none. To continue would fight with that client. */
export function foreignWrite({ foreignWrites = [] }: HelmObservation): string | null {
  const [first, ...others] = foreignWrites;
  if (!first) return null;
  const who = first.manager ? `another client ("${first.manager}", at ${first.at})` : 'another client';
  const shown = first.changes.slice(0, MAX_CHANGES).join(', ');
  const more = first.changes.length > MAX_CHANGES ? ` and ${first.changes.length - MAX_CHANGES} more fields` : '';
  const also = others.map(({ deployment }) => deployment);
  return `${who} changed Deployment ${first.deployment} during this run: ${shown}${more}${also.length > 0 ? `; also changed: ${also.join(', ')}` : ''}`;
}
