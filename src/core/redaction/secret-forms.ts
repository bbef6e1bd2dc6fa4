// The forms in which a secret can occur in a text, and the secrets of a kubeconfig. Pure.
import type { Kubeconfig } from '../config/kubeconfig.js';
import { isSecretFlag, isSecretLike } from './secret-names.js';
import { getList, getRecord, getRecords, getString, recordAt } from '../lib/json.js';
import type { Values } from '../model/values.js';

/** Shorter texts are not secrets, and masking them would mask ordinary words. */
const MIN_SECRET_LENGTH = 4;
/** Lines of a key are longer; a shorter line may be an ordinary word. */
const MIN_LINE_LENGTH = 16;
/** A setting of an exec plugin with at least this length may be a secret, whatever its name is. */
const MIN_SETTING_LENGTH = 8;
/** Longer texts are files, which a URL does not contain. */
const MAX_ESCAPED_LENGTH = 4096;
const MAX_CODED_LENGTH = 65_536;

/**
 * The secret unchanged, escaped for URLs and JSON, as base64 and, if it is base64 itself, decoded; of several lines
 * each one that is long enough. Never a text of several lines: a runner would mask each line, even `apiVersion: v1`
 * (actions/toolkit, core.setSecret).
 */
export function formsOf(secret: string): string[] {
  const text = secret.trim();
  if (text.length > MAX_CODED_LENGTH) return linesOf(text);
  const decoded = decode(text);
  const plain = [...linesOf(text), ...(decoded === null ? [] : linesOf(decoded))];
  const coded = [secret, text, ...(decoded === null ? [] : [decoded.trim()])].flatMap(base64Of);
  const forms = [
    ...plain,
    ...plain.filter((form) => form.length <= MAX_ESCAPED_LENGTH).flatMap(escapedForms),
    ...coded,
    ...coded.map((form) => form.replaceAll('+', '-').replaceAll('/', '_')),
  ];
  return [...new Set(forms)].filter((form) => form.length >= MIN_SECRET_LENGTH);
}

/** As escaped in a URL or a form, by Go or by JavaScript, and in a JSON string. */
function escapedForms(secret: string): string[] {
  const [uri, json] = [encodeUri(secret), JSON.stringify(secret).slice(1, -1)];
  const strict = uri.replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
  const coded = [uri, strict].flatMap((text) => [
    text,
    text.replaceAll('%20', '+'),
    text.replace(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase()),
  ]);
  return [...coded, json, json.replace(/[<>&]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`)];
}

function encodeUri(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    // A lone surrogate cannot be encoded.
    return text;
  }
}

/** The whole text, and the text without its last bytes, because their encoding depends on the text after the secret. */
function base64Of(text: string): string[] {
  const bytes = Buffer.from(text);
  const start = bytes.subarray(0, bytes.length - (bytes.length % 3));
  return [bytes.toString('base64'), start.toString('base64')].filter((form) => form.length >= MIN_SETTING_LENGTH);
}

/**
 * A single line is one secret; a key of several lines is one secret per line, without headings and a short last line.
 */
function linesOf(text: string): string[] {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  if (lines.length === 1) return lines;
  return lines.filter((line) => line.length >= MIN_LINE_LENGTH && !line.startsWith('-----') && !/\s/.test(line));
}

function decode(text: string): string | null {
  const packed = text.replace(/\s+/g, '');
  if (packed.length < MIN_LINE_LENGTH || packed.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(packed)) return null;
  const decoded = Buffer.from(packed, 'base64').toString('utf8');
  return /^[\t\r\n\x20-\x7e]+$/.test(decoded) ? decoded : null;
}

/** Every secret of the users in these kubeconfigs, and the passwords in the URLs of servers and proxies. */
export function secretsOfKubeconfig({ users, clusters }: Pick<Kubeconfig, 'users' | 'clusters'>): string[] {
  return [
    ...users.flatMap(({ body }) => secretsOfUser(body)),
    ...clusters.flatMap(({ body }) => [...secretsOfAddress(body['proxy-url']), ...secretsOfAddress(body.server)]),
  ];
}

function secretsOfUser(user: Values): string[] {
  const own = ['token', 'password', 'client-key-data'].map((key) => user[key]);
  const settings = Object.entries(recordAt(user, 'auth-provider.config')).filter(
    ([name]) => isSecretLike(name) && name !== 'idp-certificate-authority-data',
  );
  return [...texts(own), ...texts(settings.map(([, value]) => value)), ...secretsOfExec(getRecord(user.exec))];
}

function secretsOfExec({ env, args }: Values): string[] {
  const settings = getRecords(env).filter(({ name, value }) => {
    const length = typeof value === 'string' ? value.length : 0;
    return length >= MIN_SETTING_LENGTH || (isSecretLike(String(name)) && length >= MIN_SECRET_LENGTH);
  });
  const words = getList(args).map(getString);
  const named = words.flatMap((word, index) => {
    const [flag = ''] = word.split('=', 1);
    const value = word.includes('=') ? word.slice(flag.length + 1) : undefined;
    if (!isSecretFlag(flag)) return [];
    return [value ?? words[index + 1] ?? ''].filter(
      (secret) => secret.length >= MIN_SECRET_LENGTH && !secret.startsWith('-'),
    );
  });
  return [...texts(settings.map(({ value }) => value)), ...named];
}

/** The password in a URL such as `https://user:password@host`. */
export function secretsOfAddress(address: unknown): string[] {
  const found = typeof address === 'string' ? /^[a-z0-9+.-]+:\/\/([^/@\s]*)@/i.exec(address)?.[1] : undefined;
  if (found === undefined) return [];
  const password = found.includes(':') ? found.slice(found.indexOf(':') + 1) : found;
  return [password, unescaped(password)].filter((secret) => secret.length >= MIN_SECRET_LENGTH);
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function texts(values: readonly unknown[]): string[] {
  return values.map(getString).filter((text) => text !== '');
}
