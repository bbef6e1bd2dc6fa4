// The orders in which components are replaced in a rolling upgrade, by topology and versions. Rows only;
// rolling/order.ts reads them. Where the documented script and the operator differ,
// docs/decisions/0007-order-of-a-rolling-upgrade.md contains the measurements and the decision.
import type { Topology } from '../model/shared-observation.js';

export interface RollingPlace {
  readonly role: string;
  readonly why: string;
  /** How long a new pod must be ready before an old one is removed; default 0. */
  readonly readySeconds?: number;
}

export interface RollingOrderRow {
  /** The topology that the installation has after the upgrade. */
  readonly topology: Topology;
  /**
   * Applies only if the path crosses this version; `none`: only if it crosses no minor version; null: for every other
   * path. The first matching row applies.
   */
  readonly crossing: string | 'none' | null;
  readonly places: readonly RollingPlace[];
  readonly source: string;
}

const OPERATOR = 'zilliztech/milvus-operator pkg/controllers/dependency_graph.go';
const NODES: readonly RollingPlace[] = [
  {
    role: 'querynode',
    why: 'hands its segments over to the new pod before it terminates; the coordinators are already new',
  },
  { role: 'datanode', why: 'hands its channels over; data that is not flushed is read again from the message queue' },
];
const PROXY: RollingPlace = {
  role: 'proxy',
  readySeconds: 5,
  why: 'clients connect to it: it is replaced when all components that it connects to are new',
};
const CDC: RollingPlace = {
  role: 'cdc',
  why: 'only reads what the other components write, and no component waits for it',
};
const INDEX_NODE: RollingPlace = {
  role: 'indexnode',
  why: 'works on tasks that can be assigned again, and old coordinators can connect to a new index node',
};

export const ROLLING_ORDERS: readonly RollingOrderRow[] = [
  {
    topology: 'separate-coordinators',
    crossing: 'none',
    places: [
      {
        role: 'proxy',
        readySeconds: 5,
        why: 'is a client of every other component; a new proxy reconnects immediately when one of its servers terminates, an old proxy waits up to 13 s',
      },
      { role: 'indexnode', why: 'works on tasks that can be assigned again' },
      { role: 'datanode', why: 'is a client of the root and the data coordinator, so it is replaced before them' },
      {
        role: 'querynode',
        why: 'is a client of every coordinator; it hands its segments over to the new pod before it terminates',
      },
      { role: 'querycoord', why: 'is a client of the other coordinators; its own clients, the proxies, are new' },
      { role: 'datacoord', why: 'is a client of the index and the root coordinator' },
      {
        role: 'indexcoord',
        why: 'is a client of the root coordinator; the data coordinator, which queries it before it answers other clients, is new',
      },
      { role: 'rootcoord', why: 'is a server of all other components: every client of it is already new' },
      { role: 'cdc', why: 'only reads what the other components write, and no component waits for it' },
    ],
    source:
      'measured on 2.2.12 → 2.2.16, docs/decisions/0007-order-of-a-rolling-upgrade.md; milvus-io/milvus configs/milvus.yaml grpc.client',
  },
  {
    topology: 'separate-coordinators',
    crossing: null,
    places: [
      INDEX_NODE,
      { role: 'rootcoord', why: 'assigns the timestamps and IDs of every other component' },
      { role: 'datacoord', why: 'needs the root coordinator' },
      { role: 'indexcoord', why: 'needs the data coordinator' },
      { role: 'querycoord', why: 'needs the other coordinators, and is needed by the query nodes' },
      ...NODES,
      PROXY,
      CDC,
    ],
    source: OPERATOR,
  },
  {
    topology: 'mixcoord',
    crossing: null,
    places: [
      INDEX_NODE,
      { role: 'mixcoord', why: 'every node requests work from it: it is replaced before the nodes' },
      ...NODES,
      PROXY,
      CDC,
    ],
    source: OPERATOR,
  },
  {
    topology: 'streaming',
    crossing: '2.6.0',
    places: [
      { role: 'streamingnode', why: 'the new coordinator assigns the channels to it and waits for it' },
      { role: 'mixcoord', why: 'replaces the old coordinator as soon as streaming nodes exist' },
      ...NODES,
      PROXY,
      CDC,
    ],
    source: `${OPERATOR}; milvus-io/milvus#42492; milvus.io/blog/how-to-safely-upgrade-from-milvu-2-5-x-to-milvus-2-6-x.md`,
  },
  {
    topology: 'streaming',
    crossing: null,
    places: [
      { role: 'mixcoord', why: 'every node requests work from it: it is replaced before the nodes' },
      { role: 'streamingnode', why: 'hands its channels over to the new pod' },
      ...NODES,
      PROXY,
      CDC,
    ],
    source: OPERATOR,
  },
  {
    topology: 'standalone',
    crossing: null,
    places: [{ role: 'standalone', why: 'it is the only component' }],
    source: 'milvus-io/milvus deployments/upgrade/rollingUpdate.sh',
  },
];

/** A component that the new version no longer has is removed last, when its successors serve. */
export const PRUNED: Readonly<Record<string, string>> = {
  indexnode: 'data nodes build indexes from 2.6 on',
  rootcoord: 'the mixed coordinator replaces it',
  datacoord: 'the mixed coordinator replaces it',
  indexcoord: 'the mixed coordinator replaces it',
  querycoord: 'the mixed coordinator replaces it',
};

/** The value that enables a role in the chart (zilliztech/milvus-helm values.yaml, 4.0.29 to 5.0.19). */
export const SWITCHES: Readonly<Record<string, string>> = {
  rootcoord: 'rootCoordinator.enabled',
  datacoord: 'dataCoordinator.enabled',
  indexcoord: 'indexCoordinator.enabled',
  querycoord: 'queryCoordinator.enabled',
  mixcoord: 'mixCoordinator.enabled',
  indexnode: 'indexNode.enabled',
  datanode: 'dataNode.enabled',
  querynode: 'queryNode.enabled',
  proxy: 'proxy.enabled',
  streamingnode: 'streaming.enabled',
  cdc: 'cdc.enabled',
};

/** Roles that contain a coordinator: one pod of each is active, and another can be standby. */
export const COORDINATORS: readonly string[] = [
  'rootcoord',
  'datacoord',
  'indexcoord',
  'querycoord',
  'mixcoord',
  'standalone',
];
