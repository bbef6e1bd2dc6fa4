// Masks a large text in chunks, so that timers and signals run in between: the lock has to be renewed while diagnostics
// are saved.
import { setImmediate } from 'node:timers/promises';
import { maskKeys } from '../core/redaction/mask-text.js';

/** A chunk takes a few milliseconds. */
const PIECE_CHARACTERS = 256 * 1024;
/** Longer lines are truncated after masking: a secret that is cut in two would not be recognized. */
const MAX_LINE = 16 * 1024;
/** The end of a log shows why a program failed: only this many characters at the end are kept. */
const MAX_CHARACTERS = 16 * 1024 * 1024;

/**
 * Returns the text with its secrets masked and long lines truncated. Private keys are masked first, because a key can
 * span several chunks.
 */
export async function maskLarge(text: string, redact: (text: string) => string): Promise<string> {
  const end =
    text.length > MAX_CHARACTERS
      ? `… ${text.length - MAX_CHARACTERS} characters omitted\n${text.slice(-MAX_CHARACTERS)}`
      : text;
  const masked: string[] = [];
  for (const piece of pieces(maskKeys(end))) {
    masked.push(cutLines(redact(piece)));
    await setImmediate();
  }
  return masked.join('');
}

/** Whole lines, as many as fit into a chunk; a longer line is a chunk of its own. */
function* pieces(text: string): Generator<string> {
  for (let start = 0; start < text.length; ) {
    const lineEnd = text.lastIndexOf('\n', start + PIECE_CHARACTERS);
    const next = lineEnd >= start ? lineEnd : text.indexOf('\n', start + PIECE_CHARACTERS);
    const end = start + PIECE_CHARACTERS >= text.length || next < 0 ? text.length : next + 1;
    yield text.slice(start, end);
    start = end;
  }
}

function cutLines(text: string): string {
  if (text.length <= MAX_LINE) return text;
  const cut = (line: string): string =>
    line.length > MAX_LINE ? `${line.slice(0, MAX_LINE)}… (${line.length - MAX_LINE} characters omitted)` : line;
  return text.split('\n').map(cut).join('\n');
}
