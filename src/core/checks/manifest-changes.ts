// What an upgrade changes in the manifest of the release, object by object: a note on important changes, and a diff
// without secrets. Pure.
import { structuredPatch, type StructuredPatch } from 'diff';
import { stringify } from 'yaml';
import { isChanged, nameOfObject, type KubeObject, type ObjectPair } from './manifest.js';
import { maskLines } from '../redaction/mask-lines.js';
import { maskObject } from '../redaction/mask-object.js';
import { MASK, type Mark } from '../redaction/mask-text.js';
import type { ManifestChange } from '../model/preflight.js';
import { isRecord, valueAt } from '../lib/json.js';
import { isSame, type Values } from '../model/values.js';
import { imagesOf, readWorkload } from './workloads.js';

/** Longer diffs are cut; they are not readable in a summary. */
const MAX_LINES = 120;
const MAX_LINE_LENGTH = 300;
const CONTEXT_LINES = 2;
/** With more differing lines, the search for the shortest diff would take too long. */
const MAX_EDITS = 2000;
/** Larger objects are not compared line by line. */
const MAX_CHARACTERS = 200_000;

/** Labels and annotations that differ with every version of a chart and have no other effect. */
const BOILERPLATE = /^(helm\.sh\/chart|chart|app\.kubernetes\.io\/version|checksum\/.*)$/;

/** Every object that is added, changed or removed; those in which only the chart's labels differ come last. */
export function describeChanges(pairs: readonly ObjectPair[]): ManifestChange[] {
  const changed = pairs.filter(isChanged);
  const [minor, major] = [changed.filter(isOnlyBoilerplate), changed.filter((pair) => !isOnlyBoilerplate(pair))];
  return [
    ...major.map(describe),
    ...minor.map((pair) => ({ ...describe(pair), note: 'only labels of the chart', diff: [] })),
  ];
}

/** True if only labels and annotations differ that change with every version of a chart. */
export function isOnlyBoilerplate({ before, after }: ObjectPair): boolean {
  return before !== null && after !== null && isSame(withoutBoilerplate(before), withoutBoilerplate(after));
}

function withoutBoilerplate(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutBoilerplate);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, below]) => [
      key,
      (key === 'labels' || key === 'annotations') && isRecord(below)
        ? Object.fromEntries(Object.entries(below).filter(([name]) => !BOILERPLATE.test(name)))
        : withoutBoilerplate(below),
    ]),
  );
}

/** True if the pod template differs, so that Kubernetes replaces every pod. */
export function replacesPods({ before, after }: ObjectPair): boolean {
  return (
    before !== null && after !== null && !isSame(valueAt(before, 'spec.template'), valueAt(after, 'spec.template'))
  );
}

/** `old → new` for each image that changes. */
export function imageChanges({ before, after }: ObjectPair): string[] {
  const [old, fresh] = [before ? imagesOf(before) : [], after ? imagesOf(after) : []];
  return fresh.flatMap((image, at) => (old[at] !== undefined && old[at] !== image ? [`${old[at]} → ${image}`] : []));
}

function describe(pair: ObjectPair): ManifestChange {
  const { before, after } = pair;
  const object = (after ?? before)!;
  const common = { kind: object.kind, name: object.metadata.name, note: noteOn(pair, object) };
  if (!before) return { ...common, action: 'add', diff: [] };
  if (!after) return { ...common, action: 'remove', diff: [] };
  return { ...common, action: 'change', diff: diffOf(before, after) };
}

function noteOn(pair: ObjectPair, object: KubeObject): string {
  const workload = readWorkload(object);
  if (!workload) return object.kind === 'Secret' ? 'its content is not shown' : '';
  const dependency = object.kind === 'StatefulSet' ? ['a dependency, not Milvus itself'] : [];
  const images = imageChanges(pair).map((change) => `image ${change}`);
  const restarts = dependency.length > 0 && replacesPods(pair) ? ['its pods are replaced'] : [];
  return [...dependency, ...images, ...restarts].join('; ');
}

function diffOf(before: KubeObject, after: KubeObject): string[] {
  const [had, has] = [sizeOf(before), sizeOf(after)];
  if (Math.max(had, has) > MAX_CHARACTERS) return [`(too large to show: ${had} characters before, ${has} after)`];
  const name = nameOfObject(after);
  const mark = numberedMark();
  const [old, fresh] = [getString(before, mark), getString(after, mark)];
  const patch = structuredPatch(name, name, old, fresh, '', '', { context: CONTEXT_LINES, maxEditLength: MAX_EDITS }) as
    | StructuredPatch
    | undefined;
  if (!patch)
    return [
      `(more than ${MAX_EDITS} lines differ: the old text has ${countLines(old)} lines, the new one ${countLines(fresh)})`,
    ];
  const lines = patch.hunks
    .flatMap((hunk) => [`@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@`, ...hunk.lines])
    .map(withoutNumbers);
  if (lines.length === 0) return ['(only values that are not shown)'];
  const shown = lines
    .slice(0, MAX_LINES)
    .map((line) => (line.length > MAX_LINE_LENGTH ? `${line.slice(0, MAX_LINE_LENGTH - 1)}…` : line));
  return lines.length > MAX_LINES ? [...shown, `… ${lines.length - MAX_LINES} more lines`] : shown;
}

function getString(object: Values, mark: Mark): string {
  return maskLines(stringify(maskObject(withoutBoilerplate(object), mark), { lineWidth: 0 }), { mark });
}

/** The approximate number of characters of the object as text. */
function sizeOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return String(value).length;
  return Object.entries(value).reduce((sum, [key, below]) => sum + key.length + sizeOf(below), 0);
}

function countLines(text: string): number {
  return text.split('\n').length;
}

/**
 * Masks secrets so that different values have different masks: a secret that changes is then a line that changes. The
 * numbers are removed before the diff is shown.
 */
function numberedMark(): Mark {
  const numbers = new Map<string, number>();
  return (secret) => {
    const number = numbers.get(secret) ?? numbers.size;
    numbers.set(secret, number);
    return `${MASK}\ue000${number}\ue001`;
  };
}

function withoutNumbers(line: string): string {
  return line.replace(/\ue000\d+\ue001/g, '');
}
