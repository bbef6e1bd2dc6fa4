// Formats an edit of a file as the lines of a diff for users. Secrets are masked, including those in context lines.
// Pure.
import { structuredPatch } from 'diff';
import { maskLines } from '../../redaction/mask-lines.js';
import { readEnvFile } from './env-file.js';
import type { FileEdit } from './image-edits.js';

const CONTEXT_LINES = 2;
/** Larger files are not compared. */
const MAX_CHARACTERS = 400_000;

/**
 * Unified diff lines of an edit, without file names. The values of variables whose name looks like that of a secret are
 * `***`.
 */
export function diffOf({ path, before, after }: FileEdit): readonly string[] {
  if (Math.max(before.length, after.length) > MAX_CHARACTERS)
    return [`(too large to show: ${before.length} characters before, ${after.length} after)`];
  const { hunks } = structuredPatch(path, path, before, after, '', '', { context: CONTEXT_LINES });
  const shown = maskFile(path, before).split('\n');
  return hunks.flatMap((hunk) => {
    let at = hunk.oldStart - 1;
    const lines = hunk.lines.map((line) => {
      const [mark = ' ', text] = [line[0], line.slice(1)];
      // Whether a context line is masked can depend on the lines above it. A changed line contains an image and is
      // masked separately.
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

/** Masks all lines of a multi-line value in an .env file except the first: it is usually a certificate or a key. */
function hideFurtherLines(text: string): string {
  return readEnvFile(text).reduceRight((hidden, { start, end }) => {
    const further = hidden.slice(start, end).replace(/\n[^\n]*/g, '\n***');
    return hidden.slice(0, start) + further + hidden.slice(end);
  }, text);
}
