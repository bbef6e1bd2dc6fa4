// Splits units into shards of about the same length, the longest first. Pure: the same units and times give the same
// shards on every machine.

/** The seconds of a unit that was never measured. */
const UNKNOWN_SECONDS = 300;

/** Reads `2/4` as the second of four shards; throws on anything else. */
export function parseShard(text) {
  const [, number, count] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
  if (!number || Number(number) < 1 || Number(number) > Number(count))
    throw new Error(`--shard is "${text}"; write a number and a count, for example 2/4`);
  return { number: Number(number), count: Number(count) };
}

/** The units of one shard, in their original order. `seconds` maps a unit's ID to its measured time. */
export function unitsOfShard(units, { number, count }, seconds) {
  const shards = Array.from({ length: count }, () => ({ load: 0, ids: new Set() }));
  const cost = ({ id, weight }) => (seconds[id] ?? UNKNOWN_SECONDS) * weight;
  const longestFirst = [...units].sort((one, other) => cost(other) - cost(one) || one.id.localeCompare(other.id));
  for (const unit of longestFirst) {
    const shortest = shards.reduce((best, shard) => (shard.load < best.load ? shard : best));
    shortest.load += cost(unit);
    shortest.ids.add(unit.id);
  }
  return units.filter(({ id }) => shards[number - 1].ids.has(id));
}
