// The part of the summary about a run of several upgrades: one table of the hops, and a collapsed block for each.
import { formatSeconds } from '../../lib/duration.js';
import { codeMarkdown as code, escapeMarkdown as text } from '../../lib/escape.js';
import { describeAhead, nameOfRow, type HopData, type HopResult, type HopRow } from '../hops.js';
import type { Report } from '../report.js';
import { STATES } from './data.js';
import { renderDeployments, renderTimelineBlock } from './deployments.js';
import { details, joinBlocks, table, type Block } from './markdown.js';
import { renderPlan } from './plan.js';

const RESULTS: Readonly<Record<HopResult, string>> = {
  complete: '✅ complete',
  failed: '❌ failed',
  refused: '⛔ refused',
  'rolled-back': '↩️ rolled back',
  running: '⏳ in progress when the run ended',
  'not-started': '⬜ not started',
  planned: '📋 planned',
};

const ROLLBACKS: Readonly<Record<NonNullable<HopRow['rollback']>, string>> = {
  available: 'available',
  blocked: '⚠️ blocked',
};

/** One row for each hop; empty for a run of one upgrade. */
export function renderHops({ hops }: Report): Block {
  if (hops.length === 0) return '';
  const rows = hops.map((hop, at) => [
    `${at + 1}`,
    `**${text(hop.from)} → ${text(hop.to)}**`,
    RESULTS[hop.result],
    duration(hop.tookSeconds),
    duration(hop.unavailableSeconds),
    hop.data ? describeData(hop.data) : '',
    hop.strategy ? code(hop.strategy) : 'not planned: the hop before it has no plan',
    hop.chart ? chartOf(hop.chart) : '',
    hop.rollback ? ROLLBACKS[hop.rollback] : '',
    whyOf(hop),
  ]);
  const isAhead = hops.some(({ result }) => result === 'planned' || result === 'not-started');
  return joinBlocks([
    table(['', 'Hop', 'Result', 'Duration', 'Downtime', 'Data', 'Strategy', 'Chart', 'Rollback', 'Why'], rows),
    hops.some(({ unavailableSeconds }) => unavailableSeconds !== null)
      ? '*Downtime* is the time in which at least one component had nothing ready. *Rollback* is whether the old version can run again once the new one has run.'
      : '*Rollback* is whether the old version can run again once the new one has run.',
    isAhead ? describeAhead(hops.length) : '',
  ]);
}

function duration(seconds: number | null): string {
  return seconds === null ? '' : formatSeconds(seconds);
}

function describeData({ state, rows }: HopData): string {
  return rows === null ? STATES[state] : `${STATES[state]}, ${rows} rows`;
}

function chartOf({ from, to }: NonNullable<HopRow['chart']>): string {
  return from === to ? text(to) : `${text(from)} → ${text(to)}`;
}

function whyOf({ why, source, topology }: HopRow): string {
  const values = Object.entries(topology).map(([path, value]) => code(`${path}=${value}`));
  const change = values.length > 0 ? ` Changes the topology: ${values.join(', ')}.` : '';
  return `${text(why)} (${text(source)}).${change}`;
}

/** What happened in each hop, and its plan. */
export function renderHopDetails(report: Report, most: number): Block {
  return joinBlocks(
    report.hops.map((hop, at) => {
      const own: Report = { ...report, components: hop.components, steps: hop.steps, endedAt: hop.endedAt ?? '' };
      const happened = hop.startedAt === null ? '' : 'timeline, ';
      return details(
        `Hop ${at + 1}, ${text(nameOfRow(hop))}: ${happened}plan and checks`,
        joinBlocks([
          renderTimelineBlock(own),
          hop.startedAt === null ? '' : renderDeployments(own, most),
          hop.plan ? renderPlan(hop.plan, own, most) : '',
        ]),
      );
    }),
  );
}
