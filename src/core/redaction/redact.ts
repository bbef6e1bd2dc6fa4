// Removes secrets from everything that a run prints and writes: known secrets in every form, and secret-like strings.
// Pure.
import type { EventDraft } from '../model/event.js';
import { maskValue, secretsInValues } from './mask-object.js';
import { maskText, plainMark } from './mask-text.js';
import { formsOf } from './secret-forms.js';
import type { SecretValues } from '../model/values.js';

/** The secrets in user-supplied values. */
export function secretsOf(values: SecretValues): string[] {
  return secretsInValues(values.reveal());
}

export interface Redactor {
  addSecret(secret: string): void;
  redact(text: string): string;
  /** The same event, with every secret in any of its texts replaced by `***`. */
  redactEvent(draft: EventDraft): EventDraft;
  /** The same for any record or list of strings. */
  redactAll<T>(value: T): T;
}

export function makeRedactor(): Redactor {
  const hidden = new Set<string>();
  let longestFirst: readonly string[] = [];
  const addSecret = (secret: string): void => {
    for (const form of formsOf(secret)) hidden.add(form);
    longestFirst = [...hidden].sort((secret, other) => other.length - secret.length);
  };
  const redact = (text: string): string =>
    maskText(
      longestFirst.reduce(
        (cleaned, secret) => (cleaned.includes(secret) ? cleaned.replaceAll(secret, '***') : cleaned),
        text,
      ),
    );
  const masks = { text: redact, secret: plainMark };
  return {
    addSecret,
    redact,
    redactEvent: (draft) => maskValue(draft, masks) as EventDraft,
    redactAll: (value) => maskValue(value, masks) as typeof value,
  };
}
