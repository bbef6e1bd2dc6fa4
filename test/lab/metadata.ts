// Metadata in the format of Milvus 2.1 for the stand-in of the migration tool; tests compare the content of etcd before
// and after.

export const META = 'team-a/meta/';
/** The stand-in of the tool counts its migrations here. */
export const COUNT = `${META}lab-migrated`;
/** Keys that the tool deletes and writes again, and other keys. */
export const KEYS = [
  'root-coord/collection/1',
  'root-coord/collection/2',
  'root-coord/collection/3',
  'root-coord/credential/users/root',
  'snapshots/root-coord/collection/1_ts9',
].map((key) => `${META}${key}`);

/**
 * A value that differs for each key: a protobuf message with one field, which the tool does not know and therefore
 * keeps. Tag and length are printable characters as well.
 */
export function valueOf(key: string): string {
  const text = `value of ${key}`;
  return `r${String.fromCharCode(text.length)}${text}`;
}

/** `key = value` lines from the output of `etcdctl get --prefix`; without sessions, which change. */
export function keptOf(printed: string): string {
  const lines = printed.split('\n');
  const pairs = lines.flatMap((key, at) => (at % 2 === 0 ? [`${key} = ${lines[at + 1]}`] : []));
  return pairs.filter((pair) => !pair.startsWith(`${META}session`) && !pair.startsWith(COUNT)).join('\n');
}
