// The few Markdown blocks that the summary is made of. Cells and items come escaped.

/** A part of the summary; empty ones are left out. */
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

/** Hidden until it is clicked on. */
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

/** Renders the first of many items, and says below how many were left out; the report has them all. */
export function cut<Item>(items: readonly Item[], most: number, render: (shown: readonly Item[]) => Block): Block {
  const missing = items.length - most;
  return missing > 0 ? `${render(items.slice(0, most))}\n\n*${missing} more left out here; the report has them all.*` : render(items);
}
