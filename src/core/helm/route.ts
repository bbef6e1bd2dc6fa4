// The path of an upgrade of a Helm release and its chart, before the default values of the chart are known.
import type { Version } from '../model/version.js';
import type { Path } from '../knowledge/paths.js';
import type { ChartChoice } from './chart-choice.js';
import type { ReleaseRevision } from '../model/observation.js';
import type { CheckResult } from '../model/check-result.js';
import type { Umbrella } from '../model/umbrella.js';

/** The start of the upgrade path and its chart: what is known before the defaults of the chart are known. */
export interface Route {
  readonly from: Version;
  readonly image: string;
  readonly path: Path;
  readonly chart: ChartChoice | null;
  readonly installed: ReleaseRevision;
  /** True if the release was not installed with the chart to install: nothing else can be checked. */
  readonly isForeign: boolean;
  /** Set if Milvus is upgraded as a dependency of the chart of the release. */
  readonly umbrella?: Umbrella | null;
  readonly failedChecks: readonly CheckResult[];
}
