// An edit of a file as the lines of a diff, for people: without secrets, also those beside or above the line that changes. Pure.
import { structuredPatch } from 'diff';
import { maskLines } from '../../mask-lines.js';
import { readEnvFile } from './env-file.js';
import type { FileEdit } from './image-edits.js';

const CONTEXT_LINES = 2;
/** Larger files are not compared line by line. */
const MAX_CHARACTERS = 400_000;

/** Unified diff lines of an edit, without the names of the files; the values of variables with a name like a secret's are `***`. */
export function diffOf({ path, before, after }: FileEdit): readonly string[] {
  if (Math.max(before.length, after.length) > MAX_CHARACTERS) return [`(too large to show: ${before.length} characters before, ${after.length} after)`];
  const { hunks } = structuredPatch(path, path, before, after, '', '', { context: CONTEXT_LINES });
  const shown = maskFile(path, before).split('\n');
  return hunks.flatMap((hunk) => {
    let at = hunk.oldStart - 1;
    const lines = hunk.lines.map((line) => {
      const [mark = ' ', text] = [line[0], line.slice(1)];
      // What a line is hidden for may stand in a line above it; a changed line holds an image and is only looked at by itself.
      const redact = mark === ' ' ? (shown[at] ?? '') : maskLines(text);
      if (mark === ' ' || mark === '-') at += 1;
      return mark === '\\' ? line : `${mark}${redact.replace(/^\ufeff|\r$/g, '')}`;
    });
    return [`@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@`, ...lines];
  });
}

function maskFile(path: string, text: string): string {
  return maskLines(/\.ya?ml$/i.test(path) ? text : hideFurtherLines(text));
}

/** A value of several lines in an .env file is a certificate or the like. */
function hideFurtherLines(text: string): string {
  return readEnvFile(text).reduceRight((hidden, { start, end }) => {
    const further = hidden.slice(start, end).replace(/\n[^\n]*/g, '\n***');
    return hidden.slice(0, start) + further + hidden.slice(end);
  }, text);
}
