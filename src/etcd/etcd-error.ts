// Errors of etcd with messages for users. `isFinal` if an automatic retry cannot help, because a permission, a password
// or a file is missing.

export class EtcdError extends Error {
  readonly isFinal: boolean;
  constructor(why: string, { isFinal = false, cause }: { readonly isFinal?: boolean; readonly cause?: unknown } = {}) {
    super(why, { cause });
    this.isFinal = isFinal;
  }
}

/**
 * A name does not belong to a Service. `isSure` is false if this user is not allowed to read Services, so that it is
 * not known.
 */
export class NoServiceError extends EtcdError {
  readonly isSure: boolean;
  constructor(why: string, isSure: boolean) {
    super(why, { isFinal: !isSure });
    this.isSure = isSure;
  }
}

export function toEtcdError(error: unknown): EtcdError {
  if (error instanceof EtcdError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  // The message of Node is "aborted" or "socket hang up".
  if (code === 'ECONNRESET') return new EtcdError('the connection was closed', { cause: error });
  return new EtcdError(firstLine(message) || String(code ?? 'the connection failed'), { cause: error });
}

export function firstLine(text: string): string {
  return text.trim().split('\n', 1).join('').slice(0, 300);
}
