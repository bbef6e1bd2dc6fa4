// The part of the summary about Deployments: the table, the timeline, and commands to inspect those that failed.
import { formatSeconds } from '../../lib/duration.js';
import { codeMarkdown as code, escapeMarkdown as text } from '../../lib/escape.js';
import { cut, joinBlocks, list, table, type Block } from './markdown.js';
import { titleOf } from '../../platforms/labels.js';
import { PLATFORM_LABELS } from '../../platforms/registry.js';
import type { PlatformName } from '../../config/config.js';
import type { Report } from '../report.js';
import type { ComponentRow } from '../components.js';
import type { RowResult } from '../component-result.js';
import { leftOutOfTimeline, renderTimeline } from '../timeline.js';
import { parseImage } from '../../model/version.js';

const RESULTS: Readonly<Record<RowResult, string>> = {
  upgraded: '✅ upgraded',
  'rolled-back': '↩️ rolled back',
  unchanged: '➖ unchanged',
  stopped: '⏹️ stopped',
  waiting: '⏳ waiting',
  failed: '❌ failed',
  removed: '🗑️ removed',
};

const HEAD = ['Image', 'Ready', 'Terminating', 'Restarts', 'Duration', 'Downtime', 'Result'];

/** If the list must be shortened, those that need attention come first. */
export function renderDeployments(report: Report, most: number): Block {
  if (report.components.length === 0) return '';
  const urgent =
    report.components.length > most
      ? [...report.components].sort((a, b) => urgency(a) - urgency(b))
      : report.components;
  const changed = report.components.some((row) => row.tookSeconds !== null);
  const { part } = PLATFORM_LABELS[report.platform];
  const head = [titleOf(part), ...HEAD];
  const rows = cut(urgent, most, (shown) => table(head, shown.map(renderRow)));
  return joinBlocks([rows, renderCauses(urgent, most), changed ? took(report.platform) : '']);
}

/** Below the table: a cause is long, and as a column it would make all others too narrow. */
function renderCauses(rows: readonly ComponentRow[], most: number): Block {
  const caused = rows.filter((row) => row.cause !== '');
  const item = ({ result, deployment, role, cause }: ComponentRow): string =>
    `${RESULTS[result]} ${code(deployment || role)}: ${text(cause)}`;
  return caused.length === 0 ? '' : cut(caused, most, (shown) => list(shown.map(item)));
}

function took(platform: PlatformName): string {
  const { part, units, turn } = PLATFORM_LABELS[platform];
  const unit = units.replace(/s$/, '');
  return `*Duration* is the time from the request of the upgrade${turn && ` (${turn})`} until the ${part} had only new ${units}, all ready, and no old one left. *Downtime* is the time in which it had no ready ${unit}.`;
}

function urgency({ result }: ComponentRow): number {
  return ['failed', 'waiting', 'stopped', 'removed', 'rolled-back', 'upgraded', 'unchanged'].indexOf(result);
}

function renderRow(row: ComponentRow): readonly string[] {
  const { ready, desired, terminating, tookSeconds, unavailableSeconds, result } = row;
  return [
    code(row.deployment || row.role),
    renderImages(row),
    result === 'removed' ? '' : `${ready}/${desired}`,
    `${terminating}`,
    renderRestarts(row),
    tookSeconds === null ? '' : formatSeconds(tookSeconds),
    tookSeconds === null && unavailableSeconds === 0 ? '' : formatSeconds(unavailableSeconds),
    RESULTS[result],
  ];
}

function renderRestarts({ restarts }: ComponentRow): string {
  const { duringRun, total } = restarts;
  return duringRun === total ? `${duringRun}` : `${duringRun} (${total} in total)`;
}

/** Only the tags if the repository does not change; the whole image is in the table of facts. */
function renderImages({ oldImage, newImage, result }: ComponentRow): string {
  if (result === 'removed') return code(short(oldImage ?? newImage));
  if (oldImage === null) return `new: ${code(short(newImage))}`;
  if (oldImage === newImage) return code(short(newImage));
  const sameRepository = parseImage(oldImage).repository === parseImage(newImage).repository;
  return sameRepository
    ? `${code(short(oldImage))} → ${code(short(newImage))}`
    : `${code(oldImage)} → ${code(newImage)}`;
}

function short(image: string): string {
  return parseImage(image).tag || image;
}

/** The timeline as a fenced diagram. */
export function renderTimelineBlock(report: Report): Block {
  const chart = renderTimeline(report);
  if (chart === '') return '';
  const missing = leftOutOfTimeline(report);
  const { parts, units } = PLATFORM_LABELS[report.platform];
  const legend = `Blue: ${units} are being replaced. Gray: only old ${units} that are terminating. Red: no ${units.replace(/s$/, '')} is ready. Times are UTC.`;
  return joinBlocks([
    `\`\`\`mermaid\n${chart}\n\`\`\``,
    missing > 0 ? `${legend} ${missing} more ${parts} are listed in the table above.` : legend,
  ]);
}

/** Commands to inspect the Deployments that failed. */
export function renderCommands({ components, namespace, outcome, platform, release }: Report): Block {
  const failed = components.filter((row) => row.result === 'failed');
  const broken = failed.length > 0 ? failed : components.filter((row) => row.result === 'waiting');
  if (outcome !== 'failed' || broken.length === 0) return '';
  const parts = broken.slice(0, 3).map(({ deployment }) => word(deployment));
  const installation = { name: word(release), namespace: word(namespace) };
  return closer(PLATFORM_LABELS[platform].inspect(installation, parts));
}

function closer(commands: readonly string[]): Block {
  return `Inspect the failure:\n\n\`\`\`sh\n${commands.join('\n')}\n\`\`\``;
}

/** Kubernetes allows no other characters in these names; any other text must not reach a shell. */
function word(name: string): string {
  return name.replace(/[^A-Za-z0-9._-]/g, '_');
}
