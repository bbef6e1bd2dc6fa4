// Makes programs that cannot be started an ordinary error of @actions/exec.

const waiting = new Set<(error: Error) => void>();

/**
 * True for an error that `catchingStart` reports. Node's `spawn` emits only some of its errors (ENOENT, EACCES, EAGAIN,
 * EMFILE, ENFILE) and throws all others, for example ENOEXEC for a program of another architecture and ETXTBSY for one
 * that is being written. @actions/exec calls `spawn` in an asynchronous function whose promise nothing awaits: such an
 * error is an unhandled rejection, and the promise of `exec` is never settled.
 */
export function isStartError(error: unknown): error is Error {
  return waiting.size > 0 && error instanceof Error && (error as NodeJS.ErrnoException).syscall === 'spawn';
}

/**
 * Does work that calls @actions/exec; it also rejects if the program cannot be started. The error does not name the
 * program: if two works run at the same time, both are rejected.
 */
export function catchingStart<Result>(work: () => Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    if (waiting.size === 0) process.on('unhandledRejection', rejectWaiting);
    waiting.add(reject);
    void work()
      .then(resolve, reject)
      .finally(() => forget(reject));
  });
}

function rejectWaiting(error: unknown): void {
  if (!isStartError(error)) return;
  // After the other listeners of this event, which call isStartError too.
  queueMicrotask(() => {
    for (const reject of [...waiting]) {
      reject(error);
      forget(reject);
    }
  });
}

function forget(reject: (error: Error) => void): void {
  waiting.delete(reject);
  if (waiting.size === 0) process.off('unhandledRejection', rejectWaiting);
}
