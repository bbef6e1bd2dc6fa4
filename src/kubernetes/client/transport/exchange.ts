// One attempt of a request: sent with a time limit, and either answered completely and validated, or opened as a
// stream. Redirects are not followed.
import { getString, parseJsonRecord } from '../../../core/lib/json.js';
import { ApiException, type RequestContext } from '@kubernetes/client-node';
import { fetch, type Response } from 'undici';
import { interruptionOf } from '../../../run/deadline.js';
import { checkAnswer, MAX_ANSWER_BYTES, WrongAnswerError, type Question } from './answer.js';
import { readText, TooLargeError } from './body.js';
import type { Attempt } from './retry.js';

const MAX_ERROR_BYTES = 1 << 20;

export interface CompleteResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** The result of an attempt, with the response as far as it is available. */
export interface AttemptResult {
  readonly attempt: Attempt;
  readonly response?: CompleteResponse;
  readonly stream?: Response;
}

export function questionOf(request: RequestContext): Question {
  return { method: request.getHttpMethod().toString(), path: new URL(request.getUrl()).pathname };
}

export interface Exchange {
  readonly milliseconds: number;
  /** Each of these signals ends the request, which then fails with the reason of the signal. */
  readonly endSignals: readonly AbortSignal[];
}

/** Sends the request and reads the response. Throws only the interruption of the signal. */
export async function exchange(
  request: RequestContext,
  signal: AbortSignal,
  { milliseconds, endSignals }: Exchange,
): Promise<AttemptResult> {
  const limited = new AbortController();
  const timer = setTimeout(() => limited.abort(new DOMException('no answer in time', 'TimeoutError')), milliseconds);
  const interrupted = (): void => limited.abort(signal.reason);
  signal.addEventListener('abort', interrupted, { once: true });
  if (signal.aborted) interrupted();
  try {
    const response = await sendOnce(request, AbortSignal.any([limited.signal, ...endSignals]));
    return await readChecked(response, questionOf(request));
  } catch (error) {
    return failedAttempt(error, signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', interrupted);
  }
}

/**
 * Sends the request and returns the response once it has begun. The controller ends it, then and later. Throws only the
 * interruption of the signal.
 */
export async function openStream(
  request: RequestContext,
  signal: AbortSignal,
  { controller, milliseconds }: Opening,
): Promise<AttemptResult> {
  const timer = setTimeout(() => controller.abort(new DOMException('no answer in time', 'TimeoutError')), milliseconds);
  try {
    const stream = await sendOnce(request, controller.signal);
    if (stream.status === 200 && /json/i.test(stream.headers.get('content-type') ?? ''))
      return { attempt: answered({ status: 200, headers: {}, text: '' }), stream };
    // Any other response is not a watch: it is validated like an ordinary response.
    return await readChecked(stream, questionOf(request));
  } catch (error) {
    return failedAttempt(error, signal);
  } finally {
    clearTimeout(timer);
  }
}

export interface Opening {
  readonly controller: AbortController;
  readonly milliseconds: number;
}

/** The error for a response, as the Kubernetes client itself would throw it. */
export function exceptionOf({ status, headers, text }: CompleteResponse): ApiException<string> {
  return new ApiException(status, messageIn(text) || `status ${status}`, text, { ...headers });
}

function sendOnce(request: RequestContext, signal: AbortSignal): Promise<Response> {
  const body = request.getBody();
  return fetch(request.getUrl(), {
    method: request.getHttpMethod().toString(),
    headers: request.getHeaders(),
    // A redirect is an error: credentials are sent to this server only.
    redirect: 'manual',
    signal,
    ...(typeof body === 'string' ? { body } : {}),
    ...(request.getDispatcher() ? { dispatcher: request.getDispatcher() as never } : {}),
  });
}

async function readChecked(response: Response, question: Question): Promise<AttemptResult> {
  const read = await readResponse(response, question);
  checkAnswer(question, { ...read, contentType: read.headers['content-type'] ?? '' });
  return { attempt: answered(read), response: read };
}

/** Throws the interruption if the signal is aborted. */
function failedAttempt(error: unknown, signal: AbortSignal): AttemptResult {
  if (signal.aborted) throw interruptionOf(signal);
  return { attempt: { kind: 'failed', error } };
}

async function readResponse(response: Response, question: Question): Promise<CompleteResponse> {
  const headers = Object.fromEntries(response.headers);
  try {
    const text = await readText(response.body, response.ok ? MAX_ANSWER_BYTES : MAX_ERROR_BYTES);
    return { status: response.status, headers, text };
  } catch (error) {
    if (error instanceof TooLargeError) throw new WrongAnswerError(question, `it has ${error.message}`, false);
    throw error;
  }
}

function answered({ status, headers, text }: CompleteResponse): Attempt {
  return {
    kind: 'answered',
    status,
    retryAfter: headers['retry-after'] ?? '',
    message: status < 400 ? '' : messageIn(text),
  };
}

/** The message of the server, shortened to one line. */
function messageIn(text: string): string {
  return (getString(parseJsonRecord(text).message).split('\n', 1)[0] ?? '').slice(0, 300);
}
