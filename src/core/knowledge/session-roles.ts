// Which components register no session of their own in etcd, by version. Rows only; rolling/serving.ts reads them.

export interface SessionRow {
  readonly role: string;
  /** Applies from this version on. */
  readonly since: string;
  readonly why: string;
  readonly source: string;
}

export const WITHOUT_SESSION: readonly SessionRow[] = [
  {
    role: 'indexcoord',
    since: '2.3.0',
    why: 'the data coordinator registers the session `indexcoord` with its own server ID',
    source: 'observed on 2.3.5 with chart 4.1.13 and separate coordinators',
  },
];
