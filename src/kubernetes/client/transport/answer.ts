// Validates the responses of the API server. Anything else, such as the page of a proxy, is an error that names the
// request: never an empty list.
import { UpgradeError } from '../../../core/model/error.js';
import { getRecord, isRecord, parseJson, stringAt } from '../../../core/lib/json.js';
import type { Values } from '../../../core/model/values.js';

/** A request as it may be logged: without its query, which may contain confidential data. */
export interface Question {
  readonly method: string;
  readonly path: string;
}

/** The largest response that is read. A list of 10,000 pods has about 60 MB. */
export const MAX_ANSWER_BYTES = 64 << 20;

/** A response that is not one of the Kubernetes API. `isTransient` if a retry of the same request may succeed. */
export class WrongAnswerError extends UpgradeError {
  readonly isTransient: boolean;
  constructor({ method, path }: Question, why: string, isTransient = true) {
    const remedy =
      'Check for a proxy or a login page between the runner and the API server. Run the action again: it resumes from the current state.';
    super({ code: 'cluster-unreachable', what: `The response to ${method} ${path} is not valid`, why, remedy });
    this.isTransient = isTransient;
  }
}

export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
}

/** Throws WrongAnswerError if a successful response is not what the Kubernetes API returns for this request. */
export function checkAnswer(question: Question, { status, contentType, text }: Answer): void {
  if (isFirstContact(question)) return;
  if (status >= 300 && status < 400)
    throw new WrongAnswerError(
      question,
      `it is a redirect (${status}), which is not followed because it would send the credentials to another server`,
      false,
    );
  if (status >= 400 || isPlainText(question)) return;
  if (!/json/i.test(contentType))
    throw new WrongAnswerError(question, `status ${status} with ${describeType(contentType)} instead of JSON`);
  const body = parseJson(text);
  if (!isRecord(body))
    throw new WrongAnswerError(question, `status ${status} with JSON that is truncated or not an object`);
  const flaw = whyInvalid(body, question);
  if (flaw !== '') throw new WrongAnswerError(question, `status ${status} with ${flaw}`);
}

/** The version request is evaluated where it is sent, since anything may answer there. */
function isFirstContact({ path }: Question): boolean {
  return path.endsWith('/version') && !/\/apis?\//.test(path);
}

/** Logs are plain text. */
function isPlainText({ path }: Question): boolean {
  return path.endsWith('/log');
}

function describeType(contentType: string): string {
  const type = contentType.split(';', 1).join('').trim();
  return /html/i.test(type) ? 'a web page' : type === '' ? 'an unnamed type' : type.slice(0, 60);
}

function whyInvalid(body: Values, question: Question): string {
  if (typeof body.kind !== 'string' || body.kind === '') return 'an object that has no kind';
  if (!isCollection(question)) return '';
  if (!Array.isArray(body.items))
    return `a ${body.kind.slice(0, 60)} whose items are ${body.items === null ? 'null' : 'missing'}`;
  if (stringAt(body, 'metadata.resourceVersion') === '') return 'a list that has no metadata.resourceVersion';
  return body.items.every(hasName) ? '' : 'a list in which an object has no name';
}

function hasName(item: unknown): boolean {
  return stringAt(getRecord(item), 'metadata.name') !== '';
}

/** Whether the request lists all objects of a kind: `/api/v1/nodes`, `/apis/apps/v1/namespaces/x/deployments`. */
function isCollection({ method, path }: Question): boolean {
  const [, below = ''] = /\/(?:api\/[^/]+|apis\/[^/]+\/[^/]+)\/(.+)$/.exec(path) ?? [];
  const parts = below.split('/').filter((part) => part !== '');
  const rest = parts[0] === 'namespaces' && parts.length > 2 ? parts.slice(2) : parts;
  return method === 'GET' && rest.length === 1;
}

const WATCH_EVENTS: ReadonlySet<unknown> = new Set(['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK', 'ERROR']);

export interface WatchEvent {
  readonly type: string;
  readonly object: Values;
}

/** Parses one line of a watch. Throws WrongAnswerError. */
export function readWatchLine(line: string, path: string): WatchEvent {
  const event = parseJson(line);
  const question = { method: 'WATCH', path };
  if (!isRecord(event) || !WATCH_EVENTS.has(event.type))
    throw new WrongAnswerError(question, 'a line of it is not a watch event');
  const { type, object } = event;
  if (!isRecord(object)) throw new WrongAnswerError(question, `its event ${String(type)} has no object`);
  const { name, resourceVersion } = getRecord(object.metadata);
  if (type !== 'ERROR' && typeof resourceVersion !== 'string')
    throw new WrongAnswerError(question, `its event ${String(type)} has no metadata.resourceVersion`);
  if (type !== 'ERROR' && type !== 'BOOKMARK' && typeof name !== 'string')
    throw new WrongAnswerError(question, `the object of its event ${String(type)} has no name`);
  return { type: String(type), object };
}
