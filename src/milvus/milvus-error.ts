// Why Milvus did not answer a request.

export type MilvusErrorKind = 'unreachable' | 'credentials' | 'not-offered' | 'rejected';

/** The message names no secret and quotes no row. */
export class MilvusError extends Error {
  readonly kind: MilvusErrorKind;
  constructor(kind: MilvusErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'MilvusError';
    this.kind = kind;
  }
}

export function toMilvusError(error: unknown): MilvusError {
  if (error instanceof MilvusError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new MilvusError('unreachable', message, { cause: error });
}
