// Suggests the known word that is most similar to a mistyped one.

/** With more wrong letters than this, it is another word. */
const MAX_EDITS = 3;

/**
 * The most similar of these words, or null: at most three letters and less than half of them differ, or one is a prefix
 * of the other.
 */
export function closestTo(word: string, known: readonly string[]): string | null {
  const near = known.filter((candidate) => Math.abs(candidate.length - word.length) <= MAX_EDITS);
  const ranked = near
    .map((candidate) => ({ candidate, wrong: lettersWrong(word, candidate) }))
    .sort((a, b) => a.wrong - b.wrong);
  const best = ranked[0];
  if (best && best.wrong <= MAX_EDITS && best.wrong * 2 < best.candidate.length) return best.candidate;
  return (
    known.find(
      (candidate) =>
        word.length >= 3 &&
        (candidate.startsWith(word) || word.startsWith(candidate) || candidate.endsWith(`-${word}`)),
    ) ?? null
  );
}

/** The number of letters to insert, delete or change (Levenshtein distance). */
function lettersWrong(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (let at = 1; at <= from.length; at += 1) {
    const above = row;
    row = [at];
    for (let column = 1; column <= to.length; column += 1) {
      const changed = (above[column - 1] ?? 0) + (from[at - 1] === to[column - 1] ? 0 : 1);
      row.push(Math.min(changed, (above[column] ?? 0) + 1, (row[column - 1] ?? 0) + 1));
    }
  }
  return row[to.length] ?? 0;
}
