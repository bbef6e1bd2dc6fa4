// Selects the version of the Milvus chart for an upgrade. The facts about charts are in knowledge/charts.ts.
import { badChart, CHART_VERSIONS, compareChartVersions } from '../knowledge/charts.js';
import type { CheckResult } from '../model/check-result.js';
import { compareVersions, formatVersion, parseVersion, sameMinor, type Version } from '../model/version.js';
import type { ChartQuestion, CatalogueEntry } from './chart-question.js';
import { failedChecksOfNew, fits, hasPulsar, notFound, misfit } from './chart-checks.js';

export interface ChartChoice {
  readonly version: string;
  readonly appVersion: string;
  readonly why: string;
}

interface ChartAnswer {
  readonly choice: ChartChoice | null;
  readonly failedChecks: readonly CheckResult[];
}

/**
 * Selects a chart, and returns every failed check. The choice is null only if the chart source has no chart to select.
 */
export function chooseChart(question: ChartQuestion): ChartAnswer {
  const { desired, keepChart, catalogue, from, to } = question;
  if (desired.kind === 'exact') return take(question, desired.version, 'set by chart-version');
  if (desired.kind === 'keep') return take(question, question.installed, 'chart-version is keep');
  const [only, ...others] = catalogue;
  if (only && others.length === 0) return take(question, only.version, 'the only chart in the chart source');
  if (keepChart)
    return take(question, question.installed, `the upgrade path to ${formatVersion(to)} keeps the installed chart`);
  if (compareVersions(from, to) === 0)
    return take(question, question.installed, 'the target version is already installed');
  return chooseNewest(question);
}

function chooseNewest(question: ChartQuestion): ChartAnswer {
  const { installed, to } = question;
  const best = newestFitting(question);
  const mayStay = fits(installed, to) && (!best || compareChartVersions(best.version, installed) <= 0);
  if (mayStay)
    return take(question, installed, 'the installed chart fits, and no newer chart was made for this version');
  if (!best)
    return {
      choice: null,
      failedChecks: [notFound(question, `the chart source has no usable chart for Milvus ${to.major}.${to.minor}`)],
    };
  const own = parseVersion(best.appVersion);
  const isOwn = own !== null && compareVersions(own, to) === 0;
  const why = isOwn
    ? `the newest chart made for ${formatVersion(to)}`
    : `no chart was made for ${formatVersion(to)}; this one, made for ${best.appVersion}, is the nearest older one`;
  return take(question, best.version, why);
}

/**
 * The chart for the newest Milvus of the target's minor that is not newer than the target; the newest if there are
 * several.
 */
function newestFitting({ catalogue, to, ...question }: ChartQuestion): CatalogueEntry | undefined {
  return catalogue
    .flatMap((entry) => {
      const made = madeFor(entry);
      return made &&
        mayBeTaken(entry.version, to, hasPulsar(question)) &&
        sameMinor(made, to) &&
        compareVersions(made, to) <= 0
        ? [{ entry, made }]
        : [];
    })
    .sort((a, b) => compareVersions(b.made, a.made) || compareChartVersions(b.entry.version, a.entry.version))[0]
    ?.entry;
}

function mayBeTaken(chart: string, to: Version, withPulsar: boolean): boolean {
  return /^\d+\.\d+\.\d+$/.test(chart) && fits(chart, to) && !badChart(chart, withPulsar);
}

/** The Milvus release that a chart was made for; null for a pre-release or if it is unknown. */
function madeFor({ version, appVersion }: CatalogueEntry): Version | null {
  const made = parseVersion(appVersion || publishedFor(version));
  return made && made.preRelease === '' ? made : null;
}

function publishedFor(chart: string): string {
  return CHART_VERSIONS.find((row) => row.version === chart)?.appVersion ?? '';
}

/** Selects one version of the chart, with every failed check. */
function take(question: ChartQuestion, chart: string, why: string): ChartAnswer {
  const entry = question.catalogue.find((candidate) => sameChart(candidate.version, chart));
  if (!entry)
    return { choice: null, failedChecks: [notFound(question, `the chart source has no chart ${chart}`, chart)] };
  const choice = { version: entry.version, appVersion: entry.appVersion || publishedFor(entry.version), why };
  return {
    choice,
    failedChecks: sameChart(entry.version, question.installed)
      ? misfit(question, entry.version)
      : failedChecksOfNew(question, entry.version),
  };
}

function sameChart(a: string, b: string): boolean {
  return a.replace(/^v/, '') === b.replace(/^v/, '');
}
