// Metadata in the format of Milvus 2.1 for the stand-in of the migration tool; tests compare the content of etcd before
// and after.

export const META = 'team-a/meta/';
/** The stand-in of the tool counts its migrations here. */
export const COUNT = `${META}lab-migrated`;
/** Keys that the tool deletes, and other keys. */
export const KEYS = [
  'root-coord/collection/1',
  'root-coord/segment-index/2',
  'indexes/3',
  'root-coord/credential/users/root',
  'snapshots/root-coord/collection/1_ts9',
].map((key) => `${META}${key}`);

/** `key = value` lines from the output of `etcdctl get --prefix`; without sessions, which change. */
export function keptOf(printed: string): string {
  const lines = printed.split('\n');
  const pairs = lines.flatMap((key, at) => (at % 2 === 0 ? [`${key} = ${lines[at + 1]}`] : []));
  return pairs.filter((pair) => !pair.startsWith(`${META}session`) && !pair.startsWith(COUNT)).join('\n');
}
