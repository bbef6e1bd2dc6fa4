// The known word that somebody probably meant.

/** More wrong letters than this are another word. */
const MOST_WRONG = 3;

/** The nearest of these words, or null when none is near: at most three letters wrong, and less than half of them; or the beginning of it. */
export function closestTo(word: string, known: readonly string[]): string | null {
  const near = known.filter((each) => Math.abs(each.length - word.length) <= MOST_WRONG);
  const ranked = near.map((each) => ({ each, wrong: lettersWrong(word, each) })).sort((a, b) => a.wrong - b.wrong);
  const best = ranked[0];
  if (best && best.wrong <= MOST_WRONG && best.wrong * 2 < best.each.length) return best.each;
  return known.find((each) => word.length >= 3 && (each.startsWith(word) || word.startsWith(each) || each.endsWith(`-${word}`))) ?? null;
}

/** How many letters have to be put in, taken out or changed (Levenshtein). */
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
