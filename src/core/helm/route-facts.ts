// What the route depends on: an umbrella chart, the charts to choose from, the dependencies that the values enable, and
// whether the target can be reached at all. Pure.
import type { CatalogueEntry, ChartQuestion } from './chart-question.js';
import type { HelmConfig } from '../config/config.js';
import type { ReleaseRevision } from './observation.js';
import type { Umbrella } from '../model/umbrella.js';
import { valueAt } from '../lib/json.js';
import { mergeValues } from '../model/values.js';
import type { Path } from '../knowledge/paths.js';
import type { CheckResult } from '../model/check-result.js';

/**
 * Null unless the chart source has the installed umbrella chart with the same dependency: with another version of it,
 * the defaults of Milvus would change, and Helm's record does not contain those that are installed.
 */
export function umbrellaOf(
  config: Pick<HelmConfig, 'chartVersion'>,
  { chartName, chartVersion, dependency }: ReleaseRevision,
  { path, catalogue }: { readonly path: Pick<Path, 'pathKind'>; readonly catalogue: readonly CatalogueEntry[] },
): Umbrella | null {
  if (!dependency?.rendered || dependency.version === '' || path.pathKind === 'migration') return null;
  const entry = entryFor(config, chartVersion, catalogue);
  if (entry?.name !== chartName || entry.dependencies?.[dependency.key] !== dependency.version) return null;
  const { version, appVersion } = entry;
  return { key: dependency.key, milvusChart: dependency.rendered, version, appVersion };
}

/** The requested version, else the installed one, else the only one. */
function entryFor(
  { chartVersion }: Pick<HelmConfig, 'chartVersion'>,
  installed: string,
  catalogue: readonly CatalogueEntry[],
): CatalogueEntry | undefined {
  const wanted = chartVersion.kind === 'exact' ? chartVersion.version : installed;
  const [only, ...others] = catalogue;
  const otherwise = chartVersion.kind === 'auto' && others.length === 0 ? only : undefined;
  return catalogue.find(({ version }) => version === wanted) ?? otherwise;
}

/** In an umbrella chart, the chart of Milvus stays; it is only checked whether it fits. */
export function chartsFor(
  { chartVersion }: HelmConfig,
  installed: ReleaseRevision,
  catalogue: readonly CatalogueEntry[],
  umbrella: Umbrella | null,
): Pick<ChartQuestion, 'desired' | 'installed' | 'catalogue'> {
  if (!umbrella) return { desired: chartVersion, installed: installed.chartVersion, catalogue };
  const version = umbrella.milvusChart;
  return { desired: { kind: 'keep' }, installed: version, catalogue: [{ version, appVersion: '' }] };
}

/** The values of this run decide; without them the installed values, which are pinned where the default changes. */
export function rendersPulsar({ values }: HelmConfig, { computedValues }: ReleaseRevision): boolean {
  return valueAt(mergeValues(computedValues.reveal(), values.reveal()), 'pulsar.enabled') === true;
}

/**
 * Whether no values or strategy can lead to the target in this run: then checks of how it would be reached are not
 * reported, because following their remedies would not help.
 */
export function isImpossible({ failedChecks: found }: { readonly failedChecks: readonly CheckResult[] }): boolean {
  return found.some(({ id, skippable }) => !skippable && ['stop-first', 'topology-first', 'downgrade'].includes(id));
}
