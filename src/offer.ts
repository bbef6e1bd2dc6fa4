// What the chart source offers, asked once however often a plan is drawn.
import type { CatalogueEntry } from './core/chart-choice.js';
import type { Values } from './core/values.js';
import type { Platform } from './upgrade.js';

/** What the chart source offers; each question is asked once, however often a plan is drawn. */
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
    const requested = this.#defaults.get(version) ?? this.#platform.chartDefaults(version);
    this.#defaults.set(version, requested);
    return requested;
  }
}
