// A chart that has Milvus as a dependency.

/** The umbrella chart to install, and the chart of Milvus in it. */
export interface Umbrella {
  readonly key: string;
  /** The exact version of the chart of Milvus. */
  readonly milvusChart: string;
  readonly version: string;
  readonly appVersion: string;
}
