// Requests diagnostics from the cluster: a few requests at a time, each with a time limit. A request without an answer
// is recorded instead of thrown.
import { ApiException } from '@kubernetes/client-node';

const MAX_CONCURRENT_REQUESTS = 8;
/** An unreachable kubelet does not answer; the API server would wait longer for it than this. */
const REQUEST_MILLISECONDS = 10_000;

export class EvidenceRequests {
  /** What was requested without success, each with its reason. */
  readonly missing: string[] = [];
  readonly #pending = new Set<string>();
  readonly #waiting: (() => void)[] = [];
  readonly #milliseconds: number;
  #running = 0;
  constructor(milliseconds = REQUEST_MILLISECONDS) {
    this.#milliseconds = milliseconds;
  }

  /** The answer, or null if there is none. Never throws. */
  async request<Answer>(what: string, request: () => Promise<Answer>): Promise<Answer | null> {
    this.#pending.add(what);
    await this.#turn();
    try {
      return await within(this.#milliseconds, request());
    } catch (error) {
      this.missing.push(`${what}: ${reasonOf(error)}`);
      return null;
    } finally {
      this.#pending.delete(what);
      this.#running -= 1;
      this.#waiting.shift()?.();
    }
  }

  /** Includes the requests that are still pending, for use after the time limit. */
  unanswered(): string[] {
    return [...this.missing, ...[...this.#pending].map((what) => `${what}: not answered in time`)];
  }

  async #turn(): Promise<void> {
    while (this.#running >= MAX_CONCURRENT_REQUESTS) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#running += 1;
  }
}

/** Rejects when the promise takes longer; the promise itself is not cancelled. */
export async function within<Answer>(milliseconds: number, promise: Promise<Answer>): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${milliseconds / 1000} s`)), milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof ApiException)) return error instanceof Error ? error.message : String(error);
  const reasons: Readonly<Record<number, string>> = {
    403: 'permission denied (403)',
    404: 'not found (404)',
    400: 'the container has no such log (400)',
  };
  return reasons[error.code] ?? `the server answered ${error.code}`;
}
