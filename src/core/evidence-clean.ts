// Takes secrets out of Kubernetes objects before they are written down, and finds those that logs may repeat. Pure.
import { looksSecret, maskPairs } from './redact.js';
import { isTable } from './values.js';

const HIDDEN = '***';
/** Fields that say nothing about a failure and are long. */
const LEFT_OUT = new Set(['managedFields']);
/** kubectl keeps the whole object as it was applied here, environment and all. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
/** A flag whose value is the next word. */
const SECRET_FLAG = /^--?[\w-]*(pass|secret|token|credential|key)[\w-]*$/i;
const SHORTEST = 4;

/** The object as plain data, without secrets: values of variables with such a name, of such flags, and what kubectl keeps in an annotation. */
export function cleanObject(object: unknown): unknown {
  return clean(JSON.parse(JSON.stringify(object ?? null)));
}

function clean(value: unknown): unknown {
  if (typeof value === 'string') return maskPairs(value);
  if (Array.isArray(value)) return value.map((each, at) => (isSecretWord(value[at - 1]) && typeof each === 'string' ? HIDDEN : clean(each)));
  if (!isTable(value)) return value;
  if (isSecretVariable(value)) return { ...value, value: HIDDEN };
  const kept = Object.entries(value).filter(([key]) => !LEFT_OUT.has(key));
  return Object.fromEntries(kept.map(([key, each]) => [key, key === 'annotations' && isTable(each) ? cleanAnnotations(each) : clean(each)]));
}

function cleanAnnotations(annotations: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const hides = (key: string): boolean => key === LAST_APPLIED || looksSecret(key);
  return Object.fromEntries(Object.entries(annotations).map(([key, value]) => [key, hides(key) ? HIDDEN : clean(value)]));
}

function isSecretWord(word: unknown): boolean {
  return typeof word === 'string' && SECRET_FLAG.test(word);
}

/** An entry of a container's `env` that carries its value itself. */
function isSecretVariable(entry: Readonly<Record<string, unknown>>): entry is { readonly name: string; readonly value: string } {
  return typeof entry.name === 'string' && typeof entry.value === 'string' && looksSecret(entry.name);
}

/** The values that `cleanObject` hides and that a log may repeat. */
export function secretsInObject(object: unknown): string[] {
  return collect(JSON.parse(JSON.stringify(object ?? null))).filter((each) => each.length >= SHORTEST);
}

function collect(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap((each: unknown, at) => (isSecretWord(value[at - 1]) && typeof each === 'string' ? [each] : collect(each)));
  if (!isTable(value)) return [];
  return isSecretVariable(value) ? [value.value] : Object.values(value).flatMap(collect);
}
