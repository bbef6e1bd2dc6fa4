// The check `unknown-values`: values that the new chart does not use and therefore ignores, with the most similar
// defined name. Pure.
import { isRecord } from '../lib/json.js';
import type { Values } from '../model/values.js';
import type { CheckResult } from '../model/check-result.js';
import { pass, someOf, warn } from './results.js';
import { own } from '../lib/own.js';
import { readsValue } from './template-values.js';

const ID = 'unknown-values';
const SOURCE = 'the default values of the new chart, its values.yaml, and its templates';
/** Records whose keys the user chooses, at any depth. */
const FREE_FORM =
  /^(annotations|labels|nodeSelector|affinity|tolerations|resources|extraEnv|extraConfigFiles|securityContext|global|strategy|data|env|config|configData|configuration)$|(Annotations|Labels|Selector|Context|Security|ConfigFiles)$/;

/** The new chart: its defaults, its templates, and the value keys of its dependencies, which are not checked. */
export interface NewChart {
  readonly defaults: Values;
  readonly templates: readonly string[];
  readonly subcharts: readonly string[];
}

export function evaluateUnknownValues(supplied: Values, { defaults, templates, subcharts }: NewChart): CheckResult[] {
  const free = new Set([...subcharts, 'global']);
  const unknown = unknownPaths(supplied, defaults, '', free).filter(({ path }) => !readsValue(templates, path));
  if (unknown.length === 0) return [pass(ID, 'the new chart uses every value that is set', SOURCE)];
  const described = unknown.map(({ path, meant }) => (meant ? `${path} (${meant}?)` : path));
  return [
    warn(
      ID,
      `the new chart does not use ${unknown.length === 1 ? 'this value' : 'these values'} and ignores what is set: ${someOf(described, 12)}`,
      'Find the new name in the values.yaml of the chart. A value without effect may stay.',
      SOURCE,
    ),
  ];
}

interface Unknown {
  readonly path: string;
  /** The most similar name that the chart defines there; empty if none is similar. */
  readonly meant: string;
}

function unknownPaths(supplied: Values, known: Values, prefix: string, free: ReadonlySet<string>): Unknown[] {
  return Object.entries(supplied).flatMap(([key, value]) => {
    const path = prefix ? `${prefix}.${key}` : key;
    if ((prefix === '' && free.has(key)) || FREE_FORM.test(key) || value === null) return [];
    if (!Object.hasOwn(known, key)) return [{ path, meant: nearest(key, Object.keys(known), prefix) }];
    const below = own(known, key);
    // A default of null, {} or a list does not define which keys are allowed.
    return isRecord(value) && isRecord(below) && Object.keys(below).length > 0
      ? unknownPaths(value, below, path, free)
      : [];
  });
}

function nearest(key: string, names: readonly string[], prefix: string): string {
  const ranked = names
    .map((name) => ({ name, distance: distanceOf(key.toLowerCase(), name.toLowerCase()) }))
    .toSorted((a, b) => a.distance - b.distance);
  const [best] = ranked;
  if (!best || best.distance > Math.max(1, Math.floor(key.length / 3))) return '';
  return prefix ? `${prefix}.${best.name}` : best.name;
}

/** The Levenshtein distance: how many letters are changed, added or removed. */
function distanceOf(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      next.push(
        Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)),
      );
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
