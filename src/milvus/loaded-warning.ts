// The warning for an upgrade that cannot find out whether collections are loaded again.

export function unknownLoaded(reason: string): string {
  return (
    `Whether the collections that were loaded before can be searched again is not known: ${reason}. ` +
    'The upgrade does not wait for them. Set milvus-token if Milvus requires credentials.'
  );
}
