// The lines of the log about the verification of data.
import type { DataResult } from '../../data/result.js';

const MAX_LINES = 20;

export function logData({ state, reason, api, differences, unverified, limits, collections }: DataResult): string[] {
  const over = api === '' ? '' : ` over the ${api}`;
  const heads: Readonly<Record<DataResult['state'], string>> = {
    verified: `✓ data verified${over}: ${collections.length} collections are the same as before`,
    differs: `✗ data differs${over}:`,
    'not-verified': `? data not verified${over}: ${reason}`,
    saved: `  data read${over}: ${collections.length} collections; there was nothing to compare them with`,
  };
  const open = [...differences, ...(differences.length > 0 ? unverified : [])];
  return [
    heads[state],
    ...shown(open).map((line) => `    ${line}`),
    ...shown(limits).map((limit) => `    not compared: ${limit}`),
  ];
}

function shown(lines: readonly string[]): readonly string[] {
  const more = lines.length - MAX_LINES;
  return more > 0 ? [...lines.slice(0, MAX_LINES), `and ${more} more`] : lines;
}
