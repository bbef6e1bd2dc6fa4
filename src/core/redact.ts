// Keeps secrets out of texts that we did not write ourselves: a program's last words, an error of the API server.
import { isTable, type HiddenValues, type Values } from './values.js';
import type { EventDraft } from './events.js';

/** Keys whose values are taken for secrets; one too many only hides a word. */
const SECRET_KEY = /pass|secret|token|key|credential|auth/i;
/** Shorter values would hide ordinary words. */
const SHORTEST = 4;

/** The values among a user's that must not be shown. */
export function secretsOf(values: HiddenValues): string[] {
  return collect(values.reveal(), false);
}

function collect(value: unknown, isSecret: boolean): string[] {
  if (isTable(value)) return Object.entries(value as Values).flatMap(([key, below]) => collect(below, isSecret || SECRET_KEY.test(key)));
  if (Array.isArray(value)) return value.flatMap((each) => collect(each, isSecret));
  return isSecret && (typeof value === 'string' || typeof value === 'number') && String(value).length >= SHORTEST ? [String(value)] : [];
}

export interface Redactor {
  hide(secret: string): void;
  /** The same event, with every hidden secret in its messages replaced by `***`. */
  redact(draft: EventDraft): EventDraft;
}

export function makeRedactor(): Redactor {
  const hidden = new Set<string>();
  const clean = (text: string): string => [...hidden].reduce((cleaned, secret) => cleaned.replaceAll(secret, '***'), text);
  const redact = (draft: EventDraft): EventDraft => {
    if (draft.type === 'noted' || draft.type === 'healed' || draft.type === 'warned') return { ...draft, message: clean(draft.message) };
    if (draft.type !== 'failed') return draft;
    const { code, what, why, remedy } = draft.problem;
    return { ...draft, problem: { code, what: clean(what), why: clean(why), remedy: clean(remedy) } };
  };
  return { hide: (secret) => void hidden.add(secret), redact };
}
