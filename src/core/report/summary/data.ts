// The section of the summary about the verification of data.
import type { CollectionResult } from '../../data/comparison.js';
import type { DataResult } from '../../data/result.js';
import { codeMarkdown as code, escapeMarkdown as text } from '../../lib/escape.js';
import { cut, joinBlocks, list, table, type Block } from './markdown.js';

export const STATES: Readonly<Record<CollectionResult['state'], string>> = {
  verified: '✅ the same',
  differs: '❌ differs',
  'not-verified': '❔ not verified',
  saved: 'saved',
};

export function renderData(data: DataResult | null, most: number): Block {
  if (!data) return '';
  const { collections, differences, unverified, limits, reason, api } = data;
  return joinBlocks([
    data.state === 'not-verified' ? `Not verified: ${text(reason)}` : '',
    bullets(differences, most),
    differences.length > 0 || collections.length > 0 ? bullets(unverified, most) : '',
    collections.length === 0
      ? ''
      : cut(collections, most, (shown) =>
          table(['Collection', 'Rows before', 'Rows now', 'Compared', 'Data'], shown.map(row)),
        ),
    limits.length === 0 ? '' : joinBlocks([`Not compared, over the ${text(api)}:`, bullets(limits, most)]),
  ]);
}

function row({ name, rowsBefore, rowsAfter, compared, state }: CollectionResult): string[] {
  return [code(name), amount(rowsBefore), amount(rowsAfter), text(compared.join(', ')), STATES[state]];
}

function amount(rows: number | null): string {
  return rows === null ? '' : String(rows);
}

function bullets(lines: readonly string[], most: number): Block {
  return lines.length === 0 ? '' : cut(lines, most, (shown) => list(shown.map((line) => text(line))));
}
