// The steps of a metadata migration, for the list of hops.

/** The order of a metadata migration; milvus-io/milvus deployments/migrate-meta/README.md. */
export const migrationOutline = [
  'check both images, storage and etcd while the old version serves',
  'stop every Milvus component and wait until its session in etcd is gone',
  'back up the metadata and verify the backup',
  'migrate the metadata',
  'upgrade to the new version and wait until every component is ready',
];
