// Why etcd cannot be seen, in words for a person. `isFinal` when trying again by itself cannot help: a right, a password or a file is missing.

export class EtcdError extends Error {
  readonly isFinal: boolean;
  constructor(why: string, { isFinal = false, cause }: { readonly isFinal?: boolean; readonly cause?: unknown } = {}) {
    super(why, { cause });
    this.isFinal = isFinal;
  }
}

/** A reading of a name that leads to no Service; not sure where the login may not look. */
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
  // Node calls it "aborted" or "socket hang up".
  if (code === 'ECONNRESET') return new EtcdError('the connection broke off', { cause: error });
  return new EtcdError(firstLine(message) || String(code ?? 'the connection failed'), { cause: error });
}

export function firstLine(text: string): string {
  return text.trim().split('\n', 1).join('').slice(0, 300);
}
