// Selects how the run logs in to the cluster, from the inputs. Pure: files are read through the given function.
import { readCertificates } from './certificates.js';
import { oneLine, shorten } from '../lib/escape.js';
import { SecretString } from '../redaction/secret-string.js';
import { readKubeconfigInput, type AddError } from './kubeconfig-input.js';
import { withoutEnd } from '../lib/text-scan.js';
import type { InputName, RawInputs, ReadFile } from './raw-inputs.js';

export { SecretString } from '../redaction/secret-string.js';

/** `default` is what the environment provides: KUBECONFIG, `~/.kube/config`, or in a pod its service account. */
export type Login =
  | { readonly kind: 'default'; readonly context: string | null; readonly insecure: boolean }
  | { readonly kind: 'path'; readonly path: string; readonly context: string | null; readonly insecure: boolean }
  /** A whole kubeconfig from the input, decoded if it was base64. */
  | { readonly kind: 'text'; readonly text: SecretString; readonly context: string | null; readonly insecure: boolean }
  | {
      readonly kind: 'token';
      readonly server: string;
      readonly token: SecretString;
      readonly caCertificate: string | null;
      readonly insecure: boolean;
    };

/** Selects the login method, and reports every input that does not fit it. Never quotes a token or a kubeconfig. */
export function parseLogin(raw: RawInputs, readFile: ReadFile, addError: AddError): Login {
  const context = raw.context || null;
  const insecure = isInsecure(raw, addError);
  const byToken = raw.server !== '' || raw.token !== '';
  combinationProblems(raw, insecure).forEach(addError);
  if (byToken && !raw.kubeconfig) {
    const token = readToken(raw.token, addError);
    return {
      kind: 'token',
      server: readServer(raw.server, insecure, addError),
      token,
      caCertificate: readAuthority(raw, addError),
      insecure,
    };
  }
  if (raw.kubeconfig === '') return { kind: 'default', context, insecure };
  return { ...readKubeconfigInput(raw.kubeconfig, { context, insecure, readFile, addError }), context, insecure };
}

function isInsecure(raw: RawInputs, addError: AddError): boolean {
  const written = raw['insecure-skip-tls-verify'];
  if (!['true', 'false', ''].includes(written))
    addError(`insecure-skip-tls-verify is "${shorten(oneLine(written), 200)}"; write true or false`);
  return written === 'true';
}

interface Combination {
  readonly given: readonly InputName[];
  readonly missing: readonly InputName[];
  readonly problem: string;
}

/** Inputs that contradict each other, or that require another input. */
const COMBINATIONS: readonly Combination[] = [
  {
    given: ['kubeconfig', 'server'],
    missing: [],
    problem: 'kubeconfig and server are both given, and each defines a cluster; leave one of them out',
  },
  {
    given: ['kubeconfig', 'token'],
    missing: ['server'],
    problem: 'token is given together with kubeconfig, which has credentials of its own; leave one of them out',
  },
  {
    given: ['token'],
    missing: ['kubeconfig', 'server'],
    problem: 'token is given without server; write the URL of the API server, such as https://10.0.0.1:6443',
  },
  {
    given: ['server'],
    missing: ['kubeconfig', 'token'],
    problem: 'server is given without token; write the token of a service account',
  },
  {
    given: ['ca-certificate'],
    missing: ['server'],
    problem:
      'ca-certificate is given without server; it belongs to server and token, and a kubeconfig has its own certificate-authority-data',
  },
  {
    given: ['server', 'context'],
    missing: ['kubeconfig'],
    problem: 'context is given with server, but without a kubeconfig that contains it; leave it out',
  },
];

function combinationProblems(raw: RawInputs, insecure: boolean): string[] {
  const found = COMBINATIONS.filter(
    ({ given, missing }) => given.every((name) => raw[name] !== '') && missing.every((name) => raw[name] === ''),
  );
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
  // The text after "?" or "#" may be a token.
  const [address = ''] = written.split(/[?#]/, 1);
  const quoted = `server is "${shorten(oneLine(address), 200)}${address === written ? '' : '…'}"`;
  if (!URL.canParse(written) || !/^https?:\/\//i.test(written))
    return `${quoted}; write a URL with https://, such as https://10.0.0.1:6443`;
  const url = new URL(written);
  // Not quoted: the text before the "@" is a password.
  if (url.username + url.password !== '')
    return 'server has a user or a password before an "@"; write the URL without them, and the token into token';
  if (url.search + url.hash !== '') return `${quoted}; write it without "?" and "#"`;
  if (url.protocol === 'https:' || insecure) return null;
  return `${quoted}, and http:// would send the token unencrypted; write https://, or set insecure-skip-tls-verify: true if that is intended`;
}

function readToken(written: string, addError: AddError): SecretString {
  const token = written.trim();
  const length = `it has ${token.length} characters`;
  if (/^bearer\s/i.test(token))
    addError(`token begins with "Bearer ", which belongs to the HTTP header; write only the token (${length})`);
  else if (/\s/.test(token)) addError(`token contains spaces or line breaks; write it without them (${length})`);
  else if (/^ZXlK[A-Za-z0-9+/]+={0,2}$/.test(token)) {
    addError(
      `token is base64 of a token, as stored in a Secret; write it decoded, for example with \`base64 -d\` (${length})`,
    );
  } else if (/[^\x21-\x7e]/.test(token))
    addError(`token contains characters that are not valid in a token; copy it again (${length})`);
  else if (token.startsWith('-----BEGIN'))
    addError('token is a certificate or a key; write the bearer token of a service account');
  return new SecretString(token);
}

function readAuthority(raw: RawInputs, addError: AddError): string | null {
  const written = raw['ca-certificate'];
  if (written === '') return null;
  const found = readCertificates(written);
  if (!found.ok) {
    const remedy = 'write the PEM text from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----, or base64 of it';
    addError(`ca-certificate ${found.why}; ${remedy}`);
    return null;
  }
  return found.pem;
}
