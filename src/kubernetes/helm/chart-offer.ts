// The charts on offer, with their default values. Each is requested once per run, however many plans are made.
import type { CatalogueEntry } from '../../core/helm/chart-question.js';
import type { Charts } from '../../core/helm/charts.js';
import type { Values } from '../../core/model/values.js';
import type { Helm } from './helm.js';

/** Caches the answers of the chart source for one run. */
export class ChartOffer implements Charts {
  readonly #helm: Pick<Helm, 'charts' | 'chartDefaults' | 'allChartDefaults'>;
  readonly #defaults = new Map<string, Promise<Values>>();
  /** Only an umbrella chart needs them, and its source has one version. */
  #allDefaults: Promise<Values> | null = null;
  #offered: Promise<readonly CatalogueEntry[]> | null = null;
  constructor(helm: Pick<Helm, 'charts' | 'chartDefaults' | 'allChartDefaults'>) {
    this.#helm = helm;
  }
  offered(signal?: AbortSignal): Promise<readonly CatalogueEntry[]> {
    this.#offered ??= this.#helm.charts(signal);
    return this.#offered;
  }
  defaults(version: string, signal?: AbortSignal): Promise<Values> {
    const defaults = this.#defaults.get(version) ?? this.#helm.chartDefaults(version, signal);
    this.#defaults.set(version, defaults);
    return defaults;
  }
  allDefaults(version: string, signal?: AbortSignal): Promise<Values> {
    this.#allDefaults ??= this.#helm.allChartDefaults(version, signal);
    return this.#allDefaults;
  }
}
