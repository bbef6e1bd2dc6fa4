// The published SHA-256 checksums of helm and kubectl: rows with their sources in tool-sums.json, updated by `npm run
// sums`. A version without a row is not downloaded unless the user sets its checksum. Contains the three latest patches
// of every minor version that have a source, for each system.
import type { System, Tool } from '../config/tool-downloads.js';
import table from './tool-sums.json' with { type: 'json' };

/** Version, system, checksum, and the keys of its `sources`. */
export type SumRow = readonly [version: string, system: string, sum: string, sources: string];

/** The rows of a tool, oldest version first. */
export function sumRows(tool: Tool): readonly SumRow[] {
  return table[tool] as unknown as readonly SumRow[];
}

/** The sources by the keys that the rows use. */
export const SUM_SOURCES: Readonly<Record<string, string>> = table.sources;

/** The published checksum of the downloaded file, or null if none is known. */
export function knownSum(tool: Tool, version: string, { os, arch }: System): string | null {
  return sumRows(tool).find((row) => row[0] === version && row[1] === `${os}-${arch}`)?.[2] ?? null;
}

/** The latest kubectl of a minor version such as `1.34` for a system, or null. */
export function newestKubectl(minor: string, { os, arch }: System): string | null {
  return (
    sumRows('kubectl').findLast(
      ([version, system]) => version.startsWith(`${minor}.`) && system === `${os}-${arch}`,
    )?.[0] ?? null
  );
}
