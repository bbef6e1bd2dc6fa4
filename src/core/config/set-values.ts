// Parses lines in Helm's `--set` notation to values, so that they are passed in a file: every process on the machine
// can read arguments.
import { mergeValues, type Values } from '../model/values.js';
import { shorten } from '../lib/escape.js';

/** Deeper than any chart; functions that traverse values recurse once per level. */
const MAX_KEYS = 100;
/** Maximum length of a quoted path. */
const MAX_QUOTED = 200;

type Key = string | number;
type SetResult = { readonly ok: true; readonly values: Values } | { readonly ok: false; readonly problem: string };

/**
 * Parses one `path=value` line: dots separate the path, `\.` is a dot in a key, `[0]` an index; true, false, null and
 * whole numbers are typed, as Helm does (helm.sh/docs/intro/using_helm).
 */
export function parseSetLine(line: string): SetResult {
  const equals = line.search(/(?<!\\)=/);
  if (equals < 1) return { ok: false, problem: 'has no "="' };
  const text = line.slice(equals + 1);
  if (/^\{.*\}$/.test(text)) return { ok: false, problem: 'has a {list}; write it under values instead' };
  if (/(?<!\\),/.test(text))
    return { ok: false, problem: 'has several values in one line; write one per line, and a comma as "\\,"' };
  const keys = parsePath(line.slice(0, equals));
  if (keys === null) return { ok: false, problem: 'has a path that cannot be read' };
  if (keys.length > MAX_KEYS)
    return { ok: false, problem: `has a path of ${keys.length} keys; the maximum is ${MAX_KEYS}` };
  if (keys.some((key) => typeof key === 'number'))
    return { ok: false, problem: 'has an index such as [0]; write the list under values instead' };
  return { ok: true, values: keys.reduceRight<unknown>((below, key) => ({ [key]: below }), typed(text)) as Values };
}

/** Merges the lines in order and reports those that cannot be parsed. */
export function parseSetLines(lines: readonly string[]): {
  readonly values: Values;
  readonly problems: readonly string[];
} {
  const results = lines.map((line, index) => ({ line, place: placeOf(line, index), result: parseSetLine(line) }));
  const values = results.reduce<Values>((all, { result }) => (result.ok ? mergeValues(all, result.values) : all), {});
  const problems = results.flatMap(({ place, result }) => (result.ok ? [] : [`${place} ${result.problem}`]));
  return { values, problems };
}

/** The value may be a secret: only the path is reported, or the line number if the line has no path. */
function placeOf(line: string, index: number): string {
  const [path = ''] = line.split('=');
  return line.includes('=') && path !== '' ? `"${shorten(path, MAX_QUOTED)}"` : `line ${index + 1}`;
}

function parsePath(path: string): Key[] | null {
  const keys = path.match(/(?:\\.|[^.[\]\\])+|\[\d+\]/g);
  if (!keys || keys.length === 0 || /^\.|\.\.|\.$/.test(path)) return null;
  return keys.map((key) => (/^\[\d+\]$/.test(key) ? Number(key.slice(1, -1)) : key.replace(/\\(.)/g, '$1')));
}

const KNOWN: ReadonlyMap<string, boolean | null> = new Map([
  ['true', true],
  ['false', false],
  ['null', null],
]);

function typed(text: string): unknown {
  if (KNOWN.has(text)) return KNOWN.get(text);
  // Helm keeps a number with a leading zero, such as 007, as a string.
  if (/^-?(0|[1-9]\d{0,15})$/.test(text)) return Number(text);
  return text.replace(/\\(.)/g, '$1');
}
