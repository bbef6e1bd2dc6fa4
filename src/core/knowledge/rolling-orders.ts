// The orders in which components are replaced in a rolling upgrade, by topology and versions. Rows only; rolling/order.ts reads them.
// Where the documented script and the operator differ, docs/decisions/0007-the-order-of-a-roll.md says what was measured and chosen.
import type { Topology } from '../observation.js';

export interface RollingPlace {
  readonly role: string;
  readonly why: string;
  /** How long a new pod is ready before an old one goes; 0 where it is left out. */
  readonly readySeconds?: number;
}

export interface RollingOrderRow {
  /** The topology that the installation has after the upgrade. */
  readonly topology: Topology;
  /** Only where the way crosses this version; `none`: only where it crosses no minor; null: for every other way. The first row that fits counts. */
  readonly crossing: string | 'none' | null;
  readonly places: readonly RollingPlace[];
  readonly source: string;
}

const OPERATOR = 'zilliztech/milvus-operator pkg/controllers/dependency_graph.go';
const NODES: readonly RollingPlace[] = [
  { role: 'querynode', why: 'hands its segments over to the new one before it ends; the coordinators are new by then' },
  { role: 'datanode', why: 'hands its channels over; what it has not flushed is read again from the message queue' },
];
const PROXY: RollingPlace = { role: 'proxy', readySeconds: 5, why: 'clients talk to it: it changes when everything that it talks to is new' };
const CDC: RollingPlace = { role: 'cdc', why: 'only reads what the others write, and nothing waits for it' };
const INDEX_NODE: RollingPlace = { role: 'indexnode', why: 'works on tasks that can be given again, and old coordinators can talk to a new one' };

export const ROLLING_ORDERS: readonly RollingOrderRow[] = [
  {
    topology: 'separate-coordinators',
    crossing: 'none',
    places: [
      {
        role: 'proxy',
        readySeconds: 5,
        why: 'is a client of every other component; a new one reconnects at once when a server of its goes, an old one waits up to 13 s',
      },
      { role: 'indexnode', why: 'works on tasks that can be given again' },
      { role: 'datanode', why: 'is a client of the root and the data coordinator, so it is new before they are' },
      { role: 'querynode', why: 'is a client of every coordinator; it hands its segments over to the new one before it ends' },
      { role: 'querycoord', why: 'is a client of the other coordinators; its own clients, the proxies, are new' },
      { role: 'datacoord', why: 'is a client of the index and the root coordinator' },
      { role: 'indexcoord', why: 'is a client of the root coordinator; the data coordinator, which asks it before it answers others, is new' },
      { role: 'rootcoord', why: 'is the server of all: every client of it is new by now' },
      { role: 'cdc', why: 'only reads what the others write, and nothing waits for it' },
    ],
    source: 'measured on 2.2.12 → 2.2.16, docs/decisions/0007-the-order-of-a-roll.md; milvus-io/milvus configs/milvus.yaml grpc.client',
  },
  {
    topology: 'separate-coordinators',
    crossing: null,
    places: [
      INDEX_NODE,
      { role: 'rootcoord', why: 'gives every other component its timestamps and its ids' },
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
    places: [INDEX_NODE, { role: 'mixcoord', why: 'every node asks it for work: it is new before they are' }, ...NODES, PROXY, CDC],
    source: OPERATOR,
  },
  {
    topology: 'streaming',
    crossing: '2.6.0',
    places: [
      { role: 'streamingnode', why: 'the new coordinator gives it the channels and waits for it' },
      { role: 'mixcoord', why: 'takes the place of the old one as soon as streaming nodes are there' },
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
      { role: 'mixcoord', why: 'every node asks it for work: it is new before they are' },
      { role: 'streamingnode', why: 'hands its channels over to the new one' },
      ...NODES,
      PROXY,
      CDC,
    ],
    source: OPERATOR,
  },
  {
    topology: 'standalone',
    crossing: null,
    places: [{ role: 'standalone', why: 'it is the only one' }],
    source: 'milvus-io/milvus deployments/upgrade/rollingUpdate.sh',
  },
];

/** A component that the new version no longer has goes last, when its successors serve. */
export const PRUNED: Readonly<Record<string, string>> = {
  indexnode: 'data nodes build indexes from 2.6 on',
  rootcoord: 'the mixed coordinator does its work',
  datacoord: 'the mixed coordinator does its work',
  indexcoord: 'the mixed coordinator does its work',
  querycoord: 'the mixed coordinator does its work',
};

/** The value that switches a role on in the chart (zilliztech/milvus-helm values.yaml, 4.0.29 to 5.0.19). */
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

/** Roles with a coordinator inside: one of each works, and another may stand by. */
export const COORDINATORS: readonly string[] = ['rootcoord', 'datacoord', 'indexcoord', 'querycoord', 'mixcoord', 'standalone'];
