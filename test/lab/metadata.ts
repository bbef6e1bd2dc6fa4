// Metadata that look like those of a Milvus 2.1, for the migration tool's stand-in to work on: what is in etcd before, to be compared with what is there afterwards.

export const META = 'team-a/meta/';
/** The stand-in of the tool counts its migrations here. */
export const COUNT = `${META}lab-migrated`;
/** Below what the tool deletes, and beside it. */
export const KEYS = [
  'root-coord/collection/1',
  'root-coord/segment-index/2',
  'indexes/3',
  'root-coord/credential/users/root',
  'snapshots/root-coord/collection/1_ts9',
].map((each) => `${META}${each}`);

/** `key = value`, a line each, out of what `etcdctl get --prefix` prints; without sessions, which come and go. */
export function keptOf(printed: string): string {
  const lines = printed.split('\n');
  const pairs = lines.flatMap((key, at) => (at % 2 === 0 ? [`${key} = ${lines[at + 1]}`] : []));
  return pairs.filter((each) => !each.startsWith(`${META}session`) && !each.startsWith(COUNT)).join('\n');
}
