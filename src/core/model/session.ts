// One Milvus process as registered in etcd. Data only: the platforms read it.

/**
 * A registration, kept alive by a lease; it expires within a minute after its process has ended (milvus
 * internal/util/sessionutil, common.session.ttl).
 */
export interface Session {
  /** The whole key in etcd. */
  readonly key: string;
  /** `rootcoord`, `querynode`, …; `migration` while Milvus' own migration tool runs. */
  readonly role: string;
  /** Null if neither value nor key contains it. */
  readonly serverId: number | null;
  /** The address on which it listens, such as `10.244.0.12:21123`. */
  readonly address: string;
  /** Such as `2.2.16`; empty before 2.2.0. */
  readonly version: string;
  /** It holds the exact key of the role: the active coordinator. */
  readonly isActive: boolean;
  /**
   * A coordinator that is registered and waits to replace the active one. The active one may keep its standby key; that
   * is not a standby.
   */
  readonly isStandby: boolean;
  /** It has announced its shutdown. */
  readonly isStopping: boolean;
}
