// Finds words in external texts in linear time. Pure. For patterns that a regular expression could find only with
// backtracking.

/** True if these words occur in this order on one line, with any text between them. */
export function inOrder(text: string, ...parts: readonly string[]): boolean {
  return text.split('\n').some((line) => followEachOther(line, parts));
}

function followEachOther(line: string, parts: readonly string[]): boolean {
  let from = 0;
  return parts.every((word) => {
    const at = line.indexOf(word, from);
    from = at + word.length;
    return at >= 0;
  });
}

/**
 * The text with `…` in place of everything between the first occurrence of `first` and the last occurrence of `last` on
 * a line.
 */
export function blankBetween(text: string, first: string, last: string): string {
  const blank = (line: string): string => {
    const start = line.indexOf(first) + first.length;
    const end = line.lastIndexOf(last);
    return start >= first.length && end > start ? `${line.slice(0, start)}…${line.slice(end)}` : line;
  };
  return text.split('\n').map(blank).join('\n');
}

/** The text without any trailing occurrences of this character. */
export function withoutEnd(text: string, character: string): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === character) end -= 1;
  return text.slice(0, end);
}
