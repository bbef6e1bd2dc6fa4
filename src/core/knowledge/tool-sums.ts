// The published SHA-256 of helm and kubectl: rows with their sources in tool-sums.json, renewed by `npm run sums`. A version without a row is not downloaded
// unless the user gives its sum. Of every minor version the three newest patches that a source is known for, system by system.
import type { System, Tool } from '../tool-downloads.js';
import table from './tool-sums.json' with { type: 'json' };

/** Version, system, sum, and the keys of `sources` that were read for it. */
export type SumRow = readonly [version: string, system: string, sum: string, sources: string];

/** The rows of a tool, oldest version first. */
export function sumRows(tool: Tool): readonly SumRow[] {
  return table[tool] as unknown as readonly SumRow[];
}

/** What the keys in the rows stand for. */
export const SUM_SOURCES: Readonly<Record<string, string>> = table.sources;

/** The published sum of the file that is downloaded, or null where none is known. */
export function knownSum(tool: Tool, version: string, { os, arch }: System): string | null {
  return sumRows(tool).find((row) => row[0] === version && row[1] === `${os}-${arch}`)?.[2] ?? null;
}

/** The newest kubectl of a minor version such as `1.34` for a system, or null. */
export function newestKubectl(minor: string, { os, arch }: System): string | null {
  return sumRows('kubectl').findLast(([version, system]) => version.startsWith(`${minor}.`) && system === `${os}-${arch}`)?.[0] ?? null;
}
