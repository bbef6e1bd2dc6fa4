// Compares one collection with its state before. Pure.
import { compareKeys, compareRows, compareSearches, EQUAL, type Found } from './compare-rows.js';
import { stateOf, type CollectionResult, type Difference } from './comparison.js';
import {
  nameCollection,
  wasRead,
  type Collection,
  type Field,
  type Index,
  type Reading,
  type Search,
} from './inventory.js';

export interface Compared {
  readonly result: CollectionResult;
  readonly differences: readonly Difference[];
  readonly unverified: readonly Difference[];
  /** What was not read before, with the reason. */
  readonly limits: readonly string[];
}

/** `after` is null if the collection is missing. */
export function compareCollection(before: Collection, after: Collection | null): Compared {
  const name = nameCollection(before);
  const where = `collection ${name}`;
  const parts = after ? compareParts(before, after) : [MISSING];
  const collect = (pick: (found: Found) => readonly string[]): Difference[] =>
    parts.flatMap((part) => pick(part).map((what) => ({ where, what, mayRecover: part.mayRecover })));
  const differences = collect((found) => found.differs);
  const unverified = collect((found) => found.unsure);
  const result = {
    name,
    rowsBefore: countOf(before),
    rowsAfter: after && countOf(after),
    compared: parts.filter((part) => part.isCompared).map((part) => part.label),
    state: stateOf({ differences, unverified }),
  };
  return { result, differences, unverified, limits: parts.map((part) => part.limit).filter((limit) => limit !== '') };
}

interface Part extends Found {
  readonly label: string;
  readonly isCompared: boolean;
  readonly mayRecover: boolean;
  readonly limit: string;
}

const MISSING: Part = {
  label: 'collection',
  differs: ['it is missing'],
  unsure: [],
  isCompared: true,
  mayRecover: false,
  limit: '',
};

function compareParts(before: Collection, after: Collection): Part[] {
  const areSecret = !hasIntegerKeys(before);
  return [
    // A collection whose schema could not be read was not compared at all.
    schemaPart(before, after),
    part('partitions', [before.partitions, after.partitions], (b, a) => lost('partition', b, a)),
    part('aliases', [before.aliases, after.aliases], (b, a) => lost('alias', b, a)),
    part('indexes', [before.indexes, after.indexes], compareIndexes),
    part('loaded state', [before.loaded, after.loaded], compareLoaded, true),
    part('rows', [before.rows, after.rows], compareRows, true),
    part('sample', [before.sample, after.sample], (b, a) => compareKeys(b, a, areSecret), true),
    part('search', [searchIn(before), searchIn(after)], compareSearches, true),
  ];
}

function searchIn({ sample }: Collection): Reading<Search> {
  return wasRead(sample) ? sample.value.search : sample;
}

function part<Value>(
  label: string,
  [before, after]: readonly [Reading<Value>, Reading<Value>],
  compare: (before: Value, after: Value) => Found,
  recovers = false,
): Part {
  const none = { label, isCompared: false, mayRecover: recovers, limit: '', ...EQUAL };
  if (!wasRead(before))
    return before.failed
      ? { ...none, mayRecover: false, unsure: [`its ${label} could not be read before: ${before.notRead}`] }
      : { ...none, limit: `${label}: ${before.notRead}` };
  if (!wasRead(after))
    return { ...none, mayRecover: true, unsure: [`its ${label} could not be read: ${after.notRead}`] };
  const found = compare(before.value, after.value);
  return { ...none, ...found, isCompared: found.unsure.length === 0 };
}

function schemaPart(before: Collection, after: Collection): Part {
  const found = part('schema', [before.fields, after.fields], compareFields);
  return wasRead(before.fields)
    ? found
    : { ...found, limit: '', unsure: [`it could not be read before: ${before.fields.notRead}`] };
}

function lost(kind: string, before: readonly string[], after: readonly string[]): Found {
  const missing = before.filter((name) => !after.includes(name));
  return { differs: missing.map((name) => `${kind} ${name} is missing`), unsure: [] };
}

function compareFields(before: readonly Field[], after: readonly Field[]): Found {
  return { differs: before.flatMap((field) => compareField(field, after)), unsure: [] };
}

function compareField(before: Field, all: readonly Field[]): string[] {
  const after = all.find((field) => field.name === before.name);
  if (!after) return [`field ${before.name} is missing`];
  const [was, is] = [describeField(before), describeField(after)];
  return was === is ? [] : [`field ${before.name} is ${is} instead of ${was}`];
}

function describeField({ type, dimension, maxLength, primary, autoId }: Field): string {
  const length = dimension || maxLength;
  return `${type}${length === '' ? '' : `(${length})`}${primary ? ', primary key' : ''}${autoId ? ', automatic' : ''}`;
}

function compareIndexes(before: readonly Index[], after: readonly Index[]): Found {
  return { differs: before.flatMap((index) => compareIndex(index, after)), unsure: [] };
}

function compareIndex(before: Index, all: readonly Index[]): string[] {
  const after = all.find(({ name }) => name === before.name) ?? all.find((index) => isRenamed(before, index));
  if (!after) return [`index ${before.name} on field ${before.field} is missing`];
  const changes: string[] = [];
  if (after.field !== before.field)
    changes.push(`index ${before.name} is on field ${after.field} instead of ${before.field}`);
  if (isOtherType(before, after))
    changes.push(
      `index ${before.name} is ${after.type} with ${after.metric} instead of ${before.type} with ${before.metric}`,
    );
  return changes;
}

/**
 * The migration from 2.1 to 2.2 adds the ID of the field to the default name (milvus-io/milvus
 * cmd/tools/migration/meta/210_to_220.go).
 */
function isRenamed(before: Index, { name, field }: Index): boolean {
  return before.name === '_default_idx' && /^_default_idx_\d+$/.test(name) && field === before.field;
}

/**
 * An automatic index is resolved to another name by some versions, and the names of scalar indexes, which have no
 * metric, differ between versions.
 */
function isOtherType(before: Index, after: Index): boolean {
  if (before.metric === '' || after.metric === '') return false;
  const isAutomatic = [before.type, after.type].some((type) => type === '' || type.toUpperCase() === 'AUTOINDEX');
  return before.metric.toUpperCase() !== after.metric.toUpperCase() || (!isAutomatic && before.type !== after.type);
}

function compareLoaded(before: boolean, after: boolean): Found {
  return before && !after ? { differs: ['it was loaded and is not loaded now'], unsure: [] } : EQUAL;
}

function hasIntegerKeys({ fields }: Collection): boolean {
  return wasRead(fields) && fields.value.some((field) => field.primary && field.type === 'Int64');
}

function countOf({ rows }: Collection): number | null {
  return wasRead(rows) ? rows.value.count : null;
}
