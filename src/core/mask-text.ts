// Masks what looks like a secret in a text that others wrote: a log, a message, an error. Pure, and linear in the length of the text: no part of it is scanned more than a few times.
import { isSecretFlag, looksSecretInText, SECRET_WORDS } from './secret-names.js';

/** Replaces one secret; it is given the secret that it stands for. */
export type Mark = (secret: string) => string;

export const MASK = '***';
export const plainMark: Mark = () => MASK;

/** A part of a text, from its start to before its end. */
interface Span {
  readonly start: number;
  readonly end: number;
}

/** The next secret at or after a position; never empty. */
type Find = (text: string, from: number) => Span | null;

/** Masks private keys, web tokens, passwords in addresses, credentials of HTTP headers, and values beside a name such as `password=` or after a flag such as `--password`. */
export function maskText(text: string, mark: Mark = plainMark): string {
  return FINDERS.reduce((masked, find) => maskSpans(masked, find, mark), text);
}

function maskSpans(text: string, find: Find, mark: Mark): string {
  const pieces: string[] = [];
  let done = 0;
  for (let span = find(text, 0); span; span = find(text, span.end)) {
    pieces.push(text.slice(done, span.start), mark(text.slice(span.start, span.end)));
    done = span.end;
  }
  return done === 0 ? text : [...pieces, text.slice(done)].join('');
}

/** Values that are no secret whatever their name is, and what is masked already. */
const NO_SECRET = /^(?:true|false|null|nil|none|bearer|basic|\{\}?|\[\]?|[|>][+-]?\d?|\*+)$/i;

/** True for a switch, for nothing, and for the beginning of a list or table. */
export function isNoSecret(value: string): boolean {
  return value === '' || NO_SECRET.test(value);
}

/** Where a run of characters that the sticky pattern allows ends. */
function endOf(run: RegExp, text: string, start: number): number {
  run.lastIndex = start;
  return start + (run.exec(text)?.[0].length ?? 0);
}

const KEY_HEADING = /-----BEGIN ([A-Z0-9 ]*)-----/g;

/** A private key with its headings; one that is cut off reaches to the end of the text. */
function findPrivateKey(text: string, from: number): Span | null {
  KEY_HEADING.lastIndex = from;
  for (let found = KEY_HEADING.exec(text); found; found = KEY_HEADING.exec(text)) {
    const [heading, label = ''] = found;
    if (!label.endsWith('PRIVATE KEY')) continue;
    const ending = `-----END ${label}-----`;
    const end = text.indexOf(ending, found.index + heading.length);
    return { start: found.index, end: end < 0 ? text.length : end + ending.length };
  }
  return null;
}

const TOKEN_RUN = /[\w.-]*[\w-]/y;
/** `{"` in base64 begins the header and the claims of a JSON web token. */
const TOKEN_HEAD = 'eyJ';
const MIN_TOKEN_PART = 8;

function findWebToken(text: string, from: number): Span | null {
  for (let start = text.indexOf(TOKEN_HEAD, from); start >= 0; ) {
    const end = endOf(TOKEN_RUN, text, start);
    if (holdsWebToken(text.slice(start, end))) return { start, end };
    start = text.indexOf(TOKEN_HEAD, end);
  }
  return null;
}

function holdsWebToken(run: string): boolean {
  const parts = run.split('.');
  const isLong = (part = ''): boolean => part.length >= MIN_TOKEN_PART;
  return parts.some(
    (part, at) => isLong(part) && part.includes(TOKEN_HEAD) && isLong(parts[at + 1]) && parts[at + 1]!.startsWith(TOKEN_HEAD) && isLong(parts[at + 2]),
  );
}

const AUTHORITY = /[^\s/"<>]*/y;

/** The password in `scheme://user:password@host`, or all that stands before the "@" where there is no user. */
function findLogin(text: string, from: number): Span | null {
  for (let at = text.indexOf('://', from); at >= 0; ) {
    const begin = at + 3;
    const end = endOf(AUTHORITY, text, begin);
    const login = text.slice(begin, end);
    const [colon, sign] = [login.indexOf(':'), login.lastIndexOf('@')];
    const hasUser = colon >= 0 && colon < sign;
    const start = hasUser ? begin + colon + 1 : begin;
    // A user without a password is no secret where keys are used.
    if (begin + sign > start && (hasUser || text.slice(at - 3, at) !== 'ssh')) return { start, end: begin + sign };
    at = text.indexOf('://', end);
  }
  return null;
}

const HEADER = /\b(?:Bearer|Basic)\s{1,8}/gi;
const HEADER_VALUE = /[\w+/=.~-]*/y;
const MIN_HEADER_VALUE = 8;

function findHeader(text: string, from: number): Span | null {
  HEADER.lastIndex = from;
  for (let found = HEADER.exec(text); found; found = HEADER.exec(text)) {
    const start = found.index + found[0].length;
    const end = endOf(HEADER_VALUE, text, start);
    if (end - start >= MIN_HEADER_VALUE) return { start, end };
  }
  return null;
}

/** The value of `name=value`, `name: value`, `"name":"value"` or `?name=value`. */
function findPair(text: string, from: number): Span | null {
  for (let named = findNamed(text, from, SECRET_WORDS); named; named = findNamed(text, named.end, SECRET_WORDS)) {
    const value = isSecretPair(text, named) ? valueFrom(text, named.separator + 1) : null;
    if (value) return value;
  }
  return null;
}

function isSecretPair(text: string, { start, end, separator }: Named): boolean {
  const isColon = text[separator] === ':';
  if (isColon && !/[\s"'\\]/.test(text[separator + 1] ?? '')) return false;
  // The end of a path before a colon names a file that an error is about.
  return !(isColon && text[start - 1] === '/') && looksSecretInText(text.slice(start, end));
}

/** A name, and where the `=` or `:` behind it is. */
export interface Named extends Span {
  readonly separator: number;
}

const NAME_REST = /[\w.-]*/y;
const BEFORE_SEPARATOR = /[ \t"'\\]*/y;
const NAME_CHARACTER = /[\w.-]/;
const MAX_NAME = 256;

/** The next name with one of these words in it that a separator follows. The words have to be a global pattern. */
export function findNamed(text: string, from: number, words: RegExp): Named | null {
  words.lastIndex = from;
  for (let found = words.exec(text); found; found = words.exec(text)) {
    const end = endOf(NAME_REST, text, found.index);
    const separator = endOf(BEFORE_SEPARATOR, text, end);
    if (text[separator] === '=' || text[separator] === ':') return { start: skipBack(text, found.index, NAME_CHARACTER, MAX_NAME), end, separator };
    words.lastIndex = separator;
  }
  return null;
}

const MAX_ESCAPES = 8;

function skipBack(text: string, from: number, character: RegExp, most: number): number {
  let at = from;
  while (at > 0 && from - at < most && character.test(text[at - 1]!)) at -= 1;
  return at;
}

const BLANKS = /[ \t]{0,3}/y;
const OPENING = /\\{0,8}["']/y;
const BARE_VALUE = /[^\s"',;&\])}]*/y;

/** What stands at a position as a value: quoted as a whole, else up to the next blank or mark; null where there is none. */
function valueFrom(text: string, from: number): Span | null {
  const begin = endOf(BLANKS, text, from);
  const start = endOf(OPENING, text, begin);
  const end = (start > begin ? closingQuote(text, begin, start) : null) ?? endOf(BARE_VALUE, text, start);
  return isNoSecret(text.slice(start, end)) ? null : { start, end };
}

const UNQUOTED = /[^"'\n]*/y;

/** Where the text that these quotes open ends on the same line: before the same quote with no more backslashes; null where it does not. */
function closingQuote(text: string, begin: number, start: number): number | null {
  const opening = text.slice(begin, start);
  for (let at = endOf(UNQUOTED, text, start); at < text.length && text[at] !== '\n'; at = endOf(UNQUOTED, text, at + 1)) {
    const escapes = at - skipBack(text, at, /\\/, MAX_ESCAPES);
    if (text[at] === opening.at(-1) && escapes < opening.length) return Math.max(start, at - escapes);
  }
  return null;
}

const FLAG = /(?<![\w-])--?\w[\w.-]*/g;
const BEFORE_ARGUMENT = /["']?,?[ \t]{1,3}["']?|["'],["']/y;

/** The argument after a flag such as `--password`, on a command line or in a list. */
function findArgument(text: string, from: number): Span | null {
  FLAG.lastIndex = from;
  for (let found = FLAG.exec(text); found; found = FLAG.exec(text)) {
    if (!isSecretFlag(found[0]) || !looksSecretInText(found[0])) continue;
    const after = found.index + found[0].length;
    const start = endOf(BEFORE_ARGUMENT, text, after);
    const end = endOf(BARE_VALUE, text, start);
    if (start > after && text[start] !== '-' && !isNoSecret(text.slice(start, end))) return { start, end };
  }
  return null;
}

/** Keys come first: what else looks like a secret within one is gone with it. */
const FINDERS: readonly Find[] = [findPrivateKey, findWebToken, findLogin, findHeader, findPair, findArgument];
