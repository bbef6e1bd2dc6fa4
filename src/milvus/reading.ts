// Turns a failed request into a part that was not read, with the reason.
import { oneLine, shorten } from '../core/lib/escape.js';
import type { Reading } from '../core/data/inventory.js';
import { toMilvusError } from './milvus-error.js';

const MAX_REASON = 200;

/** Never throws. */
export async function attempt<Value>(read: () => Promise<Value>): Promise<Reading<Value>> {
  try {
    return { value: await read() };
  } catch (error) {
    const { kind, message } = toMilvusError(error);
    return { notRead: shorten(oneLine(message), MAX_REASON), ...(kind === 'unreachable' && { failed: true as const }) };
  }
}
