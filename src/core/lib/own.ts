// Looks up an external name in a record: only own properties, never inherited ones such as `constructor` or `toString`.
// Pure.

/** The entry with this name; undefined if the record has no own property of this name. */
export function own<Entry>(table: Readonly<Record<string, Entry>>, name: string): Entry | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
