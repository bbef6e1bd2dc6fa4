// A section of a generated page: a heading, a sentence and a table.
export type Section = {
  readonly title: string;
  readonly says: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
};

export function renderSection({ title, says, head, rows }: Section): string {
  const lines = [head, head.map(() => '---'), ...rows].map(
    (cells) => `| ${cells.map((cell) => cell.replace(/\|/g, '\\|')).join(' | ')} |`,
  );
  return [`## ${title}`, says, lines.join('\n')].join('\n\n');
}
