// The check `unknown-values`: values that the new chart does not know, so that they would do nothing, with the name that was perhaps meant. Pure.
import { isRecord, type Values } from '../values.js';
import { pass, someOf, warn, type Finding } from './finding.js';
import { own } from '../own.js';

const ID = 'unknown-values';
const SOURCE = 'the default values of the new chart, its values.yaml';
/** Tables that hold names of the user's own, wherever they stand. */
const FREE_FORM =
  /^(annotations|labels|nodeSelector|affinity|tolerations|resources|extraEnv|extraConfigFiles|securityContext|global|strategy|data|env|config|configData|configuration)$|(Annotations|Labels|Selector|Context|Security|ConfigFiles)$/;

/** `subcharts` are the names under which other charts take their values: what is below them is theirs. */
export function evaluateUnknownValues(supplied: Values, defaults: Values, subcharts: readonly string[]): Finding[] {
  const free = new Set([...subcharts, 'global']);
  const unknown = unknownPaths(supplied, defaults, '', free);
  if (unknown.length === 0) return [pass(ID, 'the new chart knows every value that is set', SOURCE)];
  const told = unknown.map(({ path, meant }) => (meant ? `${path} (${meant}?)` : path));
  return [
    warn(
      ID,
      `the new chart does not know ${unknown.length === 1 ? 'this value' : 'these values'}, and ignores what is set: ${someOf(told, 12)}`,
      'Look for the new name in the values.yaml of the chart, or remove them.',
      SOURCE,
    ),
  ];
}

interface Unknown {
  readonly path: string;
  /** The nearest name that the chart knows there; empty where none is near. */
  readonly meant: string;
}

function unknownPaths(supplied: Values, known: Values, prefix: string, free: ReadonlySet<string>): Unknown[] {
  return Object.entries(supplied).flatMap(([key, value]) => {
    const path = prefix ? `${prefix}.${key}` : key;
    if ((prefix === '' && free.has(key)) || FREE_FORM.test(key) || value === null) return [];
    if (!Object.hasOwn(known, key)) return [{ path, meant: nearest(key, Object.keys(known), prefix) }];
    const below = own(known, key);
    // A default of null, {} or a list leaves open what may stand there.
    return isRecord(value) && isRecord(below) && Object.keys(below).length > 0 ? unknownPaths(value, below, path, free) : [];
  });
}

function nearest(key: string, names: readonly string[], prefix: string): string {
  const ranked = names.map((name) => ({ name, distance: distanceOf(key.toLowerCase(), name.toLowerCase()) })).toSorted((a, b) => a.distance - b.distance);
  const [best] = ranked;
  if (!best || best.distance > Math.max(1, Math.floor(key.length / 3))) return '';
  return prefix ? `${prefix}.${best.name}` : best.name;
}

/** How many letters have to be changed, added or taken away (Levenshtein). */
function distanceOf(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
