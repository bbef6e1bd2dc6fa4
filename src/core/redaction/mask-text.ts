// Masks secret-like strings in an external text: a log, a message, an error. Pure, and linear in the length of the
// text: no part is scanned more than a few times.
import { findHeader, findLogin, findPrivateKey, findWebToken } from './secret-patterns.js';
import { endOf, skipBack, type Find, type Span } from './mask-span.js';
import { isSecretFlag, isSecretLikeInText, SECRET_WORDS } from './secret-names.js';

/** Returns the replacement of a secret. */
export type Mark = (secret: string) => string;

export const MASK = '***';
export const plainMark: Mark = () => MASK;

/**
 * Masks private keys, web tokens, passwords in URLs, credentials of HTTP headers, and values beside a name such as
 * `password=` or after a flag such as `--password`.
 */
export function maskText(text: string, mark: Mark = plainMark): string {
  return FINDERS.reduce((masked, find) => maskSpans(masked, find, mark), text);
}

/** Masks private keys only: the only kind of secret that spans several lines. */
export function maskKeys(text: string): string {
  return maskSpans(text, findPrivateKey, plainMark);
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

/** Values that are not secret whatever their name is, and masked values. */
const NO_SECRET = /^(?:true|false|null|nil|none|bearer|basic|\{\}?|\[\]?|[|>][+-]?\d?|\*+)$/i;

/** True for a boolean, an empty value, and the start of a list or mapping. */
export function isNoSecret(value: string): boolean {
  return value === '' || NO_SECRET.test(value);
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
  // A word of a sentence, as in "the backup did not pass: it is truncated".
  if (
    isColon &&
    /^pass$/i.test(text.slice(start, end)) &&
    text[start - 1] === ' ' &&
    /^: [a-z]/.test(text.slice(separator, separator + 3))
  )
    return false;
  // The end of a path before a colon is the file of an error message.
  return !(isColon && text[start - 1] === '/') && isSecretLikeInText(text.slice(start, end));
}

/** A name, and the position of the `=` or `:` after it. */
export interface Named extends Span {
  readonly separator: number;
}

const NAME_REST = /[\w.-]*/y;
const BEFORE_SEPARATOR = /[ \t"'\\]*/y;
const NAME_CHARACTER = /[\w.-]/;
const MAX_NAME = 256;

/** The next name that contains one of these words and is followed by a separator. `words` must be a global pattern. */
export function findNamed(text: string, from: number, words: RegExp): Named | null {
  words.lastIndex = from;
  for (let found = words.exec(text); found; found = words.exec(text)) {
    const end = endOf(NAME_REST, text, found.index);
    const separator = endOf(BEFORE_SEPARATOR, text, end);
    if (text[separator] === '=' || text[separator] === ':')
      return { start: skipBack(text, found.index, NAME_CHARACTER, MAX_NAME), end, separator };
    words.lastIndex = separator;
  }
  return null;
}

const MAX_ESCAPES = 8;

const BLANKS = /[ \t]{0,3}/y;
const OPENING = /\\{0,8}["']/y;
const BARE_VALUE = /[^\s"',;&\])}]*/y;

/**
 * The value at a position: a whole quoted string, else the text up to the next space or punctuation; null if there is
 * none.
 */
function valueFrom(text: string, from: number): Span | null {
  const begin = endOf(BLANKS, text, from);
  const start = endOf(OPENING, text, begin);
  const end = (start > begin ? closingQuote(text, begin, start) : null) ?? endOf(BARE_VALUE, text, start);
  return isNoSecret(text.slice(start, end)) ? null : { start, end };
}

const UNQUOTED = /[^"'\n]*/y;

/**
 * Where the quoted string ends on the same line: before the same quote with no more backslashes; null if it does not.
 */
function closingQuote(text: string, begin: number, start: number): number | null {
  const opening = text.slice(begin, start);
  for (
    let at = endOf(UNQUOTED, text, start);
    at < text.length && text[at] !== '\n';
    at = endOf(UNQUOTED, text, at + 1)
  ) {
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
    if (!isSecretFlag(found[0]) || !isSecretLikeInText(found[0])) continue;
    const after = found.index + found[0].length;
    const start = endOf(BEFORE_ARGUMENT, text, after);
    const end = endOf(BARE_VALUE, text, start);
    if (start > after && text[start] !== '-' && !isNoSecret(text.slice(start, end))) return { start, end };
  }
  return null;
}

/** Private keys come first: they may contain text that matches another finder. */
const FINDERS: readonly Find[] = [findPrivateKey, findWebToken, findLogin, findHeader, findPair, findArgument];
