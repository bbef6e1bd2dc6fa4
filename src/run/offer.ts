// The charts on offer, with their default values. Each is requested once per run, however many plans are made.
import type { CatalogueEntry } from '../core/helm/chart-choice.js';
import type { Values } from '../core/model/values.js';
import type { Platform } from './platform.js';

/** Caches the answers of the chart source for one run. */
export class Offer {
  readonly #platform: Platform;
  readonly #defaults = new Map<string, Promise<Values>>();
  #charts: Promise<readonly CatalogueEntry[]> | null = null;
  constructor(platform: Platform) {
    this.#platform = platform;
  }
  charts(): Promise<readonly CatalogueEntry[]> {
    this.#charts ??= this.#platform.charts();
    return this.#charts;
  }
  defaults(version: string): Promise<Values> {
    const defaults = this.#defaults.get(version) ?? this.#platform.chartDefaults(version);
    this.#defaults.set(version, defaults);
    return defaults;
  }
}
