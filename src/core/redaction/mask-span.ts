// Spans of a text, and runs of characters in it, for masking secrets. Pure.

/** A part of a text; `end` is exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** The next secret at or after a position; never empty. */
export type Find = (text: string, from: number) => Span | null;

/** Where a run of characters that match the sticky pattern ends. */
export function endOf(run: RegExp, text: string, start: number): number {
  run.lastIndex = start;
  return start + (run.exec(text)?.[0].length ?? 0);
}

/** Where a run of such characters that ends at a position starts; searches backwards over a bounded number of them. */
export function skipBack(text: string, from: number, character: RegExp, most: number): number {
  let at = from;
  while (at > 0 && from - at < most && character.test(text[at - 1]!)) at -= 1;
  return at;
}
