// Optional fields of a record. Pure.

/** A record with this text, to be spread into another one; an empty one if the text is empty. */
export function optional<Key extends string>(key: Key, text: string): { [Each in Key]?: string } {
  return (text === '' ? {} : { [key]: text }) as { [Each in Key]?: string };
}
