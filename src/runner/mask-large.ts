// Masks a large text in pieces, so that timers and signals are served in between: the lock has to be renewed while evidence is saved.
import { setImmediate } from 'node:timers/promises';
import { maskKeys } from '../core/mask-text.js';

/** A piece takes some milliseconds. */
const PIECE_CHARACTERS = 256 * 1024;
/** A line that nobody would read is cut off here, after it was masked: a cut through a secret would hide what it is. */
const MAX_LINE = 16 * 1024;
/** The end of a log says why a program failed; what is before so many characters is left out. */
const MAX_CHARACTERS = 16 * 1024 * 1024;

/** The same text without secrets and without endless lines. A private key may reach over pieces, so keys go first. */
export async function maskLarge(text: string, redact: (text: string) => string): Promise<string> {
  const end = text.length > MAX_CHARACTERS ? `… ${text.length - MAX_CHARACTERS} characters left out\n${text.slice(-MAX_CHARACTERS)}` : text;
  const masked: string[] = [];
  for (const piece of pieces(maskKeys(end))) {
    masked.push(cutLines(redact(piece)));
    await setImmediate();
  }
  return masked.join('');
}

/** Whole lines, as many as fit into a piece; a longer line is a piece of its own. */
function* pieces(text: string): Generator<string> {
  for (let start = 0; start < text.length; ) {
    const lineEnd = text.lastIndexOf('\n', start + PIECE_CHARACTERS);
    const next = lineEnd >= start ? lineEnd : text.indexOf('\n', start + PIECE_CHARACTERS);
    const end = start + PIECE_CHARACTERS >= text.length || next < 0 ? text.length : next + 1;
    yield text.slice(start, end);
    start = end;
  }
}

export function cutLines(text: string): string {
  if (text.length <= MAX_LINE) return text;
  const cut = (line: string): string => (line.length > MAX_LINE ? `${line.slice(0, MAX_LINE)}… (${line.length - MAX_LINE} characters cut off)` : line);
  return text.split('\n').map(cut).join('\n');
}
