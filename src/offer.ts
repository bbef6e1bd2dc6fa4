// What the chart source offers, asked once however often a plan is drawn.
import type { CatalogueEntry } from './core/chart-choice.js';
import type { Values } from './core/values.js';
import type { World } from './upgrade.js';

/** What the chart source offers; each question is asked once, however often a plan is drawn. */
export class Offer {
  readonly #world: World;
  readonly #defaults = new Map<string, Promise<Values>>();
  #charts: Promise<readonly CatalogueEntry[]> | null = null;
  constructor(world: World) {
    this.#world = world;
  }
  charts(): Promise<readonly CatalogueEntry[]> {
    this.#charts ??= this.#world.charts();
    return this.#charts;
  }
  defaults(version: string): Promise<Values> {
    const asked = this.#defaults.get(version) ?? this.#world.chartDefaults(version);
    this.#defaults.set(version, asked);
    return asked;
  }
}
