// The input `kubeconfig`: text, base64 of it, or a path. Pure; errors never quote more than a path.
import { decoded, describeText } from './certificates.js';
import { SecretString } from '../redaction/secret-string.js';
import {
  chooseContext,
  parseKubeconfig,
  skipsVerification,
  type ChosenContext,
  type Kubeconfig,
} from './kubeconfig.js';
import { isRecord } from '../lib/json.js';
import type { Values } from '../model/values.js';
import type { ReadFile } from './raw-inputs.js';

export type AddError = (problem: string) => void;

export interface KubeconfigReading {
  readonly context: string | null;
  readonly insecure: boolean;
  readonly readFile: ReadFile;
  readonly addError: AddError;
}

type Written =
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'text'; readonly text: SecretString };

/** Detects which of the three it is, and reports one that cannot be used. */
export function readKubeconfigInput(written: string, reading: KubeconfigReading): Written {
  const found = sort(written, reading);
  if (found.kind === 'unclear') {
    reading.addError(found.problem);
    return { kind: 'path', path: '' };
  }
  const { text, input } = found;
  const parsed = parseKubeconfig(text, '');
  if (!parsed.ok)
    reading.addError(
      `${input} ${parsed.why}; write a whole kubeconfig, as \`kubectl config view --raw --minify --flatten\` prints it`,
    );
  else checkContext(parsed.value, input, reading);
  if (found.kind === 'path') return { kind: 'path', path: written };
  if (parsed.ok) checkPaths(parsed.value, reading);
  return { kind: 'text', text: new SecretString(text) };
}

type Sorted =
  | { readonly kind: 'path' | 'text'; readonly text: string; readonly input: string }
  | { readonly kind: 'unclear'; readonly problem: string };

function sort(written: string, { readFile }: KubeconfigReading): Sorted {
  const plain = decoded(written);
  if (plain !== null && /[:{]/.test(plain))
    return { kind: 'text', text: plain, input: 'kubeconfig, decoded from base64,' };
  if (/[\n{]|: /.test(written)) {
    return plain === null && looksLikeBase64(written)
      ? brokenBase64(written)
      : { kind: 'text', text: written, input: 'kubeconfig' };
  }
  const content = readFile(written);
  if (content !== null) return { kind: 'path', text: content, input: `kubeconfig names the file "${written}", which` };
  return { kind: 'unclear', problem: pathProblem(written, readFile) };
}

/** A truncated or mistyped secret must not be treated as a path and quoted. */
function looksLikeBase64(written: string): boolean {
  return /^[A-Za-z0-9+/=\s]{40,}$/.test(written) && !/^[.~]?\//.test(written);
}

function brokenBase64(written: string): Sorted {
  return {
    kind: 'unclear',
    problem: `kubeconfig is ${describeText(written)} that looks like base64 but cannot be decoded to text; encode the whole file again`,
  };
}

function pathProblem(written: string, readFile: ReadFile): string {
  if (isPathLike(written)) {
    if (written.startsWith('~')) return `kubeconfig is "${written}", and "~" is not expanded; write the full path`;
    const parts = written.split(':').filter((part) => part.length > 1);
    if (parts.length > 1 && parts.some((part) => readFile(part) !== null)) {
      return `kubeconfig is "${written}", which is several paths; leave it out and set the environment variable KUBECONFIG to them`;
    }
    return `kubeconfig is "${written}", which is not a readable file; write a path, the text of a kubeconfig, or base64 of it`;
  }
  return `kubeconfig is ${describeText(written)}, but not a kubeconfig, base64 of one, or the path of a file`;
}

/** Only text that cannot be a token or a key is quoted. */
function isPathLike(written: string): boolean {
  return (
    written.length <= 200 &&
    (/^(\.{0,2}|~)\//.test(written) ||
      /^[a-z0-9_.-]{1,40}(\/[a-z0-9_.-]{1,40}){1,6}$/.test(written) ||
      /\.(ya?ml|conf|config|json)$/.test(written))
  );
}

function checkContext(config: Kubeconfig, input: string, { context, insecure, addError }: KubeconfigReading): void {
  const chosen = chooseContext(config, context);
  if (!chosen.ok) addError(`${input} ${chosen.why}`);
  else if (skipsVerification(chosen.value) && !insecure) addError(`${input} ${skipsUnchecked(chosen.value)}`);
}

/**
 * The problem with a kubeconfig that disables verification although the input does not; continues a sentence that
 * begins with "the kubeconfig".
 */
export function skipsUnchecked({ cluster }: ChosenContext): string {
  const remedy =
    'write the certificate-authority-data of the cluster into it, or set the input insecure-skip-tls-verify: true if that is intended';
  return `has insecure-skip-tls-verify: true for its cluster "${cluster.name}"; ${remedy}`;
}

/** A kubeconfig that is given as text has no base directory for relative paths. */
function checkPaths({ clusters, users }: Kubeconfig, { addError }: KubeconfigReading): void {
  const keys = ['certificate-authority', 'client-certificate', 'client-key', 'tokenFile'];
  const bodies: readonly Values[] = [...clusters, ...users].map(({ body }) => body);
  const relative = keys.filter((key) => bodies.some((body) => typeof body[key] === 'string' && isRelative(body[key])));
  const command = bodies.some(
    ({ exec }) =>
      isRecord(exec) && typeof exec.command === 'string' && exec.command.includes('/') && isRelative(exec.command),
  );
  for (const key of [...relative, ...(command ? ['exec command'] : [])]) {
    addError(
      `kubeconfig is given as text and has a ${key} with a relative path, which cannot be resolved; write the full path, the data itself, or set kubeconfig to its path`,
    );
  }
}

function isRelative(path: string): boolean {
  return path !== '' && !path.startsWith('/') && !/^[A-Za-z]:[\\/]/.test(path);
}
