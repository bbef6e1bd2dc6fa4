// The users that the Milvus images run as, for versions whose user differs from the version before.

interface ImageUserRow {
  readonly crossing: string;
  readonly uid: number;
  readonly why: string;
  readonly source: string;
}

export const IMAGE_USERS: readonly ImageUserRow[] = [
  {
    crossing: '3.0.0',
    uid: 999,
    why: 'images from 3.0.0 on run as user and group 999, images of 2.6 as root; user 999 cannot write to files that root created below /var/lib/milvus ("permission denied")',
    source: 'milvus-io/milvus#44524, #49775, #51221, #53549, #53564',
  },
];
