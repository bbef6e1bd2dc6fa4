// Which failures of a request are temporary, how long to wait before a retry, and whether the server may have processed
// the request. Pure.
import { WrongAnswerError } from './answer.js';

/** The time limit and the number of attempts of a request. */
export interface Patience {
  /** In total. */
  readonly tries: number;
  /** The limit for a unary request and its complete response, or for the beginning of a stream. */
  readonly milliseconds: number;
  /** Failures that are reported without a retry. */
  readonly final: ReadonlySet<string>;
}

export const PATIENT: Patience = { tries: 5, milliseconds: 30_000, final: new Set() };
/** The first contact with a server: a wrong address is reported within seconds. */
export const FIRST_CONTACT: Patience = {
  tries: 3,
  milliseconds: 15_000,
  final: new Set([
    'ECONNREFUSED',
    'EHOSTUNREACH',
    'ENETUNREACH',
    'ETIMEDOUT',
    'UND_ERR_CONNECT_TIMEOUT',
    'UND_ERR_HEADERS_TIMEOUT',
    'TimeoutError',
  ]),
};
const DELAYS_MILLISECONDS = [500, 1000, 2000, 4000];
/** The maximum wait, also if the server requests a longer one. */
const MAX_RETRY_AFTER_MILLISECONDS = 60_000;

export type Attempt =
  | { readonly kind: 'answered'; readonly status: number; readonly retryAfter: string; readonly message: string }
  | { readonly kind: 'failed'; readonly error: unknown };

export interface Retry {
  /** Such as "503 Service Unavailable". */
  readonly why: string;
  readonly milliseconds: number;
  /** True if the server may have processed the request. */
  readonly isOutcomeUnknown: boolean;
}

/** Nothing was sent. */
const UNSENT: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);
const BROKEN: ReadonlySet<string> = new Set([
  ...[
    'ECONNRESET',
    'EPIPE',
    'ETIMEDOUT',
    'ECONNABORTED',
    'UND_ERR_SOCKET',
    'UND_ERR_HEADERS_TIMEOUT',
    'UND_ERR_BODY_TIMEOUT',
  ],
  ...['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'UND_ERR_ABORTED', 'TimeoutError'],
]);

/** Null if a retry is useless, or all attempts were used. `tries` attempts have been made. */
export function retryOf(attempt: Attempt, tries: number, patience: Patience): Retry | null {
  if (tries >= patience.tries) return null;
  const milliseconds = DELAYS_MILLISECONDS[Math.min(tries, DELAYS_MILLISECONDS.length) - 1] ?? 0;
  if (attempt.kind === 'answered') return retryOfStatus(attempt, milliseconds);
  const { error } = attempt;
  if (error instanceof WrongAnswerError)
    return error.isTransient ? { why: error.why, milliseconds, isOutcomeUnknown: true } : null;
  const code = codeOf(error);
  if (patience.final.has(code)) return null;
  if (UNSENT.has(code)) return { why: code, milliseconds, isOutcomeUnknown: false };
  return BROKEN.has(code)
    ? { why: code === 'TimeoutError' ? 'no answer in time' : code, milliseconds, isOutcomeUnknown: true }
    : null;
}

function retryOfStatus(
  { status, retryAfter, message }: Extract<Attempt, { kind: 'answered' }>,
  milliseconds: number,
): Retry | null {
  // 501 and 505 are permanent.
  if (status !== 429 && (status < 500 || status === 501 || status === 505)) return null;
  const requested = Math.min(secondsOf(retryAfter) * 1000, MAX_RETRY_AFTER_MILLISECONDS);
  const why = message === '' ? String(status) : `${status} ${message}`;
  return { why, milliseconds: Math.max(milliseconds, requested), isOutcomeUnknown: status !== 429 };
}

/** Kubernetes returns seconds (RFC 9110, 10.2.3). A date, which a proxy may return, is ignored. */
function secondsOf(retryAfter: string): number {
  return /^\d{1,6}$/.test(retryAfter.trim()) ? Number(retryAfter) : 0;
}

interface Chained {
  readonly code?: unknown;
  readonly name?: string;
  readonly cause?: Chained;
  readonly errors?: readonly Chained[];
}

/** The first code in the chain of causes. */
function codeOf(error: unknown): string {
  for (let at = error as Chained | undefined; at; at = at.cause ?? at.errors?.[0]) {
    if (typeof at.code === 'string') return at.code;
    if (at.name === 'TimeoutError') return at.name;
  }
  return '';
}
