// How the run logs in to the cluster, from the inputs about it. Pure: what is a file is read through a function it is given.
import { readCertificates } from './certificates.js';
import { oneLine, shorten } from './escape.js';
import { SecretString } from './hidden-text.js';
import type { InputName, RawInputs, ReadFile } from './inputs.js';
import { readKubeconfigInput, type AddError } from './kubeconfig-input.js';
import { withoutEnd } from './text-scan.js';

export { SecretString } from './hidden-text.js';

/** `default` is what the environment offers: KUBECONFIG, `~/.kube/config`, or in a pod its service account. */
export type Login =
  | { readonly kind: 'default'; readonly context: string | null; readonly insecure: boolean }
  | { readonly kind: 'path'; readonly path: string; readonly context: string | null; readonly insecure: boolean }
  /** A whole kubeconfig that was written into the input, decoded where it was base64. */
  | { readonly kind: 'text'; readonly text: SecretString; readonly context: string | null; readonly insecure: boolean }
  | { readonly kind: 'token'; readonly server: string; readonly token: SecretString; readonly caCertificate: string | null; readonly insecure: boolean };

/** Finds the way to log in, and complains about every input that does not fit it. Never quotes a token or a kubeconfig. */
export function parseLogin(raw: RawInputs, readFile: ReadFile, addError: AddError): Login {
  const context = raw.context || null;
  const insecure = isInsecure(raw, addError);
  const byToken = raw.server !== '' || raw.token !== '';
  combinationProblems(raw, insecure).forEach(addError);
  if (byToken && !raw.kubeconfig) {
    const token = readToken(raw.token, addError);
    return { kind: 'token', server: readServer(raw.server, insecure, addError), token, caCertificate: readAuthority(raw, addError), insecure };
  }
  if (raw.kubeconfig === '') return { kind: 'default', context, insecure };
  return { ...readKubeconfigInput(raw.kubeconfig, { context, insecure, readFile, addError }), context, insecure };
}

function isInsecure(raw: RawInputs, addError: AddError): boolean {
  const written = raw['insecure-skip-tls-verify'];
  if (!['true', 'false', ''].includes(written)) addError(`insecure-skip-tls-verify is "${shorten(oneLine(written), 200)}"; write true or false`);
  return written === 'true';
}

interface Combination {
  readonly given: readonly InputName[];
  readonly missing: readonly InputName[];
  readonly problem: string;
}

/** Inputs that contradict each other, or that lack their other half. */
const COMBINATIONS: readonly Combination[] = [
  { given: ['kubeconfig', 'server'], missing: [], problem: 'kubeconfig and server are both given, and each names a cluster; leave one of them out' },
  {
    given: ['kubeconfig', 'token'],
    missing: ['server'],
    problem: 'token is given together with kubeconfig, which has credentials of its own; leave one of them out',
  },
  {
    given: ['token'],
    missing: ['kubeconfig', 'server'],
    problem: 'token is given without server; write the address of the API server, such as https://10.0.0.1:6443',
  },
  { given: ['server'], missing: ['kubeconfig', 'token'], problem: 'server is given without token; write the token of a service account' },
  {
    given: ['ca-certificate'],
    missing: ['server'],
    problem: 'ca-certificate is given without server; it belongs to server and token, and a kubeconfig has its own certificate-authority-data',
  },
  { given: ['server', 'context'], missing: ['kubeconfig'], problem: 'context is given with server, and there is no kubeconfig to have it; leave it out' },
];

function combinationProblems(raw: RawInputs, insecure: boolean): string[] {
  const found = COMBINATIONS.filter(({ given, missing }) => given.every((name) => raw[name] !== '') && missing.every((name) => raw[name] === ''));
  const contradicts = insecure && raw.server !== '' && raw['ca-certificate'] !== '';
  const verified = 'ca-certificate and insecure-skip-tls-verify: true contradict each other; leave one of them out';
  return [...found.map(({ problem }) => problem), ...(contradicts ? [verified] : [])];
}

function readServer(written: string, insecure: boolean, addError: AddError): string {
  const problem = written === '' ? null : serverProblem(written, insecure);
  if (problem !== null) addError(problem);
  return withoutEnd(written, '/');
}

function serverProblem(written: string, insecure: boolean): string | null {
  // What stands behind "?" or "#" may be a token.
  const [address = ''] = written.split(/[?#]/, 1);
  const quoted = `server is "${shorten(oneLine(address), 200)}${address === written ? '' : '…'}"`;
  if (!URL.canParse(written) || !/^https?:\/\//i.test(written)) return `${quoted}; write an address with https://, such as https://10.0.0.1:6443`;
  const url = new URL(written);
  // Not quoted: what stands before the "@" is a password.
  if (url.username + url.password !== '') return 'server has a user or a password before an "@"; write the address alone, and the token into token';
  if (url.search + url.hash !== '') return `${quoted}; write it without "?" and "#"`;
  if (url.protocol === 'https:' || insecure) return null;
  return `${quoted}, and http:// would send the token in the clear; write https://, or insecure-skip-tls-verify: true where that is meant`;
}

function readToken(written: string, addError: AddError): SecretString {
  const token = written.trim();
  const length = `it has ${token.length} characters`;
  if (/^bearer\s/i.test(token)) addError(`token begins with "Bearer ", a word of the HTTP header; write the token alone (${length})`);
  else if (/\s/.test(token)) addError(`token has blanks or line breaks inside; write it in one piece (${length})`);
  else if (/^ZXlK[A-Za-z0-9+/]+={0,2}$/.test(token)) {
    addError(`token is base64 of a token, as a Secret holds it; write it decoded, for example with \`base64 -d\` (${length})`);
  } else if (/[^\x21-\x7e]/.test(token)) addError(`token has characters that no token has; copy it again (${length})`);
  else if (token.startsWith('-----BEGIN')) addError('token is a certificate or a key; write the bearer token of a service account');
  return new SecretString(token);
}

function readAuthority(raw: RawInputs, addError: AddError): string | null {
  const written = raw['ca-certificate'];
  if (written === '') return null;
  const found = readCertificates(written);
  if (!found.ok) {
    const pathKind = 'write the PEM text from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----, or base64 of it';
    addError(`ca-certificate ${found.why}; ${pathKind}`);
    return null;
  }
  return found.pem;
}
