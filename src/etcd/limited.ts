// Ends a request after a time limit and when the run is cancelled, whether or not its connection reports anything.

export interface Limits {
  readonly milliseconds: number;
  readonly signal: AbortSignal;
}

/** Registers what is destroyed when the work ends too late. */
export type Hold = (resource: { destroy(): unknown }) => void;

/**
 * Returns what the work returns. Rejects when it rejects, after the time limit and when the run is cancelled; then
 * everything that the work holds is destroyed.
 */
export async function limited<T>({ milliseconds, signal }: Limits, work: (hold: Hold) => Promise<T>): Promise<T> {
  const held: Parameters<Hold>[0][] = [];
  let end: (error: Error) => void = () => undefined;
  // A connection that was closed before its request began emits no event, so no event of it can be waited for.
  const over = new Promise<never>((_, reject) => (end = reject));
  const stop = (): void => end(new Error('the request was cancelled'));
  const timer = setTimeout(() => end(new Error(`it did not respond within ${milliseconds / 1000} s`)), milliseconds);
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  const isOver = { yet: false };
  const hold: Hold = (resource) => {
    if (isOver.yet) resource.destroy();
    else held.push(resource);
  };
  try {
    return await Promise.race([work(hold), over]);
  } catch (error) {
    isOver.yet = true;
    for (const resource of held) resource.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}
