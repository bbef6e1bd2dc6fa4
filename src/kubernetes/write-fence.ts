// The gate in front of the API server: no request that changes something leaves without a lock that is valid at that moment, whichever client sends it.
import { wrapHttpLibrary, type HttpLibrary, type RequestContext, type ResponseContext } from '@kubernetes/client-node';
import { needsLock, noLock } from '../core/lock.js';

export interface WriteFence {
  /** Returns when the lock is valid, with the signal of its end. Throws `lock-lost`. */
  prove(): Promise<AbortSignal>;
}

/** Before a lock is acquired: nothing may be written. */
export const NO_LOCK: WriteFence = { prove: () => Promise.reject(noLock()) };

/** `fence` is read for each request, since the lock is acquired later than the connection is made. */
export function fencedHttp(plain: HttpLibrary, fence: () => WriteFence): HttpLibrary {
  const send = async (request: RequestContext): Promise<ResponseContext> => {
    if (needsLock(request.getHttpMethod(), request.getUrl())) {
      const expired = await fence().prove();
      const known = request.getSignal();
      // A request without an answer must not be sent again by the network after the lock has ended.
      request.setSignal(known ? AbortSignal.any([known, expired]) : expired);
    }
    return plain.send(request).toPromise();
  };
  return wrapHttpLibrary({ send });
}
