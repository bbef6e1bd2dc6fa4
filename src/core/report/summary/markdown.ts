// The Markdown blocks of the summary. Cells and items must already be escaped.

/** A part of the summary; empty ones are omitted. */
export type Block = string;

/** A table without the columns that are empty in every row. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): Block {
  const kept = head.map((_, column) => rows.some((row) => (row[column] ?? '') !== ''));
  const line = (cells: readonly string[]): string => `| ${cells.filter((_, column) => kept[column]).join(' | ')} |`;
  return rows.length === 0 ? '' : [line(head), line(head.map(() => ':---')), ...rows.map(line)].join('\n');
}

export function list(items: readonly string[]): Block {
  return items.map((item) => `- ${item}`).join('\n');
}

/** A collapsed block. */
export function details(title: string, block: Block): Block {
  return block === '' ? '' : `<details>\n<summary>${title}</summary>\n\n${block}\n\n</details>`;
}

export function section(title: string, ...blocks: readonly Block[]): Block {
  const body = joinBlocks(blocks);
  return body === '' ? '' : `### ${title}\n\n${body}`;
}

export function joinBlocks(blocks: readonly Block[]): Block {
  return blocks.filter((block) => block !== '').join('\n\n');
}

/** Renders the first items, and states below how many were omitted; the report contains all of them. */
export function cut<Item>(items: readonly Item[], most: number, render: (shown: readonly Item[]) => Block): Block {
  const missing = items.length - most;
  return missing > 0
    ? `${render(items.slice(0, most))}\n\n*${missing} more omitted; the report contains all of them.*`
    : render(items);
}
