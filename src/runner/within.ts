// Waits for work up to a time limit, or until the run is cancelled.

export interface Bounds {
  readonly seconds: number;
  readonly signal: AbortSignal;
}

/** Ends the wait, not the work: the work continues in the background until the process exits. */
export async function within<Result>(work: Promise<Result>, { seconds, signal }: Bounds): Promise<Result> {
  let give: (error: Error) => void = () => undefined;
  const over = new Promise<never>((_, reject) => (give = reject));
  const cancel = (): void => give(new Error('the run was cancelled'));
  const limit = setTimeout(() => give(new Error(`it took longer than ${seconds} s`)), seconds * 1000);
  signal.addEventListener('abort', cancel, { once: true });
  if (signal.aborted) cancel();
  try {
    return await Promise.race([work, over]);
  } finally {
    clearTimeout(limit);
    signal.removeEventListener('abort', cancel);
  }
}
