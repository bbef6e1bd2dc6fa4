// Guards the API server against writes without a lock: every request that changes something requires a currently valid
// lock, whichever client sends it.
import type { RequestContext } from '@kubernetes/client-node';
import { needsLock, noLock } from '../../core/model/lock.js';

export interface WriteFence {
  /** Returns when the lock is valid, with the signal of its end. Throws `lock-lost`. */
  prove(): Promise<AbortSignal>;
}

/** Before a lock is acquired: writes are rejected. */
export const NO_LOCK: WriteFence = { prove: () => Promise.reject(noLock()) };

/**
 * The signals that end a request besides that of the run: its own, and the end of the lock if it needs one. The network
 * must not send a request without a response again after the lock has ended. Throws `lock-lost`.
 */
export async function endsOf(request: RequestContext, fence: WriteFence): Promise<readonly AbortSignal[]> {
  const own = request.getSignal();
  const expired = needsLock(request.getHttpMethod(), request.getUrl()) ? [await fence.prove()] : [];
  return own ? [own, ...expired] : expired;
}
