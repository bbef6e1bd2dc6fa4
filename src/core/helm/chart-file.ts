// Reads a Chart.yaml. Pure.
import type { CatalogueEntry } from './chart-question.js';
import { isRecord } from '../lib/json.js';
import type { Values } from '../model/values.js';

/** Dependencies are listed by the key below which the chart passes values to them. */
export function readChart(parsed: unknown): CatalogueEntry {
  const chart: Values = isRecord(parsed) ? parsed : {};
  const dependencies = Array.isArray(chart.dependencies) ? chart.dependencies.filter(isRecord) : [];
  return {
    name: getString(chart.name),
    version: getString(chart.version),
    appVersion: getString(chart.appVersion),
    dependencies: Object.fromEntries(
      dependencies.map(({ name, alias, version }) => [getString(alias ?? name), getString(version)]),
    ),
  };
}

function getString(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
