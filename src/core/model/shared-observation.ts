// What every platform observes of a Milvus installation at one time. Data only.
import type { Cause } from './cause.js';
import type { Component } from './component.js';
import type { Session } from './session.js';
import type { MigrationObservation } from '../migration/observation.js';

export type Topology = 'standalone' | 'separate-coordinators' | 'mixcoord' | 'streaming' | 'unknown';
export type MessageQueue = 'rocksmq' | 'natsmq' | 'pulsar' | 'kafka' | 'woodpecker' | 'unknown';
export type Metastore = 'etcd' | 'mysql' | 'unknown';

export interface Etcd {
  readonly endpoints: readonly string[];
  readonly rootPath: string;
}

/** The sessions of Milvus in etcd, or why they cannot be read. */
export type Sessions = { readonly list: readonly Session[] } | { readonly list: null; readonly why: string };

/**
 * Collections that were loaded at the start of the rolling upgrade, and how many of them can be searched now. Null if
 * this cannot be queried; `retrying` while a failed query is repeated.
 */
export interface Loaded {
  readonly desired: number;
  readonly usable: number | null;
  readonly retrying?: boolean;
}

export interface SharedObservation {
  readonly takenAt: string;
  readonly components: readonly Component[];
  /** Why parts of Milvus make no progress, as far as known; the most relevant first. See diagnose.ts. */
  readonly causes: readonly Cause[];
  readonly topology: Topology;
  readonly messageQueue: MessageQueue;
  readonly metastore: Metastore;
  readonly etcd: Etcd;
  /** Absent until a rolling upgrade or a migration requests them. */
  readonly sessions?: Sessions;
  /** Absent until a migration requests it. */
  readonly migration?: MigrationObservation;
}
