import type { MessageQueue } from './observation.js';
import type { Refusal } from './refusal.js';
import type { Version } from './version.js';
export interface CatalogueEntry { readonly version: string; readonly appVersion: string }
export type WantedChart = { readonly kind: 'auto' } | { readonly kind: 'keep' } | { readonly kind: 'exact'; readonly version: string };
export interface ChartQuestion { readonly wanted: WantedChart; readonly from: Version; readonly to: Version; readonly installed: string; readonly catalogue: readonly CatalogueEntry[]; readonly messageQueue: MessageQueue; readonly keepChart: boolean }
export interface ChartChoice { readonly version: string; readonly appVersion: string; readonly why: string }
export function chooseChart(question: ChartQuestion): { readonly choice: ChartChoice | null; readonly refusals: readonly Refusal[] } {
  throw new Error(`no chart for ${question.installed}`);
}
