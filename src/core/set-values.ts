// Reads lines of Helm's `--set` notation into values, so that they travel in a file: what is an argument can be read by every process on the machine.
import { isRecord, mergeValues, type Values } from './values.js';
import { shorten } from './escape.js';

/** Deeper than any chart; what goes through values calls itself for each level. */
const MAX_KEYS = 100;
/** A path is quoted so far. */
const MAX_QUOTED = 200;

type Key = string | number;
type SetResult = { readonly ok: true; readonly values: Values } | { readonly ok: false; readonly problem: string };

/** Reads one `path=value` line: dots part the path, `\.` is a dot in a key, `[0]` an index; true, false, null and whole numbers are typed, as Helm does (helm.sh/docs/intro/using_helm). */
export function parseSetLine(line: string): SetResult {
  const equals = line.search(/(?<!\\)=/);
  if (equals < 1) return { ok: false, problem: 'has no "="' };
  const text = line.slice(equals + 1);
  if (/^\{.*\}$/.test(text)) return { ok: false, problem: 'has a {list}; write it under values instead' };
  if (/(?<!\\),/.test(text)) return { ok: false, problem: 'has several values in one line; write one a line, and a comma as "\\,"' };
  const keys = parsePath(line.slice(0, equals));
  if (keys === null) return { ok: false, problem: 'has a path that cannot be read' };
  if (keys.length > MAX_KEYS) return { ok: false, problem: `has a path of ${keys.length} keys, and at most ${MAX_KEYS} can be nested` };
  if (keys.some((key) => typeof key === 'number')) return { ok: false, problem: 'has an index such as [0]; write the list under values instead' };
  return { ok: true, values: keys.reduceRight<unknown>((below, key) => ({ [key]: below }), typed(text)) as Values };
}

/** Lays the lines over one another in order and says which cannot be read. */
export function parseSetLines(lines: readonly string[]): { readonly values: Values; readonly problems: readonly string[] } {
  const results = lines.map((line, index) => ({ line, place: placeOf(line, index), result: parseSetLine(line) }));
  const values = results.reduce<Values>((all, { result }) => (result.ok ? mergeValues(all, result.values) : all), {});
  const problems = results.flatMap(({ place, result }) => (result.ok ? [] : [`${place} ${result.problem}`]));
  return { values: isRecord(values) ? values : {}, problems };
}

/** The value may be a secret: only the path is told, and of a line that has none, or begins with "=", only its number. */
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
  // Helm keeps a leading zero as a string, so that 007 stays what it is.
  if (/^-?(0|[1-9]\d{0,15})$/.test(text)) return Number(text);
  return text.replace(/\\(.)/g, '$1');
}
