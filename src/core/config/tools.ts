// The programs that the run uses, from the inputs. Pure.
import { parseVersion } from '../model/version.js';
import { withoutEnd } from '../lib/text-scan.js';
import type { InputName, RawInputs } from './raw-inputs.js';

/** `installed` is the program on the PATH; `auto` is the minor version of the server. Versions have no leading `v`. */
export type RequestedTool =
  | { readonly kind: 'installed' }
  | { readonly kind: 'auto' }
  | { readonly kind: 'exact'; readonly version: string };

export interface ToolsConfig {
  readonly helm: RequestedTool;
  readonly kubectl: RequestedTool;
  /** SHA-256 in lowercase hexadecimal digits, or null for the table of known checksums. */
  readonly helmChecksum: string | null;
  readonly kubectlChecksum: string | null;
  /** Without a trailing slash; null for the official hosts. */
  readonly mirror: string | null;
}

/** The first version with `--reset-then-reuse-values` (helm/helm, release notes of v3.14.0). */
export const OLDEST_HELM = '3.14.0';

type ToolInput = 'helm-version' | 'kubectl-version';
type AddError = (problem: string) => void;

/** Parses the five inputs about programs, and reports every problem. */
export function parseTools(raw: RawInputs, addError: AddError): ToolsConfig {
  const addInputError = (input: InputName, works: string): void => addError(`${input} is "${raw[input]}"; ${works}`);
  const helm = requestedTool(raw, 'helm-version', 'installed, or a full version such as 3.21.4', addInputError);
  const kubectl =
    raw['kubectl-version'] === 'auto'
      ? AUTO
      : requestedTool(raw, 'kubectl-version', 'auto, installed, or a full version such as 1.34.5', addInputError);
  if (helm.kind === 'exact' && isOlderThanHelm314(helm.version))
    addInputError(
      'helm-version',
      `write ${OLDEST_HELM} or newer: older versions do not support --reset-then-reuse-values`,
    );
  return {
    helm,
    kubectl,
    helmChecksum: checksum(raw, 'helm-checksum', helm, addInputError),
    kubectlChecksum: checksum(raw, 'kubectl-checksum', kubectl, addInputError),
    mirror: mirror(raw, addInputError),
  };
}

/** Whether a Helm version, with or without a leading `v`, is too old or cannot be parsed. */
export function isOlderThanHelm314(text: string): boolean {
  const version = parseVersion(text);
  return !version || version.major < 3 || (version.major === 3 && version.minor < 14);
}

const AUTO: RequestedTool = { kind: 'auto' };
const INSTALLED: RequestedTool = { kind: 'installed' };
type AddInputError = (input: InputName, works: string) => void;

function requestedTool(raw: RawInputs, input: ToolInput, works: string, addInputError: AddInputError): RequestedTool {
  const text = raw[input];
  if (text === 'installed') return INSTALLED;
  if (!parseVersion(text)) {
    addInputError(input, `write ${works}`);
    return INSTALLED;
  }
  return { kind: 'exact', version: text.replace(/^v/, '') };
}

function checksum(
  raw: RawInputs,
  input: 'helm-checksum' | 'kubectl-checksum',
  tool: RequestedTool,
  addInputError: AddInputError,
): string | null {
  const text = raw[input].toLowerCase();
  if (text === '') return null;
  const versionInput = input.replace('checksum', 'version') as ToolInput;
  if (!/^[0-9a-f]{64}$/.test(text)) addInputError(input, 'write a SHA-256: 64 hexadecimal digits');
  // A version that cannot be parsed has already been reported.
  else if (tool.kind !== 'exact' && raw[versionInput] === tool.kind)
    addInputError(input, `write an exact ${versionInput} with it, not ${tool.kind}`);
  return text;
}

function mirror(raw: RawInputs, addInputError: AddInputError): string | null {
  const text = withoutEnd(raw['download-mirror'], '/');
  if (text === '') return null;
  if (!/^https?:\/\/[^\s/?#@]+(\/[^\s?#@]*)?$/.test(text))
    addInputError(
      'download-mirror',
      'write a URL such as https://mirror.example.com/tools, without user, password or query',
    );
  return text;
}
