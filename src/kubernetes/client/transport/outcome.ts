// Writes whose response was lost: which may be sent again, and how to detect from the object whether the write was
// applied. Pure.
import { getRecord, isRecord, valueAt } from '../../../core/lib/json.js';
import type { Values } from '../../../core/model/values.js';

export interface Write {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly contentType: string;
  readonly body: Values;
}

/** What to do after a write of unknown outcome: send it again, read the object first, or report the failure. */
export type NextAction =
  | { readonly kind: 'send' }
  | { readonly kind: 'read'; readonly path: string }
  | { readonly kind: 'fail' };

const SEND: NextAction = { kind: 'send' };

export function nextActionOf(write: Write): NextAction {
  const { method, query } = write;
  if (method === 'GET' || method === 'DELETE' || query.get('dryRun') === 'All') return SEND;
  return method === 'POST' ? nextActionOfCreate(write) : nextActionOfChange(write);
}

function nextActionOfChange({ path, contentType, body }: Write): NextAction {
  if (contentType.includes('json-patch')) return { kind: 'fail' };
  const version = valueAt(body, 'metadata.resourceVersion');
  // Without a version, a repeated change has the same result.
  return typeof version === 'string' ? { kind: 'read', path } : SEND;
}

function nextActionOfCreate({ path, body }: Write): NextAction {
  // A review is answered and not stored.
  if (path.endsWith('reviews')) return SEND;
  const name = valueAt(body, 'metadata.name');
  return typeof name === 'string' && name !== ''
    ? { kind: 'read', path: `${path}/${encodeURIComponent(name)}` }
    : { kind: 'fail' };
}

/**
 * Whether the object contains everything that was written. Null requires absence; additions by the server are ignored.
 */
export function isCarriedOut(write: Values, found: Values): boolean {
  return contains(found, { ...write, metadata: withoutServerFields(write.metadata) });
}

function withoutServerFields(metadata: unknown): Values {
  const { resourceVersion: _version, managedFields: _fields, generation: _generation, ...rest } = getRecord(metadata);
  return rest;
}

function contains(found: unknown, desired: unknown): boolean {
  if (desired === null || desired === undefined) return found === null || found === undefined;
  // The server appends items, for example the volume of a service account.
  if (Array.isArray(desired)) return Array.isArray(found) && desired.every((item, at) => contains(found[at], item));
  if (!isRecord(desired)) return found === desired;
  // An empty object may have been omitted.
  return Object.entries(desired).every(([key, value]) =>
    contains(isRecord(found) && Object.hasOwn(found, key) ? found[key] : undefined, value),
  );
}
