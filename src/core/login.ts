// How the run logs in to the cluster, from the inputs about it. Pure: what is a file is read through a function it is given.
import type { RawInputs, ReadFile } from './inputs.js';

/** Text that must not be shown: no way of printing or serialising it reveals it. */
export class HiddenText {
  readonly #text: string;
  constructor(text: string) {
    this.#text = text;
  }
  reveal(): string {
    return this.#text;
  }
  toJSON(): string {
    return '***';
  }
  toString(): string {
    return '***';
  }
}

/** `default` is what the environment offers: KUBECONFIG, `~/.kube/config`, or in a pod its service account. */
export type Login =
  | { readonly kind: 'default'; readonly context: string | null; readonly insecure: boolean }
  | { readonly kind: 'path'; readonly path: string; readonly context: string | null; readonly insecure: boolean }
  /** A whole kubeconfig that was written into the input, decoded where it was base64. */
  | { readonly kind: 'text'; readonly text: HiddenText; readonly context: string | null; readonly insecure: boolean }
  | { readonly kind: 'token'; readonly server: string; readonly token: HiddenText; readonly caCertificate: string | null; readonly insecure: boolean };

/** Finds the way to log in, and complains about every input that does not fit it. */
export function parseLogin(raw: RawInputs, _readFile: ReadFile, _complain: (problem: string) => void): Login {
  const context = raw.context || null;
  const insecure = raw['insecure-skip-tls-verify'] === 'true';
  return raw.kubeconfig ? { kind: 'path', path: raw.kubeconfig, context, insecure } : { kind: 'default', context, insecure };
}
