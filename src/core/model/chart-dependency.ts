// A dependency of the installed chart.

/** Milvus as a dependency of another chart. */
export interface ChartDependency {
  /** The key below which the installed chart passes values to it; `a.b` if it is the dependency of a dependency. */
  readonly key: string;
  /** Empty if Helm's record does not contain it. */
  readonly version: string;
  /** The version that rendered the Deployments, from their label `helm.sh/chart`; absent if they have none. */
  readonly rendered?: string;
}
