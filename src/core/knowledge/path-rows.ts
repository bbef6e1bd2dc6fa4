// The rows about paths between Milvus versions: the path kind, the required topology, the required values, and whether
// a rollback is possible. Rows only; paths.ts reads them.
import type { Topology } from '../model/shared-observation.js';

const mixcoordValues =
  'mixCoordinator.enabled=true and rootCoordinator, queryCoordinator, indexCoordinator and dataCoordinator .enabled=false';

interface PathRow {
  readonly crossing: string;
  readonly pathKind: 'plain' | 'migration';
  readonly keepChart: boolean;
  readonly why: string;
  readonly source: string;
}

/** The first row that the path crosses determines the path kind. */
export const PATH_ROWS: readonly PathRow[] = [
  {
    crossing: '2.2.0',
    pathKind: 'migration',
    keepChart: false,
    why: '2.2 stores its metadata in a different format than 2.1',
    source:
      'milvus-io/milvus deployments/migrate-meta/README.md; web-content v2.2.x/site/en/adminGuide/upgrade_milvus_cluster-helm.md',
  },
  {
    crossing: '3.0.0',
    pathKind: 'plain',
    keepChart: true,
    why: '3.0 was validated with the chart that ran 2.6; only the image changes',
    source: 'milvus-io/web-content v3.0.x/site/en/adminGuide/upgrade_milvus_cluster-helm.md',
  },
  {
    crossing: '2.6.0',
    pathKind: 'plain',
    keepChart: false,
    why: 'streaming nodes are added and index nodes are removed, in one helm upgrade',
    source: 'milvus-io/web-content v2.6.x/site/en/adminGuide/upgrade_milvus_cluster-helm.md',
  },
];

/** The path if no row is crossed. */
export const PLAIN_PATH: Omit<PathRow, 'crossing'> = {
  pathKind: 'plain',
  keepChart: false,
  why: 'a helm upgrade with the new image is sufficient',
  source: 'milvus-io/web-content v2.2.x to v2.6.x/site/en/adminGuide/upgrade_milvus_cluster-helm.md',
};

interface ValuesRow {
  readonly crossing: string;
  readonly path: string;
  readonly value: unknown;
  readonly why: string;
  readonly source: string;
}

/** Values that a cluster needs to cross a version; a standalone needs none. */
export const REQUIRED_VALUES: readonly ValuesRow[] = [
  {
    crossing: '2.6.0',
    path: 'streaming.enabled',
    value: true,
    why: '2.6 writes through streaming nodes',
    source: 'zilliztech/milvus-helm milvus-5.0.19 charts/milvus/README.md "Upgrading from Milvus v2.5.x to v2.6.x"',
  },
  {
    crossing: '2.6.0',
    path: 'indexNode.enabled',
    value: false,
    why: '2.6 builds indexes in data nodes and has no index node',
    source: 'zilliztech/milvus-helm milvus-5.0.19 charts/milvus/README.md "Upgrading from Milvus v2.5.x to v2.6.x"',
  },
];

interface TopologyRow {
  readonly crossing: string;
  readonly unfit: readonly Topology[];
  /** Whether a running index node also blocks the upgrade. */
  readonly withoutIndexNode: boolean;
  readonly why: string;
  readonly remedy: string;
  readonly source: string;
}

export const TOPOLOGY_NEEDS: readonly TopologyRow[] = [
  {
    crossing: '2.6.0',
    unfit: ['separate-coordinators', 'unknown'],
    withoutIndexNode: false,
    why: '2.6 has one mixed coordinator, which must run before the upgrade',
    remedy: `Upgrade to 2.5.16 or a later 2.5 with ${mixcoordValues}; then run the action again.`,
    source: 'milvus-io/web-content v2.6.x/site/en/adminGuide/upgrade_milvus_cluster-helm.md',
  },
  {
    crossing: '3.0.0',
    unfit: ['separate-coordinators', 'mixcoord', 'unknown'],
    withoutIndexNode: true,
    why: '3.0 needs the mixed coordinator and streaming nodes, and no index node',
    remedy: `On 2.6, set ${mixcoordValues}, streaming.enabled=true and indexNode.enabled=false, and wait until every Deployment is ready; then run the action again.`,
    source: 'milvus-io/web-content v3.0.x/site/en/adminGuide/upgrade_milvus_cluster-helm.md',
  },
];

interface RollbackRow {
  readonly crossing: string;
  readonly possible: boolean;
  readonly why: string;
  readonly source: string;
}

/** The first row that the path crosses determines whether the older version can run again. */
export const ROLLBACK_ROWS: readonly RollbackRow[] = [
  {
    crossing: '3.0.0',
    possible: false,
    why: 'a rollback of the image alone is not validated and can fail; a rollback needs the backup of metadata and data',
    source: 'milvus-io/web-content v3.0.x/site/en/adminGuide/upgrade_milvus_cluster-helm.md; milvus-io/milvus#51788',
  },
  {
    crossing: '2.6.0',
    possible: false,
    why: '2.5 skips the messages that 2.6 has written, so data that was not flushed is lost without an error',
    source: 'milvus-io/milvus#40879; internal/ of 2.5.27, 2.6.18 and 2.6.20',
  },
  {
    crossing: '2.4.0',
    possible: false,
    why: 'indexes built by 2.4 cannot be searched by 2.3',
    source: 'milvus-io/milvus#33242',
  },
  {
    crossing: '2.3.0',
    possible: false,
    why: '2.2 cannot read what 2.3 has written',
    source: 'milvus-io/milvus#28008; milvus-io/milvus#26612',
  },
  {
    crossing: '2.2.0',
    possible: true,
    why: 'only by stopping every component and restoring the metadata from the backup that the migration creates first',
    source: 'milvus-io/milvus deployments/migrate-meta/README.md; cmd/tools/migration/command/rollback.go',
  },
];

/** For a minor version without its own row. */
export const NO_ROLLBACK: Omit<RollbackRow, 'crossing'> = {
  possible: false,
  why: 'no document describes a rollback across a minor version',
  source: 'milvus-io/web-content, upgrade pages of 2.1 to 3.0',
};

/** Within one minor version. */
export const BACK_TO_PATCH: Omit<RollbackRow, 'crossing'> = {
  possible: true,
  why: 'within one minor version, the version check of the coordinators allows an older patch to start',
  source: 'milvus-io/milvus#46451: internal/util/sessionutil/session_util.go compares major and minor',
};

interface PreReleaseRow {
  readonly from: string;
  readonly before: string;
  readonly skippable: boolean;
  readonly why: string;
  readonly source: string;
}

/** Pre-releases with their own reason; `before` is the release that follows them. */
export const PRE_RELEASES: readonly PreReleaseRow[] = [
  {
    from: '2.0.0-alpha',
    before: '2.0.0',
    skippable: false,
    why: '2.0.0 and later cannot read what the release candidates of 2.0.0 wrote',
    source: 'milvus-io/web-content v2.1.x/site/en/adminGuide/upgrade.md',
  },
  {
    from: '2.6.0-alpha',
    before: '2.6.0',
    skippable: false,
    why: '2.6.0-rc1 is not compatible with any 2.6 release, neither as the source nor as the target',
    source:
      'zilliztech/milvus-helm milvus-5.0.19 charts/milvus/README.md "Compatibility Notice"; milvus-io/milvus#43538',
  },
];

/** Every other pre-release. */
export const ANY_PRE_RELEASE: Omit<PreReleaseRow, 'from' | 'before'> = {
  skippable: true,
  why: 'only upgrades between releases are documented',
  source: 'milvus-io/web-content, upgrade pages of 2.1 to 3.0',
};
