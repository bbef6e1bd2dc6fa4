// Masks the secrets of structured data: Kubernetes objects, events of a run, Helm values. Also collects them, because
// logs may repeat them. Pure.
import { maskLines } from './mask-lines.js';
import { MASK, maskText, plainMark, type Mark } from './mask-text.js';
import { isSecretFlag, isSecretLike, isSecretLikeInText, refersToSecret } from './secret-names.js';
import { isRecord } from '../lib/json.js';
import type { Values } from '../model/values.js';

/** How texts and secrets are replaced. */
export interface Masks {
  readonly text: (text: string) => string;
  readonly secret: Mark;
}

/**
 * Plain records and lists are copied; instances of a class, such as hidden values, are returned unchanged, because they
 * mask themselves.
 */
export function maskValue(value: unknown, masks: Masks): unknown {
  if (typeof value === 'string') return masks.text(value);
  if (Array.isArray(value))
    return value.map((item: unknown, at) =>
      isArgument(value, at) ? masks.secret(value[at] as string) : maskValue(item, masks),
    );
  if (!isPlain(value)) return value;
  const isVariable = isSecretVariable(value);
  return Object.fromEntries(
    Object.entries(value).map(([key, below]) => [
      key,
      key === 'value' && isVariable ? masks.secret(String(below)) : maskValue(below, masks),
    ]),
  );
}

function isPlain(value: unknown): value is Values {
  const prototype: unknown = typeof value === 'object' && value !== null ? Object.getPrototypeOf(value) : undefined;
  return prototype === Object.prototype || prototype === null;
}

/** An argument that follows a flag such as `--password`. */
function isArgument(list: readonly unknown[], at: number): boolean {
  const [flag, argument] = [list[at - 1], list[at]];
  return typeof flag === 'string' && typeof argument === 'string' && isSecretFlag(flag) && !argument.startsWith('-');
}

/** An entry such as `{name: DB_PWD, value: x}` that contains its value. */
function isSecretVariable({ name, value }: Values): boolean {
  return typeof name === 'string' && (typeof value === 'string' || typeof value === 'number') && isSecretLike(name);
}

/** Long fields that are not relevant for a failure. */
const LEFT_OUT: ReadonlySet<string> = new Set(['managedFields']);
/** kubectl stores the whole applied object here, including environment variables. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * A Kubernetes object as plain data, without secrets: the data of a Secret, variables, arguments and annotations with a
 * secret-like name, and secret-like strings.
 */
export function maskObject(object: unknown, mark: Mark = plainMark): unknown {
  return withoutDetails(toPlain(object ?? null), { text: (text) => maskAnyText(text, mark), secret: mark });
}

/** As in JSON: an instance of a class becomes a record, a date becomes a string, undefined values are omitted. */
function toPlain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(toPlain);
  const { toJSON } = value as { toJSON?: () => unknown };
  if (typeof toJSON === 'function') return toPlain(toJSON.call(value));
  const entries = Object.entries(value).filter(([, below]) => below !== undefined);
  return Object.fromEntries(entries.map(([key, below]) => [key, toPlain(below)]));
}

function maskAnyText(text: string, mark: Mark): string {
  return text.includes('\n') ? maskLines(text, { mark, isSecretName: isSecretLikeInText }) : maskText(text, mark);
}

function withoutDetails(value: unknown, masks: Masks): unknown {
  if (Array.isArray(value) && value.some(isRecord)) return value.map((item) => withoutDetails(item, masks));
  if (!isRecord(value) || isSecretVariable(value)) return maskValue(value, masks);
  const isSecret = value.kind === 'Secret';
  const kept = Object.entries(value).filter(([key]) => !LEFT_OUT.has(key));
  return Object.fromEntries(
    kept.map(([key, below]) => [
      key,
      isSecret && (key === 'data' || key === 'stringData') ? maskAll(below, masks) : maskField(key, below, masks),
    ]),
  );
}

function maskField(key: string, value: unknown, masks: Masks): unknown {
  if (key !== 'annotations' || !isRecord(value)) return withoutDetails(value, masks);
  return Object.fromEntries(Object.entries(value).map(([name, text]) => [name, maskAnnotation(name, text, masks)]));
}

function maskAnnotation(name: string, text: unknown, masks: Masks): unknown {
  if (name === LAST_APPLIED) return MASK;
  return isSecretLike(name) ? masks.secret(String(text)) : withoutDetails(text, masks);
}

function maskAll(table: unknown, { secret }: Masks): unknown {
  return isRecord(table)
    ? Object.fromEntries(Object.entries(table).map(([key, value]) => [key, secret(String(value))]))
    : MASK;
}

/** Shorter values would mask ordinary words. */
const MIN_SECRET = 4;

/** The secrets that `maskObject` masks, so that they can also be masked in logs. */
export function secretsInObject(object: unknown): string[] {
  const { found, mark } = collector();
  maskObject(object, mark);
  return found();
}

/**
 * The secrets in Helm values: below keys with a secret-like name, in variables, in arguments, and in strings that are
 * configuration files.
 */
export function secretsInValues(values: Values): string[] {
  const { found, mark } = collector();
  collect(values, { text: (text) => maskAnyText(text, mark), secret: mark }, false);
  return found();
}

function collect(value: unknown, masks: Masks, isSecret: boolean): void {
  if (Array.isArray(value)) return value.forEach((item, at) => collect(item, masks, isSecret || isArgument(value, at)));
  if (isRecord(value)) return collectEntries(value, masks, isSecret);
  if (isSecret && (typeof value === 'string' || typeof value === 'number')) masks.secret(String(value));
  else maskValue(value, masks);
}

function collectEntries(table: Values, masks: Masks, isSecret: boolean): void {
  const isVariable = isSecretVariable(table);
  for (const [key, below] of Object.entries(table)) {
    if (!refersToSecret(key)) collect(below, masks, isSecret || isSecretLike(key) || (key === 'value' && isVariable));
  }
}

function collector(): { readonly found: () => string[]; readonly mark: Mark } {
  const secrets: string[] = [];
  const mark: Mark = (secret) => {
    secrets.push(unquoted(secret.trim()));
    return MASK;
  };
  return {
    mark,
    found: () => [...new Set(secrets)].filter((secret) => secret.length >= MIN_SECRET && secret !== MASK),
  };
}

function unquoted(text: string): string {
  const quote = text[0];
  return text.length > 1 && (quote === '"' || quote === "'") && text.endsWith(quote) ? text.slice(1, -1) : text;
}
