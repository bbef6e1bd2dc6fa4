// Keeps secrets out of texts that we did not write ourselves: a program's last words, an error of the API server.
import { isTable, type HiddenValues, type Values } from './values.js';
import type { EventDraft } from './events.js';

/** Keys whose values are taken for secrets; one too many only hides a word. */
const SECRET_KEY = /pass|secret|token|key|credential|auth/i;
/** Keys below which a Secret is only named: a person has to read which one is missing. */
const NAMES_SECRET = /^(secretKeyRef|secretRef|secretName|existingSecret|imagePullSecrets|pullSecrets)$/;
/** Shorter values would hide ordinary words. */
const SHORTEST = 4;

/** The values among a user's that must not be shown. */
export function secretsOf(values: HiddenValues): string[] {
  return collect(values.reveal(), false);
}

function collect(value: unknown, isSecret: boolean): string[] {
  if (isTable(value))
    return Object.entries(value as Values).flatMap(([key, below]) => (NAMES_SECRET.test(key) ? [] : collect(below, isSecret || SECRET_KEY.test(key))));
  if (Array.isArray(value)) return value.flatMap((each) => collect(each, isSecret));
  return isSecret && (typeof value === 'string' || typeof value === 'number') && String(value).length >= SHORTEST ? [String(value)] : [];
}

export interface Redactor {
  hide(secret: string): void;
  clean(text: string): string;
  /** The same event, with every hidden secret in any of its texts replaced by `***`. */
  redact(draft: EventDraft): EventDraft;
}

export function makeRedactor(): Redactor {
  const hidden = new Set<string>();
  const clean = (text: string): string => [...hidden].reduce((cleaned, secret) => cleaned.replaceAll(secret, '***'), text);
  return { hide: (secret) => void hidden.add(secret), clean, redact: (draft) => (hidden.size === 0 ? draft : (cleanEach(draft, clean) as EventDraft)) };
}

/** Plain tables and lists are copied; a class of ours, such as hidden values, knows how to keep its secrets itself. */
function cleanEach(value: unknown, clean: (text: string) => string): unknown {
  if (typeof value === 'string') return clean(value);
  if (Array.isArray(value)) return value.map((each) => cleanEach(each, clean));
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, cleanEach(each, clean)]));
}
