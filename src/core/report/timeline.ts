// The timeline of a run as a Mermaid gantt chart: a row for the steps, and one for each Deployment that changed. Texts
// are reduced to characters without a meaning in Mermaid.
import { formatSeconds } from '../lib/duration.js';
import { mermaidName } from '../lib/escape.js';
import type { Report } from './report.js';
import type { ComponentRow } from './components.js';
import { secondsBetween } from './plan.js';
import type { Span, SpanState } from './spans.js';

/** More rows would be unreadable; the table lists all Deployments. */
const MAX_ROWS = 40;
/** A flapping Deployment would fill the chart: its longest spans are sufficient. */
const MAX_SPANS = 12;
/** Minimum shares of the whole width for a bar with its label, or at least its duration. */
const HOLDS_WORDS = 0.16;
const HOLDS_TIME = 0.07;
/** Mermaid requires a non-empty name for every bar. */
const NO_LABEL = '·';

/** Mermaid's styles of a task: blue, gray, red. */
const PATTERNS: Readonly<Record<SpanState | 'step', string>> = {
  rolling: 'active',
  draining: 'done',
  unavailable: 'crit',
  step: '',
};

/** Width of a letter in the name of a section, in pixels at Mermaid's font size. */
const LETTER_PIXELS = 6;

/** `compact` gives each section one row; otherwise each span would have its own (mermaid.js.org/syntax/gantt.html). */
function head(names: readonly string[]): string {
  const leftPadding = 40 + LETTER_PIXELS * Math.max(...names.map((name) => name.length));
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
  readonly label: string;
  readonly pattern: string;
  readonly from: string;
  readonly to: string;
}

/**
 * The source of the chart, without a code fence; empty if nothing changed. Times are UTC, without a zone so that
 * browsers do not convert them.
 */
export function renderTimeline(report: Report): string {
  const moved = report.components.filter(hasMoved);
  if (moved.length === 0) return '';
  const steps = report.steps
    .filter((step) => step.tookSeconds > 0)
    .map(
      (step): Bar => ({
        label: step.kind,
        pattern: PATTERNS.step,
        from: step.startedAt,
        to: step.endedAt ?? report.endedAt,
      }),
    );
  const sections = [
    ...(steps.length > 0 ? [{ name: 'steps', bars: steps }] : []),
    ...moved
      .slice(0, MAX_ROWS)
      .map((row) => ({ name: mermaidName(nameOf(row, moved)), bars: longest(row.spans).map(spanBar) })),
  ];
  const width = widthOf(sections.flatMap((section) => section.bars));
  return [
    head(sections.map((section) => section.name)),
    ...sections.flatMap(({ name, bars }) => [`  section ${name}`, ...bars.map((bar) => renderBar(bar, width))]),
  ].join('\n');
}

/** The number of changed Deployments that have no row in the timeline. */
export function leftOutOfTimeline(report: Report): number {
  return Math.max(0, report.components.filter(hasMoved).length - MAX_ROWS);
}

function hasMoved(row: ComponentRow): boolean {
  return row.spans.length > 0;
}

/** The role if it is unique among the rows, else the Deployment. */
function nameOf(row: ComponentRow, all: readonly ComponentRow[]): string {
  const alone = all.filter((other) => other.role === row.role).length === 1;
  return alone && row.role !== '' ? row.role : row.deployment;
}

function longest(spans: readonly Span[]): Span[] {
  const byLength = [...spans].sort((a, b) => secondsBetween(b.from, b.to) - secondsBetween(a.from, a.to));
  const kept = new Set(byLength.slice(0, MAX_SPANS));
  return spans.filter((span) => kept.has(span));
}

function spanBar({ state, from, to }: Span): Bar {
  return { label: state, pattern: PATTERNS[state], from, to };
}

function widthOf(bars: readonly Bar[]): number {
  const starts = bars.map((bar) => Date.parse(bar.from));
  const endTimes = bars.map((bar) => Date.parse(bar.to));
  return (Math.max(...endTimes) - Math.min(...starts)) / 1000;
}

function renderBar({ label: name, pattern, from, to }: Bar, width: number): string {
  const seconds = secondsBetween(from, to);
  const time = formatSeconds(seconds);
  const label = seconds >= width * HOLDS_WORDS ? `${name} ${time}` : seconds >= width * HOLDS_TIME ? time : NO_LABEL;
  return `    ${label} :${pattern ? `${pattern}, ` : ''}${withoutZone(from)}, ${withoutZone(to)}`;
}

function withoutZone(at: string): string {
  return new Date(at).toISOString().replace('T', ' ').replace('Z', '');
}
