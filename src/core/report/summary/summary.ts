// The job summary: the outcome first, then details in the order in which a reader needs them. Every external text is
// escaped.
import { formatSeconds } from '../../lib/duration.js';
import { ERROR_CODES, type Problem } from '../../model/error.js';
import { codeMarkdown as code, escapeMarkdown as text } from '../../lib/escape.js';
import { renderHeadline } from '../headline.js';
import { titleOf } from '../../platforms/labels.js';
import { PLATFORM_LABELS } from '../../platforms/registry.js';
import { cut, joinBlocks, list, section, table, type Block } from './markdown.js';
import type { Report } from '../report.js';
import { renderData } from './data.js';
import { renderChanges, renderChecks } from './changes.js';
import { renderCommands, renderDeployments, renderTimelineBlock } from './deployments.js';
import { renderHopDetails, renderHops } from './hops.js';
import { renderJobs } from './jobs.js';
import { renderEvidence, renderRollback } from './evidence.js';
import { renderCauses } from './causes.js';
import { renderPlan, renderFailedChecks } from './plan.js';
import { renderWriteProbe } from './write-probe.js';

/** The runner discards a summary above 1 MiB (docs.github.com, "Job summaries: step isolation and limits"). */
const MAX_BYTES = 1024 * 1024 - 1;
/** Maximum lengths of lists, tried in order. With the shortest, even the longest texts fit. */
const LENGTHS = [300, 60];
const MIN_ENTRIES = 5;

/**
 * The job summary in GitHub Markdown, always below the runner's limit. `docsUrl` is the URL of the docs directory;
 * without it, the summary names the file.
 */
export function renderSummary(report: Report, docsUrl: string | null = null): string {
  const encoder = new TextEncoder();
  for (const most of LENGTHS) {
    const summary = renderWith(report, docsUrl, most);
    if (encoder.encode(summary).length <= MAX_BYTES) return summary;
  }
  return renderWith(report, docsUrl, MIN_ENTRIES);
}

function renderWith(report: Report, docsUrl: string | null, most: number): string {
  const deployments = joinBlocks([
    section(titleOf(PLATFORM_LABELS[report.platform].parts), renderDeployments(report, most)),
    report.hops.length > 0 ? '' : section('Timeline', renderTimelineBlock(report)),
  ]);
  const plan =
    report.hops.length > 0
      ? section('Each hop', renderHopDetails(report, most))
      : section('Plan', report.plan ? renderPlan(report.plan, report, most) : '');
  const checks = section('Checks before the upgrade', renderChecks(report.checks, most), renderChanges(report, most));
  const blocks = [
    `## ${text(renderHeadline(report))}`,
    report.problem ? renderProblem(report.problem, docsUrl) : '',
    section('Hops', renderHops(report)),
    section(
      'Causes',
      renderCauses(report, (heading) => docsLink(heading, docsUrl), most),
    ),
    renderCommands(report),
    renderEvidence(report, most),
    section('Failed checks', renderFailedChecks(report.failedChecks, docsLink('failed-checks', docsUrl), most)),
    renderFacts(report),
    // Before an upgrade, a reader needs the plan first; after it, the result.
    ...(report.outcome === 'planned' || report.outcome === 'refused'
      ? [checks, plan, deployments]
      : [deployments, checks, plan]),
    section('Data', renderData(report.data, most)),
    section('Write probe', renderWriteProbe(report.writeProbe)),
    section('Migration tool', renderJobs(report.jobs, most)),
    section('Rollback', renderRollback(report, most)),
    section('Warnings', renderTexts(report.warnings, most)),
    section('Notes', renderTexts(report.notes, most)),
  ];
  return `${joinBlocks(blocks)}\n`;
}

function renderProblem({ code: errorCode, what, why, remedy }: Problem, docsUrl: string | null): Block {
  // Not shortened: the reader must see every invalid input.
  const lines = [
    `**${text(what)}:** ${text(why, 20_000)}`,
    '',
    `**What to do:** ${text(remedy, 4000)}`,
    '',
    `Owner: ${text(ERROR_CODES[errorCode])}. More: ${docsLink(errorCode, docsUrl)}`,
  ];
  return ['> [!CAUTION]', ...lines.map((line) => `> ${line}`.trimEnd())].join('\n');
}

/** A heading of docs/errors.md; every code has one. */
function docsLink(heading: string, docsUrl: string | null): string {
  return docsUrl ? `[${heading}](${encodeURI(docsUrl)}/errors.md#${heading})` : code(`docs/errors.md#${heading}`);
}

const NO_PLAN: Pick<Report, 'chart' | 'strategy' | 'image'> = { chart: null, strategy: null, image: null };

function renderFacts(report: Report): Block {
  // The table of the hops has the strategy, the chart and the image of each.
  const { chart, strategy, image } = report.hops.length > 0 ? NO_PLAN : report;
  const why = chart?.why ? `: ${text(chart.why)}` : '';
  const rows = [
    ['Milvus', versions(report)],
    ['Running now', runsNow(report)],
    ['Chart', chart ? `${versionChange(chart.from, chart.to)}${why}` : ''],
    ['Strategy', code(strategy ?? '')],
    ['Image', code(image ?? '')],
    ...renderSnapshot(report),
    [
      'Time',
      report.startedAt
        ? `${text(report.startedAt.slice(0, 19).replace('T', ' '))} UTC, took ${formatSeconds(report.tookSeconds)}`
        : '',
    ],
  ];
  const [first = [], ...others] = rows.filter(([, fact]) => fact !== '');
  return table(first, others);
}

/** Only if it is neither the target version nor the version before. */
function runsNow({ runningVersions, toVersion, fromVersion }: Report): string {
  const versions = runningVersions.join(' and ');
  return versions === toVersion || versions === fromVersion ? '' : text(versions);
}

function renderSnapshot({ topology, messageQueue, metastore, etcd }: Report): (readonly string[])[] {
  if (topology === null || etcd === null) return [];
  const endpoints = etcd.endpoints.slice(0, 9).map(code);
  return [
    ['Installation', `${topology}, message queue ${messageQueue}, metadata in ${metastore}`],
    ['etcd', [...endpoints, `root path ${code(etcd.rootPath)}`].join(', ')],
  ];
}

function versions({ operation, fromVersion, toVersion }: Report): string {
  if (operation === 'verify' && fromVersion !== toVersion)
    return `${text(fromVersion ?? '?')}, expected ${text(toVersion)}`;
  return versionChange(fromVersion ?? '?', toVersion);
}

/** `2.2.12 → 2.2.16`, or one version if nothing changes. */
function versionChange(from: string, to: string): string {
  return from === to ? text(to) : `${text(from)} → ${text(to)}`;
}

function renderTexts(texts: readonly string[], most: number): Block {
  return texts.length === 0 ? '' : cut(texts, most, (shown) => list(shown.map((line) => text(line))));
}
