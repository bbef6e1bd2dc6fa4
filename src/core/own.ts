// Looks a foreign name up in a table: only what the table itself has, never what every object inherits, such as `constructor` or `toString`. Pure.

/** The entry of this name; undefined where the table has none of its own. */
export function own<Entry>(table: Readonly<Record<string, Entry>>, name: string): Entry | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
