// Secrets that are recognized by their form: private keys, web tokens, passwords in URLs, credentials of HTTP headers.
// Pure, and linear in the length of the text.
import { endOf, type Span } from './mask-span.js';

const KEY_HEADING = /-----BEGIN ([A-Z0-9 ]*)-----/g;

/** A private key with its headings; a truncated one extends to the end of the text. */
export function findPrivateKey(text: string, from: number): Span | null {
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
/** `{"` in base64: the start of the header and the claims of a JSON web token. */
const TOKEN_HEAD = 'eyJ';
const MIN_TOKEN_PART = 8;

export function findWebToken(text: string, from: number): Span | null {
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
    (part, at) =>
      isLong(part) &&
      part.includes(TOKEN_HEAD) &&
      isLong(parts[at + 1]) &&
      parts[at + 1]!.startsWith(TOKEN_HEAD) &&
      isLong(parts[at + 2]),
  );
}

const AUTHORITY = /[^\s/"<>]*/y;

/** The password in `scheme://user:password@host`, or everything before the "@" if there is no user. */
export function findLogin(text: string, from: number): Span | null {
  for (let at = text.indexOf('://', from); at >= 0; ) {
    const begin = at + 3;
    const end = endOf(AUTHORITY, text, begin);
    const login = text.slice(begin, end);
    const [colon, sign] = [login.indexOf(':'), login.lastIndexOf('@')];
    const hasUser = colon >= 0 && colon < sign;
    const start = hasUser ? begin + colon + 1 : begin;
    // With ssh, a user without a password is not a secret.
    if (begin + sign > start && (hasUser || text.slice(at - 3, at) !== 'ssh')) return { start, end: begin + sign };
    at = text.indexOf('://', end);
  }
  return null;
}

const HEADER = /\b(?:Bearer|Basic)\s{1,8}/gi;
const HEADER_VALUE = /[\w+/=.~-]*/y;
const MIN_HEADER_VALUE = 8;

export function findHeader(text: string, from: number): Span | null {
  HEADER.lastIndex = from;
  for (let found = HEADER.exec(text); found; found = HEADER.exec(text)) {
    const start = found.index + found[0].length;
    const end = endOf(HEADER_VALUE, text, start);
    if (end - start >= MIN_HEADER_VALUE) return { start, end };
  }
  return null;
}
