// What a chart is selected for, and from which charts. Pure.
import type { RequestedChart } from '../config/requested-chart.js';
import type { MessageQueue } from '../model/shared-observation.js';
import type { Version } from '../model/version.js';

/** A chart in the chart source, and the Milvus version that it was made for. */
export interface CatalogueEntry {
  /** Absent if the chart source does not contain it. */
  readonly name?: string;
  readonly version: string;
  readonly appVersion: string;
  /** The declared dependencies by name or alias; absent if the chart source does not list them. */
  readonly dependencies?: Readonly<Record<string, string>>;
}

/**
 * `installed` is a chart version. A directory, an archive and an OCI chart result in a catalogue of one. `keepChart` is
 * true if the upgrade path requires it.
 */
export interface ChartQuestion {
  readonly desired: RequestedChart;
  readonly from: Version;
  readonly to: Version;
  readonly installed: string;
  readonly catalogue: readonly CatalogueEntry[];
  readonly messageQueue: MessageQueue;
  /**
   * Whether the values enable Pulsar v2. A chart renders every dependency that is enabled, also one that Milvus does
   * not use.
   */
  readonly rendersPulsar?: boolean;
  readonly keepChart: boolean;
}
