// One Milvus process as it is registered in etcd. Data only: who reads it is a platform.

/** A registration, kept alive by a lease; it goes within a minute after its process is gone (milvus internal/util/sessionutil, common.session.ttl). */
export interface Session {
  /** The whole key in etcd. */
  readonly key: string;
  /** `rootcoord`, `querynode`, …; `migration` while Milvus' own migration tool runs. */
  readonly role: string;
  /** Null where neither value nor key tells it. */
  readonly serverId: number | null;
  /** Where it listens, such as `10.244.0.12:21123`. */
  readonly address: string;
  /** Such as `2.2.16`; empty before 2.2.0. */
  readonly version: string;
  /** It holds the exact key of the role: the coordinator that works. */
  readonly isActive: boolean;
  /** A coordinator that is registered and waits for the active one to go. The active one may keep the key that it had while it waited; that is no standby. */
  readonly isStandby: boolean;
  /** It said that it is going. */
  readonly isStopping: boolean;
}
