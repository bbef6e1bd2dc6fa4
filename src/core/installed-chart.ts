// Whether the release was installed with the Milvus chart itself, or with a chart that has Milvus as a dependency. Pure.
import type { CatalogueEntry } from './chart-choice.js';
import type { Config } from './goal.js';
import type { ReleaseRevision } from './observation.js';
import type { FailedCheck } from './refusal.js';
import { parseImage } from './version.js';

/** The name of the public chart (zilliztech/milvus-helm charts/milvus/Chart.yaml). */
const MILVUS_CHART = 'milvus';

/** The chart that brings Milvus into another chart. */
export interface ChartDependency {
  /** The key below which the installed chart passes values to it; `a.b` where it is the dependency of a dependency. */
  readonly key: string;
  /** Empty where Helm's record does not have it. */
  readonly version: string;
}

/** What the upgrade would do to the release, as far as a check of its chart has to know it. */
export interface ChartMove {
  /** A version of the chart to install. */
  readonly offered: CatalogueEntry | undefined;
  readonly image: string;
  /** True where `helm upgrade` with nothing but the new image is known to be enough. */
  readonly isImageOnly: boolean;
}

/** Failed checks about the chart that the release was installed with. One that is not skippable makes every other check meaningless. */
export function failedChecksOfChart(config: Config, installed: ReleaseRevision, move: ChartMove): FailedCheck[] {
  const { dependency, chartName } = installed;
  if (dependency) return [isUmbrella(config, installed, dependency, move)];
  const name = move.offered?.name ?? '';
  return name === '' || name === chartName ? [] : [isOther(config, installed, name)];
}

function isUmbrella(config: Config, { chartName, chartVersion }: ReleaseRevision, { key, version }: ChartDependency, move: ChartMove): FailedCheck {
  const milvus = `\`${key}\`${version ? ` ${version}` : ''}`;
  return {
    code: 'umbrella-chart',
    reason: `release ${config.release} was installed with the chart ${chartName} ${chartVersion}, of which Milvus is a dependency (${milvus}). An upgrade with the Milvus chart would delete the other objects of ${chartName} and ignore the values below \`${key}\``,
    remedy: move.isImageOnly ? ownChart(config, `${chartName} ${chartVersion}`, key, move.image) : ownChartInSteps(config, chartName, key),
    source: "the chart's metadata in Helm's record of the release",
    skippable: false,
  };
}

function ownChart({ release, namespace }: Config, chart: string, key: string, image: string): string {
  const { repository, tag } = parseImage(image);
  const set = `${key}.image.all.repository=${repository},${key}.image.all.tag=${tag}`;
  return `Upgrade it with its own chart: \`helm upgrade ${release} CHART --namespace ${namespace} --reset-then-reuse-values --set ${set}\`, where CHART is ${chart}.`;
}

/** A command for a path with stops, a migration or values of its own would leave out what protects the data. */
function ownChartInSteps({ release }: Config, chartName: string, key: string): string {
  return `Upgrade it with its own chart: \`helm upgrade ${release}\` with ${chartName} and the value \`${key}.image.all.tag\`. First read docs/upgrade-paths.md: it lists the versions to stop at, the Milvus chart that the target needs, and the values to set below \`${key}\`.`;
}

function isOther(config: Config, { chartName, chartVersion }: ReleaseRevision, name: string): FailedCheck {
  return {
    code: 'chart-name-differs',
    reason: `release ${config.release} was installed with the chart ${chartName} ${chartVersion}, and the chart to install is ${name} (\`${config.chart.reference}\`). Helm would delete every object that ${name} does not have`,
    remedy:
      chartName === MILVUS_CHART
        ? `Set \`chart\` to the chart ${chartName}. Skip this check if ${name} is a copy of the Milvus chart.`
        : `Set \`chart\` to the chart ${chartName}, if it is a copy of the Milvus chart under another name.`,
    source: "the chart's metadata in Helm's record of the release",
    skippable: chartName === MILVUS_CHART,
  };
}
