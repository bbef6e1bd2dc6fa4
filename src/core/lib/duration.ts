// Formats seconds for people.

/** `0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`: at most two units, tenths only below ten seconds. */
export function formatSeconds(seconds: number): string {
  if (seconds < 9.95) return `${Number(seconds.toFixed(1))} s`;
  const rounded = Math.round(seconds);
  if (rounded < 60) return `${rounded} s`;
  if (rounded < 3600) return twoUnits(Math.floor(rounded / 60), 'min', rounded % 60, 's');
  const minutes = Math.round(rounded / 60);
  return twoUnits(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
}

function twoUnits(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}
