// Text changes as data: which characters of which file are replaced, and by which text. Pure.
import type { ProjectFile } from './project.js';

/** `setting` names what the characters set, for messages. */
export interface Splice {
  readonly path: string;
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly setting: string;
}

/** Applies all splices to the files. Splices must not overlap. */
export function applySplices(files: readonly ProjectFile[], splices: readonly Splice[]): ProjectFile[] {
  return files.map((file) => ({ ...file, text: spliced(file, splices) }));
}

function spliced(file: ProjectFile, splices: readonly Splice[]): string {
  return splices
    .filter((splice) => splice.path === file.path)
    .toSorted((first, other) => other.start - first.start)
    .reduce((text, { start, end, text: fresh }) => text.slice(0, start) + fresh + text.slice(end), file.text);
}

/** True if both change the same characters. */
export function overlap(first: Splice, other: Splice): boolean {
  return (
    first.path === other.path &&
    first.start < Math.max(other.end, other.start + 1) &&
    other.start < Math.max(first.end, first.start + 1)
  );
}

export function isSameSplice(first: Splice, other: Splice): boolean {
  return (
    first.path === other.path && first.start === other.start && first.end === other.end && first.text === other.text
  );
}
