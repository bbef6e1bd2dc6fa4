// What an answer of the API server must look like. Anything else, such as the page of a proxy, is an error that names the request: never an empty list.
import { UpgradeError } from '../../core/errors.js';
import { isRecord, type Values } from '../../core/values.js';

/** A request as it may be shown: without its query, which may hold more than anyone needs to read. */
export interface Question {
  readonly method: string;
  readonly path: string;
}

/** The largest answer that is read. A list of 10,000 pods has about 60 MB. */
export const MAX_ANSWER_BYTES = 64 << 20;

/** The answer of a server that is no answer of the Kubernetes API. `isTransient` when the same request may be answered well. */
export class WrongAnswerError extends UpgradeError {
  readonly isTransient: boolean;
  constructor({ method, path }: Question, why: string, isTransient = true) {
    const remedy =
      'Check what stands between the runner and the API server, such as a proxy or a login page. Run the action again: it continues from what it finds.';
    super({ code: 'cluster-unreachable', what: `The answer to ${method} ${path} cannot be used`, why, remedy });
    this.isTransient = isTransient;
  }
}

export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
}

/** Throws WrongAnswerError when an answer of success is not what the Kubernetes API gives to this request. */
export function checkAnswer(question: Question, { status, contentType, text }: Answer): void {
  if (isFirstContact(question)) return;
  if (status >= 300 && status < 400)
    throw new WrongAnswerError(question, `it is a redirect (${status}), which is not followed: it would carry the credentials elsewhere`, false);
  if (status >= 400 || isPlainText(question)) return;
  if (!/json/i.test(contentType)) throw new WrongAnswerError(question, `status ${status} with ${describeType(contentType)} in place of JSON`);
  const body = parse(text);
  if (!isRecord(body)) throw new WrongAnswerError(question, `status ${status} with JSON that is cut off or no object`);
  const flaw = flawOf(body, question);
  if (flaw !== '') throw new WrongAnswerError(question, `status ${status} with ${flaw}`);
}

/** What answers there is judged where the version is read, since it may be anything. */
function isFirstContact({ path }: Question): boolean {
  return path.endsWith('/version') && !/\/apis?\//.test(path);
}

/** Logs are text. */
function isPlainText({ path }: Question): boolean {
  return path.endsWith('/log');
}

function describeType(contentType: string): string {
  const type = contentType.split(';', 1).join('').trim();
  return /html/i.test(type) ? 'a web page' : type === '' ? 'an unnamed type' : type.slice(0, 60);
}

function flawOf(body: Values, question: Question): string {
  if (typeof body.kind !== 'string' || body.kind === '') return 'an object that has no kind';
  if (!isCollection(question)) return '';
  if (!Array.isArray(body.items)) return `a ${body.kind.slice(0, 60)} whose items are ${body.items === null ? 'null' : 'missing'}`;
  const version = isRecord(body.metadata) ? body.metadata.resourceVersion : undefined;
  if (typeof version !== 'string' || version === '') return 'a list that has no metadata.resourceVersion';
  return body.items.every(hasName) ? '' : 'a list in which an object has no name';
}

function hasName(item: unknown): boolean {
  return isRecord(item) && isRecord(item.metadata) && typeof item.metadata.name === 'string' && item.metadata.name !== '';
}

/** Whether the request reads all objects of a kind: `/api/v1/nodes`, `/apis/apps/v1/namespaces/x/deployments`. */
function isCollection({ method, path }: Question): boolean {
  const [, below = ''] = /\/(?:api\/[^/]+|apis\/[^/]+\/[^/]+)\/(.+)$/.exec(path) ?? [];
  const parts = below.split('/').filter((part) => part !== '');
  const rest = parts[0] === 'namespaces' && parts.length > 2 ? parts.slice(2) : parts;
  return method === 'GET' && rest.length === 1;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const WATCH_EVENTS: ReadonlySet<unknown> = new Set(['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK', 'ERROR']);

export interface WatchEvent {
  readonly type: string;
  readonly object: Values;
}

/** One line of a watch. Throws WrongAnswerError. */
export function readWatchLine(line: string, path: string): WatchEvent {
  const event = parse(line);
  const question = { method: 'WATCH', path };
  if (!isRecord(event) || !WATCH_EVENTS.has(event.type)) throw new WrongAnswerError(question, 'a line of it is no event of a watch');
  const { type, object } = event;
  if (!isRecord(object)) throw new WrongAnswerError(question, `an event ${String(type)} of it has no object`);
  const { name, resourceVersion } = isRecord(object.metadata) ? object.metadata : {};
  if (type !== 'ERROR' && typeof resourceVersion !== 'string')
    throw new WrongAnswerError(question, `an event ${String(type)} of it has no metadata.resourceVersion`);
  if (type !== 'ERROR' && type !== 'BOOKMARK' && typeof name !== 'string')
    throw new WrongAnswerError(question, `an object of an event ${String(type)} has no name`);
  return { type: String(type), object };
}
