// A session that a Milvus process keeps in etcd while it lives: what a hand-over is judged by. Data only.

export interface Session {
  readonly key: string;
  /** `rootcoord`, `querynode`, …; a mixed coordinator has one session for each of its roles. */
  readonly role: string;
  readonly serverId: number;
  /** Host and port. */
  readonly address: string;
  readonly version: string;
  /** True for the one that holds the role: of a coordinator, the others stand by. */
  readonly isActive: boolean;
  readonly isStopping: boolean;
}
