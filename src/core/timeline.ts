// The timeline of a run as a Mermaid gantt chart: a row for the steps, one for each Deployment that moved. Only texts that mean nothing to Mermaid get in.
import { formatSeconds } from './duration.js';
import { mermaidName } from './escape.js';
import type { Report } from './report.js';
import type { ComponentRow } from './report-components.js';
import { secondsBetween } from './report-plan.js';
import type { Span, SpanState } from './report-spans.js';

/** What a person still reads at a glance; the table has all of them. */
const MOST_ROWS = 40;
/** A Deployment that flaps would fill the chart: its longest spans say enough. */
const MOST_SPANS = 12;
/** Shares of the whole width in which a bar can hold its words, or at least its time. */
const HOLDS_WORDS = 0.16;
const HOLDS_TIME = 0.07;
/** Mermaid wants some name for every bar, and takes no blank one. */
const NO_LABEL = '·';

/** Mermaid's looks of a task: blue, grey, red. */
const PATTERNS: Readonly<Record<SpanState | 'step', string>> = { rolling: 'active', draining: 'done', unavailable: 'crit', step: '' };

/** Width of a letter of a section's name, in pixels of Mermaid's own font size. */
const LETTER_PIXELS = 6;

/** Bars without a shared row would make a section as high as it has spans: `compact` gives each section one row (mermaid.js.org/syntax/gantt.html). */
function head(names: readonly string[]): string {
  const leftPadding = 40 + LETTER_PIXELS * Math.max(...names.map((each) => each.length));
  return `---
displayMode: compact
config:
  gantt:
    leftPadding: ${leftPadding}
    barHeight: 22
---
gantt
  dateFormat YYYY-MM-DD HH:mm:ss.SSS
  axisFormat %H:%M:%S
  todayMarker off`;
}

interface Bar {
  readonly words: string;
  readonly look: string;
  readonly from: string;
  readonly to: string;
}

/** The source of the chart, without a fence; empty when nothing moved. Times are UTC, and written without a zone so that browsers leave them so. */
export function renderTimeline(report: Report): string {
  const moved = report.components.filter(hasMoved);
  if (moved.length === 0) return '';
  const steps = report.steps
    .filter((each) => each.tookSeconds > 0)
    .map((each): Bar => ({ words: each.kind, look: PATTERNS.step, from: each.startedAt, to: each.endedAt ?? report.endedAt }));
  const sections = [
    ...(steps.length > 0 ? [{ name: 'steps', bars: steps }] : []),
    ...moved.slice(0, MOST_ROWS).map((each) => ({ name: mermaidName(nameOf(each, moved)), bars: longest(each.spans).map(spanBar) })),
  ];
  const width = widthOf(sections.flatMap((each) => each.bars));
  return [
    head(sections.map((each) => each.name)),
    ...sections.flatMap(({ name, bars }) => [`  section ${name}`, ...bars.map((bar) => renderBar(bar, width))]),
  ].join('\n');
}

/** How many Deployments that moved the timeline has no row for. */
export function leftOutOfTimeline(report: Report): number {
  return Math.max(0, report.components.filter(hasMoved).length - MOST_ROWS);
}

function hasMoved(row: ComponentRow): boolean {
  return row.spans.length > 0;
}

/** The role where it tells rows apart, else the Deployment. */
function nameOf(row: ComponentRow, all: readonly ComponentRow[]): string {
  const alone = all.filter((each) => each.role === row.role).length === 1;
  return alone && row.role !== '' ? row.role : row.deployment;
}

function longest(spans: readonly Span[]): Span[] {
  const byLength = [...spans].sort((a, b) => secondsBetween(b.from, b.to) - secondsBetween(a.from, a.to));
  const kept = new Set(byLength.slice(0, MOST_SPANS));
  return spans.filter((each) => kept.has(each));
}

function spanBar({ state, from, to }: Span): Bar {
  return { words: state, look: PATTERNS[state], from, to };
}

function widthOf(bars: readonly Bar[]): number {
  const starts = bars.map((each) => Date.parse(each.from));
  const ends = bars.map((each) => Date.parse(each.to));
  return (Math.max(...ends) - Math.min(...starts)) / 1000;
}

function renderBar({ words, look, from, to }: Bar, width: number): string {
  const seconds = secondsBetween(from, to);
  const time = formatSeconds(seconds);
  const label = seconds >= width * HOLDS_WORDS ? `${words} ${time}` : seconds >= width * HOLDS_TIME ? time : NO_LABEL;
  return `    ${label} :${look ? `${look}, ` : ''}${withoutZone(from)}, ${withoutZone(to)}`;
}

function withoutZone(at: string): string {
  return new Date(at).toISOString().replace('T', ' ').replace('Z', '');
}
