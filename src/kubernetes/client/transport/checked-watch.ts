// A watch that validates every line: with bookmarks, ended when it is silent for too long, and resumed by its list
// after an interruption.
import { HttpMethod, RequestContext, Watch } from '@kubernetes/client-node';
import type { LoginConfig } from '../login-config.js';
import { readWatchLine, WrongAnswerError, type WatchEvent } from './answer.js';
import { readLines, TooLargeError } from './body.js';

/** The server ends a watch after this time; it is then resumed at the same place. */
const WATCH_SECONDS = 590;
/**
 * Bookmarks arrive about once a minute (kubernetes/apiserver cacher.go), so a connection without a complete line for
 * longer is dead.
 */
const SILENCE_MILLISECONDS = 100_000;
/** An object of the API server has at most 1.5 MB (etcd --max-request-bytes). */
const MAX_LINE_BYTES = 16 << 20;

type Callback = Parameters<Watch['watch']>[2];
type Done = (error: unknown) => void;

export class CheckedWatch extends Watch {
  readonly #config: LoginConfig;
  readonly #onOpen: () => void;
  readonly #silenceMilliseconds: number;
  constructor(config: LoginConfig, onOpen: () => void, silenceMilliseconds = SILENCE_MILLISECONDS) {
    super(config);
    this.#config = config;
    this.#onOpen = onOpen;
    this.#silenceMilliseconds = silenceMilliseconds;
  }

  /**
   * Every failure, also one of the login, is passed to `done`: a thrown error would not be caught when a watch resumes.
   * After an abort by the caller, nothing is reported.
   */
  override async watch(...[path, query, callback, done]: Parameters<Watch['watch']>): Promise<AbortController> {
    const controller = new AbortController();
    const ended: Done = (error) => {
      if (controller.signal.aborted && !isTimeout(controller.signal.reason)) return;
      controller.abort();
      if ((error as { code?: unknown } | null)?.code === 401) this.#config.credentials?.reject();
      done(error);
    };
    try {
      const request = await this.#requestFor(path, query);
      const { body } = await this.#config.transport.open(request, controller);
      this.#onOpen();
      void this.#follow(readLines(body, MAX_LINE_BYTES), { path, callback, controller }).then(ended, ended);
    } catch (error) {
      ended(error);
    }
    return controller;
  }

  async #requestFor(
    path: string,
    query: Record<string, string | number | boolean | undefined>,
  ): Promise<RequestContext> {
    const url = new URL(`${this.#config.getCurrentCluster()?.server ?? ''}${path}`);
    const all: typeof query = { ...query, watch: true, allowWatchBookmarks: true, timeoutSeconds: WATCH_SECONDS };
    for (const [name, value] of Object.entries(all)) if (value !== undefined) url.searchParams.set(name, String(value));
    const request = new RequestContext(url.toString(), HttpMethod.GET);
    request.setHeaderParam('Accept', 'application/json');
    request.setHeaderParam('User-Agent', 'milvus-upgrade');
    await this.#config.applySecurityAuthentication(request);
    return request;
  }

  /** Null if the server ends the watch normally. */
  async #follow(lines: AsyncIterable<string>, { path, callback, controller }: Following): Promise<unknown> {
    const silent = (): NodeJS.Timeout => setTimeout(() => controller.abort(silence()), this.#silenceMilliseconds);
    let timer = silent();
    try {
      for await (const line of lines) {
        clearTimeout(timer);
        timer = silent();
        if (controller.signal.aborted) return null;
        const { type, object } = readWatchLine(line, path);
        if (type === 'ERROR') return statusOf(object);
        callback(type, object);
      }
      return null;
    } catch (error) {
      if (error instanceof TooLargeError)
        return new WrongAnswerError({ method: 'WATCH', path }, `it has ${error.message}`);
      return isTimeout(controller.signal.reason) ? controller.signal.reason : error;
    } finally {
      clearTimeout(timer);
    }
  }
}

interface Following {
  readonly path: string;
  readonly callback: Callback;
  readonly controller: AbortController;
}

/** After this error, the list resumes the watch at the same place, without a message. */
function silence(): DOMException {
  return new DOMException('no data received for too long', 'TimeoutError');
}

function isTimeout(reason: unknown): boolean {
  return reason instanceof DOMException && reason.name === 'TimeoutError';
}

/** The status that ends a watch: for 410, the resourceVersion is too old, and the objects are listed again. */
function statusOf({ code, message }: WatchEvent['object']): Error {
  return Object.assign(new Error(typeof message === 'string' ? message : 'the server ended the watch'), {
    code,
    statusCode: code,
  });
}
