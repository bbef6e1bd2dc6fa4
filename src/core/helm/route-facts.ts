// What the route depends on: the charts to choose from, the dependencies that the values enable, and whether the target
// can be reached at all. Pure.
import type { CatalogueEntry, ChartQuestion } from './chart-choice.js';
import type { Config } from '../config/config.js';
import type { ReleaseRevision } from '../model/observation.js';
import type { Umbrella } from '../model/umbrella.js';
import { valueAt } from '../lib/json.js';
import { mergeValues } from '../model/values.js';
import type { Route } from './route.js';

/** In an umbrella chart, the chart of Milvus stays; it is only checked whether it fits. */
export function chartsFor(
  { chartVersion }: Config,
  installed: ReleaseRevision,
  catalogue: readonly CatalogueEntry[],
  umbrella: Umbrella | null,
): Pick<ChartQuestion, 'desired' | 'installed' | 'catalogue'> {
  if (!umbrella) return { desired: chartVersion, installed: installed.chartVersion, catalogue };
  const version = umbrella.milvusChart;
  return { desired: { kind: 'keep' }, installed: version, catalogue: [{ version, appVersion: '' }] };
}

/** The values of this run decide; without them the installed values, which are pinned where the default changes. */
export function rendersPulsar({ values }: Config, { computedValues }: ReleaseRevision): boolean {
  return valueAt(mergeValues(computedValues.reveal(), values.reveal()), 'pulsar.enabled') === true;
}

/**
 * Whether no values or strategy can lead to the target in this run: then checks of how it would be reached are not
 * reported, because following their remedies would not help.
 */
export function isImpossible({ failedChecks: found }: Route): boolean {
  return found.some(({ id, skippable }) => !skippable && ['stop-first', 'topology-first', 'downgrade'].includes(id));
}
