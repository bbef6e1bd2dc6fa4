// The gate in front of the API server: no request that changes something leaves without a lock that is valid at that moment, whichever client sends it.
import type { RequestContext } from '@kubernetes/client-node';
import { needsLock, noLock } from '../core/lock.js';

export interface WriteFence {
  /** Returns when the lock is valid, with the signal of its end. Throws `lock-lost`. */
  prove(): Promise<AbortSignal>;
}

/** Before a lock is acquired: nothing may be written. */
export const NO_LOCK: WriteFence = { prove: () => Promise.reject(noLock()) };

/**
 * The signals with which a request ends besides that of the run: its own, and the end of the lock where it needs one. A request without an answer must not be
 * sent again by the network after the lock has ended. Throws `lock-lost`.
 */
export async function endsOf(request: RequestContext, fence: WriteFence): Promise<readonly AbortSignal[]> {
  const own = request.getSignal();
  const expired = needsLock(request.getHttpMethod(), request.getUrl()) ? [await fence.prove()] : [];
  return own ? [own, ...expired] : expired;
}
