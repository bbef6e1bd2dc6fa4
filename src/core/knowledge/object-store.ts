// Facts about the object store in the official Compose files of Milvus.
import { version } from '../model/version.js';

/** Releases of MinIO that the official Compose files of Milvus introduced, by the Milvus version that did. */
export const MINIO_MOVES = [
  {
    crossing: version('2.2.5'),
    release: '2023-03-20',
    why: 'newer Compose files of Milvus use MinIO RELEASE.2023-03-20, which has another disk format (xl-single instead of fs) and cannot be downgraded',
    remedy:
      'No action is needed: Milvus works with the old release. If you upgrade MinIO, do it separately, and copy its data directory first.',
    source: 'milvus-io/milvus#25321',
  },
  {
    crossing: version('2.6.0'),
    release: '2024-12-18',
    why: 'Milvus 2.6 is tested with MinIO RELEASE.2024-12-18T13-15-44Z',
    remedy:
      'Upgrade MinIO separately, and copy its data directory first. Milvus 2.5 also works with the newer release.',
    source: 'milvus-io/web-content v2.6.x/site/en/adminGuide/upgrade_milvus_standalone-docker.md',
  },
] as const;
