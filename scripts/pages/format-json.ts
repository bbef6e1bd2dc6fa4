// Formats JSON as the formatter of this repository does: a list of plain values is on one line if it fits.

const MAX_WIDTH = 120;

/** Ends with a line end. */
export function formatJson(value: unknown): string {
  return `${format(value, '', 0)}\n`;
}

/** `used` is the width of what is on the same line: the indentation, the key, and a comma. */
function format(value: unknown, indent: string, used: number): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    const line = `[${value.map((item) => JSON.stringify(item)).join(', ')}]`;
    const isPlain = value.every((item) => typeof item !== 'object' || item === null);
    if (isPlain && used + line.length <= MAX_WIDTH) return line;
    return block(
      '[]',
      value.map((item) => format(item, inner, inner.length + 1)),
      indent,
    );
  }
  const entries = Object.entries(value).map(([key, below]) => {
    const name = `${JSON.stringify(key)}: `;
    return name + format(below, inner, inner.length + name.length + 1);
  });
  return block('{}', entries, indent);
}

function block(brackets: '[]' | '{}', lines: readonly string[], indent: string): string {
  if (lines.length === 0) return brackets;
  return `${brackets[0]}\n${lines.map((line) => `${indent}  ${line}`).join(',\n')}\n${indent}${brackets[1]}`;
}
