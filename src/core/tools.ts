// Which programs the run uses, from the inputs about them. Pure.
import type { RawInputs } from './inputs.js';

/** `installed` is what the PATH has; `auto` is the minor version of the server. Versions are written without a leading `v`. */
export type WantedTool = { readonly kind: 'installed' } | { readonly kind: 'auto' } | { readonly kind: 'exact'; readonly version: string };

export interface ToolWishes {
  readonly helm: WantedTool;
  readonly kubectl: WantedTool;
  /** SHA-256 in lower-case hexadecimal digits, or null for the table of known sums. */
  readonly helmChecksum: string | null;
  readonly kubectlChecksum: string | null;
  /** Without a slash at the end; null for the official hosts. */
  readonly mirror: string | null;
}

export function parseTools(_raw: RawInputs, _complain: (problem: string) => void): ToolWishes {
  return { helm: { kind: 'installed' }, kubectl: { kind: 'installed' }, helmChecksum: null, kubectlChecksum: null, mirror: null };
}
