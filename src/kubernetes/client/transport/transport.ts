// The only place where requests to the API server are sent: within the deadline and the cancellation of the run, and
// retried if a failure is temporary and a retry is safe.
import { HttpMethod, RequestContext, ResponseContext } from '@kubernetes/client-node';
import type { Response } from 'undici';
import { pause as pauseFor } from '../../../run/deadline.js';
import { parseJsonRecord } from '../../../core/lib/json.js';
import { endsOf, type WriteFence } from '../../lock/write-fence.js';
import {
  exceptionOf,
  exchange,
  openStream,
  questionOf,
  type AttemptResult,
  type CompleteResponse,
} from './exchange.js';
import { isCarriedOut, nextActionOf, type Write } from './outcome.js';
import { PATIENT, retryOf, type Patience, type Retry } from './retry.js';

export interface TransportOptions {
  /** Ends every request and every wait between two attempts. */
  readonly signal: AbortSignal;
  readonly onRetry: (message: string) => void;
  /** Read for each attempt, since the lock is acquired after the connection is made. */
  readonly fence: () => WriteFence;
  /** Called if the server does not accept the credentials (401). True if the request has fresh ones now. */
  readonly renew: (request: RequestContext) => Promise<boolean>;
  /** For every request, unless it has its own. */
  readonly patience?: Patience;
  readonly pause?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** The response to a DELETE whose object was already deleted. */
const DELETED = JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Success' });

type Try = (request: RequestContext) => Promise<AttemptResult>;

export class Transport {
  readonly #options: TransportOptions;
  constructor(options: TransportOptions) {
    this.#options = options;
  }

  /**
   * The complete response, for any status. Throws WrongAnswerError, the interruption of the signal, or the network
   * error of the last attempt.
   */
  async send(request: RequestContext, patience = this.#options.patience ?? PATIENT): Promise<ResponseContext> {
    const { signal, fence } = this.#options;
    // A request with its own signal, such as a renewal of the lock, has its own time limit and is repeated by its
    // caller.
    const { milliseconds, tries, final } = request.getSignal() ? { ...patience, tries: 1 } : patience;
    const once = async (sent: RequestContext): Promise<AttemptResult> =>
      exchange(sent, signal, { milliseconds, endSignals: await endsOf(sent, fence()) });
    const { attempt, response } = await this.#persist(request, { milliseconds, tries, final }, once);
    if (response) return toContext(response);
    throw attempt.kind === 'failed' ? attempt.error : new Error('a request without a response');
  }

  /**
   * An endless response, such as a watch, once it has begun. It ends with the controller or the signal of the
   * transport. One attempt: the caller resumes.
   */
  async open(request: RequestContext, controller: AbortController): Promise<Response> {
    const { signal, patience = PATIENT } = this.#options;
    endWith(controller, signal);
    const { milliseconds } = patience;
    const { attempt, response, stream } = await this.#persist(request, { ...patience, tries: 1 }, (sent) =>
      openStream(sent, signal, { controller, milliseconds }),
    );
    if (stream) return stream;
    if (response) throw exceptionOf(response);
    throw attempt.kind === 'failed' ? attempt.error : new Error('a request without a response');
  }

  async #persist(request: RequestContext, patience: Patience, once: Try): Promise<AttemptResult> {
    let isUnknown = false;
    for (let tries = 1; ; tries += 1) {
      const tried = await this.#withFreshCredentials(request, once);
      if (isUnknown && isGone(request, tried))
        return toResult({ status: 200, headers: { 'content-type': 'application/json' }, text: DELETED });
      const retry = retryOf(tried.attempt, tries, patience);
      if (!retry) return tried;
      isUnknown ||= retry.isOutcomeUnknown;
      const next = await this.#beforeRetry(request, retry);
      if (next !== 'send') return next === 'fail' ? tried : toResult(next);
    }
  }

  /** Waits, and reads the object of a write with unknown outcome: it is returned if the write was applied. */
  async #beforeRetry(request: RequestContext, retry: Retry): Promise<'send' | 'fail' | CompleteResponse> {
    const { signal, onRetry, pause = pauseFor } = this.#options;
    const write = writeOf(request);
    const nextAction = retry.isOutcomeUnknown ? nextActionOf(write) : ({ kind: 'send' } as const);
    if (nextAction.kind === 'fail') return 'fail';
    onRetry(`retrying ${write.method} ${write.path} in ${retry.milliseconds / 1000} s: ${retry.why}`);
    await pause(retry.milliseconds, signal);
    if (nextAction.kind === 'send') return 'send';
    const found = await this.#read(request, nextAction.path);
    return found.status === 200 && isCarriedOut(write.body, parseJsonRecord(found.text)) ? found : 'send';
  }

  async #read(request: RequestContext, path: string): Promise<CompleteResponse> {
    const reading = new RequestContext(new URL(path, request.getUrl()).toString(), HttpMethod.GET);
    for (const [name, value] of Object.entries(request.getHeaders()))
      if (!/^content-/i.test(name)) reading.setHeaderParam(name, value);
    const dispatcher = request.getDispatcher();
    if (dispatcher) reading.setDispatcher(dispatcher);
    const { httpStatusCode: status, headers, body } = await this.send(reading);
    return { status, headers, text: await body.text() };
  }

  async #withFreshCredentials(request: RequestContext, once: Try): Promise<AttemptResult> {
    const tried = await once(request);
    if (tried.response?.status !== 401 || !(await this.#options.renew(request))) return tried;
    return once(request);
  }
}

function endWith(controller: AbortController, signal: AbortSignal): void {
  const ended = (): void => controller.abort(signal.reason);
  signal.addEventListener('abort', ended, { once: true });
  controller.signal.addEventListener('abort', () => signal.removeEventListener('abort', ended), { once: true });
  if (signal.aborted) ended();
}

/** The object of a DELETE whose first response was lost. */
function isGone(request: RequestContext, { response }: AttemptResult): boolean {
  return request.getHttpMethod() === HttpMethod.DELETE && response?.status === 404;
}

function toResult(response: CompleteResponse): AttemptResult {
  return { attempt: { kind: 'answered', status: response.status, retryAfter: '', message: '' }, response };
}

function writeOf(request: RequestContext): Write {
  const { method, path } = questionOf(request);
  const body = request.getBody();
  const record = typeof body === 'string' ? parseJsonRecord(body) : {};
  const contentType =
    Object.entries(request.getHeaders()).find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
  return {
    method,
    path,
    query: new URL(request.getUrl()).searchParams,
    contentType,
    body: record,
  };
}

function toContext({ status, headers, text }: CompleteResponse): ResponseContext {
  const body = {
    text: () => Promise.resolve(text),
    binary: () => Promise.resolve(Buffer.from(text)),
    stream: () => null,
  };
  return new ResponseContext(status, { ...headers }, body);
}
