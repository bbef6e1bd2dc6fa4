// The parts of the summary about a failure: the first lines of the diagnostics, and the rollback.
import { codeMarkdown as code, escapeMarkdown as text, oneLine, shorten } from '../../lib/escape.js';
import { joinBlocks, type Block } from './markdown.js';
import type { Report } from '../report.js';
import { renderSteps } from './plan.js';

/** The most relevant lines of the diagnostics, expanded. */
export function renderEvidence({ evidence }: Report, most: number): Block {
  if (!evidence) return '';
  const where = `${evidence.files.length} files in ${code(evidence.directory)}; start with ${code('index.md')}.`;
  const shown = evidence.head.slice(0, Math.min(most, 40)).map(fenced);
  const lines = shown.length > 0 ? ['```text', ...shown, '```'].join('\n') : '';
  return ['<details open>', '<summary>Diagnostics</summary>', '', joinBlocks([lines, where]), '', '</details>'].join(
    '\n',
  );
}

/** Within a code fence nothing is formatted; only the end of the fence must be replaced. */
function fenced(line: string): string {
  const indent = /^ */.exec(line)?.[0] ?? '';
  return `${indent}${shorten(oneLine(line), 300).replaceAll('```', "'''")}`;
}

export function renderRollback({ rollback, ...report }: Report, most: number): Block {
  if (!rollback) return '';
  const [hop] = rollback.hops;
  const why = hop ? ` Why this is safe: ${text(hop.why)} (${text(hop.source)})` : '';
  const head = `**${text(rollback.from)} → ${text(rollback.to)}**, ${code(rollback.image)}${rollback.chart ? `, chart ${text(rollback.chart.to)}` : ''}.${why}`;
  return joinBlocks([head, renderSteps(rollback, { ...report, rollback }, most)]);
}
