// Parses JSON whose integers may exceed the safe integers of JavaScript: those become text. Pure.
import { parseJson } from './json.js';

/** Whole strings and whole numbers, so that the digits inside of a string or behind a decimal point are not matched. */
const TOKENS = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
/** An integer with fewer digits is always safe. */
const LONG_INTEGER = /^-?\d{16,}$/;

/** Null if the text is not JSON. Each integer of 16 or more digits is returned as a string. */
export function parseExactJson(text: string): unknown {
  return parseJson(text.replace(TOKENS, (token) => (LONG_INTEGER.test(token) ? `"${token}"` : token)));
}
