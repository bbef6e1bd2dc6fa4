// Whether the release was installed with the Milvus chart, or with a chart that has Milvus as a dependency. Pure.
import { fail } from '../checks/results.js';
import type { CatalogueEntry } from './chart-question.js';
import type { HelmConfig } from '../config/config.js';
import type { CheckResult } from '../model/check-result.js';
import { imageAll } from './image-values.js';
import type { ChartDependency } from '../model/chart-dependency.js';
import type { ReleaseRevision } from './observation.js';

/** The name of the public chart (zilliztech/milvus-helm charts/milvus/Chart.yaml). */
const MILVUS_CHART = 'milvus';

/** The part of the planned upgrade that is relevant for checks of the chart. */
export interface ChartMove {
  /** Any version of the chart to install. */
  readonly offered: CatalogueEntry | undefined;
  readonly image: string;
  /** True if `helm upgrade` with only the new image is known to be sufficient. */
  readonly isImageOnly: boolean;
}

/**
 * Failed checks of the chart that the release was installed with. If one is not skippable, no other check is
 * meaningful.
 */
export function failedChecksOfChart(config: HelmConfig, installed: ReleaseRevision, move: ChartMove): CheckResult[] {
  const { dependency, chartName } = installed;
  if (dependency) return [isUmbrella(config, installed, dependency, move)];
  const name = move.offered?.name ?? '';
  return name === '' || name === chartName ? [] : [isOther(config, installed, name)];
}

function isUmbrella(
  config: HelmConfig,
  { chartName, chartVersion }: ReleaseRevision,
  { key, version }: ChartDependency,
  move: ChartMove,
): CheckResult {
  const milvus = `\`${key}\`${version ? ` ${version}` : ''}`;
  const isOwn = move.offered?.name === chartName;
  const whyNot = isOwn
    ? 'Its own chart is used only without a metadata migration, from a chart source that lists the dependency with the same version, and if the installed Deployments have the label helm.sh/chart'
    : `An upgrade with the Milvus chart would delete the other objects of ${chartName} and ignore the values below \`${key}\``;
  return fail(
    'umbrella-chart',
    `release ${config.release} was installed with the chart ${chartName} ${chartVersion}, of which Milvus is a dependency (${milvus}). ${whyNot}`,
    move.isImageOnly
      ? ownChart(config, `${chartName} ${chartVersion}`, key, move.image)
      : ownChartInSteps(config, chartName, key),
    "the chart's metadata in Helm's record of the release",
  );
}

function ownChart({ release, namespace }: HelmConfig, chart: string, key: string, image: string): string {
  const { repository, tag } = imageAll(image);
  const set = `${key}.image.all.repository=${repository},${key}.image.all.tag=${tag}`;
  return `Set \`chart\` to ${chart} (a directory, an archive or an OCI reference): this action then sets only values below \`${key}\`. Or upgrade it with its own chart: \`helm upgrade ${release} CHART --namespace ${namespace} --reset-then-reuse-values --set ${set}\`, where CHART is ${chart}.`;
}

/**
 * For a path with intermediate versions, a migration or required values, a single command would omit what protects the
 * data.
 */
function ownChartInSteps({ release }: HelmConfig, chartName: string, key: string): string {
  return `Upgrade it with its own chart: \`helm upgrade ${release}\` with ${chartName} and the value \`${key}.image.all.tag\`. First read docs/upgrade-paths.md: it lists the versions to stop at, the Milvus chart that the target needs, and the values to set below \`${key}\`.`;
}

function isOther(config: HelmConfig, { chartName, chartVersion }: ReleaseRevision, name: string): CheckResult {
  return {
    ...fail(
      'chart-name-differs',
      `release ${config.release} was installed with the chart ${chartName} ${chartVersion}, and the chart to install is ${name} (\`${config.chart.reference}\`). Helm would delete every object that ${name} does not have`,
      chartName === MILVUS_CHART
        ? `Set \`chart\` to the chart ${chartName}. Skip this check if ${name} is a copy of the Milvus chart.`
        : `Set \`chart\` to the chart ${chartName}, if it is a copy of the Milvus chart under another name.`,
      "the chart's metadata in Helm's record of the release",
    ),
    skippable: chartName === MILVUS_CHART,
  };
}
