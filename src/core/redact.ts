// Keeps secrets out of texts that we did not write ourselves: a program's last words, an error of the API server.
import { formsOf } from './secret-forms.js';
import { isTable, type HiddenValues, type Values } from './values.js';
import type { EventDraft } from './events.js';

/** Keys whose values are taken for secrets; one too many only hides a word. */
const SECRET_KEY = /pass|secret|token|key|credential|auth/i;
/** Keys below which a Secret is only named: a person has to read which one is missing. */
const NAMES_SECRET = /^(secretKeyRef|secretRef|secretName|existingSecret|imagePullSecrets|pullSecrets)$/;
/** Shorter values would hide ordinary words. */
const SHORTEST = 4;

/** True for a key, a path of keys, or a name such as `MINIO_SECRET_KEY`, whose value is taken for a secret. */
export function looksSecret(path: string): boolean {
  return SECRET_KEY.test(path);
}

/** The values among a user's that must not be shown. */
export function secretsOf(values: HiddenValues): string[] {
  return collect(values.reveal(), false);
}

function collect(value: unknown, isSecret: boolean): string[] {
  if (isTable(value))
    return Object.entries(value as Values).flatMap(([key, below]) => (NAMES_SECRET.test(key) ? [] : collect(below, isSecret || looksSecret(key))));
  if (Array.isArray(value)) return value.flatMap((each) => collect(each, isSecret));
  return isSecret && (typeof value === 'string' || typeof value === 'number') && String(value).length >= SHORTEST ? [String(value)] : [];
}

/** `name=value`, `name: value` and `"name":"value"`, for names that hold secrets in commands and logs; narrower than SECRET_KEY, since logs are full of keys. */
const SECRET_PAIR =
  /([\w.-]*(?:passw|passphrase|secret|token|credential|(?:api|access|private|account)[_-]?key)[\w.-]*["']?\s{0,3}(?:=|:(?=[\s"']))\s{0,3}["']?)[^\s"',;&\])}]+/gi;
const BEARER = /\b((?:Bearer|Basic)\s+)[\w+/=.~-]{8,}/g;
const URL_LOGIN = /(\w:\/\/[^\s:@/]{0,200}:)[^\s@/]{1,200}@/g;

/** Hides what looks like a secret by the name before it, in a text of a program that nobody told us the secrets of. */
export function maskPairs(text: string): string {
  return text.replace(SECRET_PAIR, '$1***').replace(BEARER, '$1***').replace(URL_LOGIN, '$1***@');
}

export interface Redactor {
  hide(secret: string): void;
  clean(text: string): string;
  /** The same event, with every hidden secret in any of its texts replaced by `***`. */
  redact(draft: EventDraft): EventDraft;
  /** The same for any table or list of texts. */
  cleanEach<T>(value: T): T;
}

/** What is a secret by its look, whoever wrote it: the token of a service account, a private key, the password in an address. */
const SECRET_LOOKS: readonly (readonly [RegExp, string])[] = [
  [/eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}/g, '***'],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, '***'],
  [/(\b[a-z][a-z0-9+.-]*:\/\/[^/@\s:"]*:)[^/@\s"]+@/gi, '$1***@'],
];

export function makeRedactor(): Redactor {
  const hidden = new Set<string>();
  let longestFirst: readonly string[] = [];
  const hide = (secret: string): void => {
    for (const form of formsOf(secret)) hidden.add(form);
    longestFirst = [...hidden].sort((one, other) => other.length - one.length);
  };
  const clean = (text: string): string => {
    const known = longestFirst.reduce((cleaned, secret) => cleaned.replaceAll(secret, '***'), text);
    return SECRET_LOOKS.reduce((cleaned, [look, instead]) => cleaned.replace(look, instead), known);
  };
  return { hide, clean, redact: (draft) => cleanEach(draft, clean) as EventDraft, cleanEach: (value) => cleanEach(value, clean) as typeof value };
}

/** Plain tables and lists are copied; a class of ours, such as hidden values, knows how to keep its secrets itself. */
function cleanEach(value: unknown, clean: (text: string) => string): unknown {
  if (typeof value === 'string') return clean(value);
  if (Array.isArray(value)) return value.map((each) => cleanEach(each, clean));
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, cleanEach(each, clean)]));
}
