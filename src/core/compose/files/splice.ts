// Changes to texts as values: which characters of which file give way to what. Pure.
import type { ProjectFile } from './project.js';

/** `setting` says for people what the characters set. */
export interface Splice {
  readonly path: string;
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly setting: string;
}

/** The same files with every splice made; none may overlap another. */
export function applySplices(files: readonly ProjectFile[], splices: readonly Splice[]): ProjectFile[] {
  return files.map((file) => ({ ...file, text: spliced(file, splices) }));
}

function spliced(file: ProjectFile, splices: readonly Splice[]): string {
  return splices
    .filter((splice) => splice.path === file.path)
    .toSorted((one, other) => other.start - one.start)
    .reduce((text, { start, end, text: fresh }) => text.slice(0, start) + fresh + text.slice(end), file.text);
}

/** True when both want the same characters. */
export function overlap(one: Splice, other: Splice): boolean {
  return one.path === other.path && one.start < Math.max(other.end, other.start + 1) && other.start < Math.max(one.end, one.start + 1);
}

export function isSameSplice(one: Splice, other: Splice): boolean {
  return one.path === other.path && one.start === other.start && one.end === other.end && one.text === other.text;
}
