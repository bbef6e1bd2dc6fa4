// The section of the summary about the write probe.
import { formatRate, type QueryCount, type WriteProbeResult } from '../../data/write-probe.js';
import { escapeMarkdown as text } from '../../lib/escape.js';
import { formatSeconds } from '../../lib/duration.js';
import { joinBlocks, table, type Block } from './markdown.js';

export function renderWriteProbe(result: WriteProbeResult | null): Block {
  if (!result) return '';
  const { writes, queries } = result;
  const rows = writes.map(({ version, tookSeconds }) => [
    text(version),
    '✅ accepted and found',
    formatSeconds(tookSeconds),
  ]);
  return joinBlocks([
    rows.length === 0 ? '' : table(['Milvus', 'New rows', 'Took'], rows),
    queries ? describeQueries(queries) : '',
  ]);
}

function describeQueries(queries: QueryCount): string {
  const { what, calls, failed, longestGapSeconds, lastFailure } = queries;
  const last = lastFailure === '' ? '' : ` The last failure: ${text(lastFailure)}`;
  return `Queries twice a second (${text(what)}): **${calls - failed} of ${calls} succeeded** (${formatRate(queries)}), the longest time without a response was **${formatSeconds(longestGapSeconds)}**.${last}`;
}
