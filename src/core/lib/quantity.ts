// Kubernetes quantities such as 250m, 1.5, 2Gi or 1e3, as numbers of cores and bytes (kubernetes.io/docs, "Quantity"),
// and formatted for messages. Pure.
import { own } from './own.js';

/** Cores and bytes. */
export interface Amounts {
  readonly cpu: number;
  readonly memory: number;
}

const FACTORS: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  Ki: 1024,
  Mi: 1024 ** 2,
  Gi: 1024 ** 3,
  Ti: 1024 ** 4,
  Pi: 1024 ** 5,
};

/** Zero if absent or invalid: such a pod requests nothing that is known. */
export function parseQuantity(written: unknown): number {
  const found = /^([+-]?[\d.]+(?:[eE][+-]?\d+)?)([a-zA-Z]*)$/.exec(String(written ?? '').trim());
  const factor = own(FACTORS, found?.[2] ?? '?');
  return found && factor !== undefined ? Number(found[1]) * factor : 0;
}

export function addAmounts(a: Amounts, b: Amounts): Amounts {
  return { cpu: a.cpu + b.cpu, memory: a.memory + b.memory };
}

export function subtractAmounts(a: Amounts, b: Amounts): Amounts {
  return { cpu: a.cpu - b.cpu, memory: a.memory - b.memory };
}

/** Tolerates rounding errors. */
export function fitsInto(need: Amounts, room: Amounts): boolean {
  return need.cpu <= room.cpu + 1e-6 && need.memory <= room.memory + 1;
}

/** `1.5 CPU and 2 GiB`. */
export function describeAmounts({ cpu, memory }: Amounts): string {
  return `${Math.round(cpu * 1000) / 1000} CPU and ${describeBytes(memory)}`;
}

function describeBytes(bytes: number): string {
  const mebibytes = bytes / 1024 ** 2;
  return Math.abs(mebibytes) >= 1024
    ? `${Math.round((mebibytes / 1024) * 10) / 10} GiB`
    : `${Math.round(mebibytes)} MiB`;
}
