// Compares two inventories: the one before a change, and the one after it. Whatever was there before must be there
// now; whatever is new is accepted, because clients may write during the run. Pure.
import { compareCollection, type Compared } from './compare-collection.js';
import type { Comparison, Difference } from './comparison.js';
import { isProbeCollection } from './write-probe.js';
import { nameCollection, wasRead, type AccessControl, type Inventory, type Reading } from './inventory.js';

export function compareInventories(before: Inventory, after: Inventory): Comparison {
  const databases = compareLists('databases', before.databases, after.databases, (name) => `database ${name}`);
  const access = ACCESS.map(([part, label]) => compareLists(label, before.access[part], after.access[part], String));
  const now = new Map(after.collections.map((collection) => [nameCollection(collection), collection]));
  // An inventory that an earlier version saved may contain one that a killed run left.
  const lasting = before.collections.filter(({ name }) => !isProbeCollection(name));
  const collections = lasting.map((collection) =>
    compareCollection(collection, now.get(nameCollection(collection)) ?? null),
  );
  const parts = [databases, ...access, ...collections];
  return {
    differences: parts.flatMap((part) => part.differences),
    unverified: parts.flatMap((part) => part.unverified),
    limits: [...databases.limits, ...access.flatMap((part) => part.limits), ...groupLimits(collections)],
    collections: collections.map((compared) => compared.result),
  };
}

const ACCESS: readonly (readonly [keyof AccessControl, string])[] = [
  ['users', 'users'],
  ['roles', 'roles'],
  ['memberships', 'roles of users'],
  ['grants', 'grants'],
];

interface Part {
  readonly differences: readonly Difference[];
  readonly unverified: readonly Difference[];
  readonly limits: readonly string[];
}

function compareLists(
  where: string,
  before: Reading<readonly string[]>,
  after: Reading<readonly string[]>,
  name: (item: string) => string,
): Part {
  if (!wasRead(before)) {
    const what = `could not be read before: ${before.notRead}`;
    return before.failed
      ? { differences: [], unverified: [{ where, what, mayRecover: false }], limits: [] }
      : { differences: [], unverified: [], limits: [`${where}: ${before.notRead}`] };
  }
  if (!wasRead(after)) {
    const what = `could not be read: ${after.notRead}`;
    return { differences: [], unverified: [{ where, what, mayRecover: true }], limits: [] };
  }
  const lost = before.value.filter((item) => !after.value.includes(item));
  const differences = lost.map((item) => ({ where, what: `${name(item)} is missing`, mayRecover: false }));
  return { differences, unverified: [], limits: [] };
}

/** One line for each reason, with the collections that it applies to. */
function groupLimits(collections: readonly Compared[]): string[] {
  const names = new Map<string, string[]>();
  for (const { result, limits } of collections)
    for (const limit of limits) names.set(limit, [...(names.get(limit) ?? []), result.name]);
  return [...names].map(([limit, of]) => `${limit} (${listed(of)})`);
}

const MAX_NAMED = 5;

function listed(names: readonly string[]): string {
  const more = names.length - MAX_NAMED;
  return more > 0 ? `${names.slice(0, MAX_NAMED).join(', ')} and ${more} more` : names.join(', ');
}
