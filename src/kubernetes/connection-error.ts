// Why no connection to the server came about, by the codes of Node, OpenSSL and undici, and what to do about each.
import type { Cluster } from '@kubernetes/client-node';
import { UpgradeError, type ErrorCode } from '../core/errors.js';
import { peerCertificate } from './peer-certificate.js';

interface Row {
  readonly codes: RegExp;
  readonly code: ErrorCode;
  readonly why: string;
  readonly remedy: string;
  /** Worth a look at the certificate that the server shows. */
  readonly certificate?: true;
}

const GIVE_AUTHORITY =
  'Give the certificate of its authority: the input ca-certificate beside server and token, or certificate-authority-data in the kubeconfig. Where none can be had, insecure-skip-tls-verify: true does without, and anybody on the way can then read the token.';

const ROWS: readonly Row[] = [
  {
    codes:
      /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT(_LOCALLY)?|CERT_SIGNATURE_FAILURE|CERT_UNTRUSTED|INVALID_CA)$/,
    code: 'login-failed',
    why: 'its certificate was signed by an authority that is not known here',
    remedy: GIVE_AUTHORITY,
    certificate: true,
  },
  {
    codes: /^ERR_TLS_CERT_ALTNAME_INVALID$/,
    code: 'login-failed',
    why: 'its certificate is for other names than this one',
    remedy: 'Use one of the names in the certificate as the server, or set tls-server-name in the kubeconfig.',
    certificate: true,
  },
  {
    codes: /^CERT_HAS_EXPIRED$/,
    code: 'login-failed',
    why: 'its certificate has expired',
    remedy: 'Renew the certificate of the API server.',
    certificate: true,
  },
  {
    codes: /^CERT_NOT_YET_VALID$/,
    code: 'login-failed',
    why: 'its certificate is not valid yet',
    remedy: 'Compare the clocks of the runner and of the server.',
    certificate: true,
  },
  {
    codes: /^(ERR_OSSL_|ERR_CRYPTO_)/,
    code: 'login-failed',
    why: 'a certificate or key of the kubeconfig cannot be read',
    remedy: 'Copy the kubeconfig again, whole: `kubectl config view --raw --minify --flatten` prints it.',
  },
  {
    codes: /^(ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG)|EPROTO|HPE_INVALID_CONSTANT|HPE_INVALID_VERSION)$/,
    code: 'cluster-unreachable',
    why: 'what answers there does not speak https://',
    remedy: 'Check the port: that of an API server is 443 or 6443 in most clusters.',
  },
  {
    codes: /^ERR_SSL_/,
    code: 'login-failed',
    why: 'the server ended the TLS handshake',
    remedy: 'Check the client certificate of the kubeconfig, and that nothing on the way breaks TLS open.',
  },
  { codes: /^ECONNREFUSED$/, code: 'cluster-unreachable', why: 'nothing listens there', remedy: 'Check host and port, and that the API server is up.' },
  {
    codes: /^(ENOTFOUND|EAI_AGAIN)$/,
    code: 'cluster-unreachable',
    why: 'its name is not known to the DNS of this runner',
    remedy: 'Check the name. A private cluster needs a runner inside of its network.',
  },
  {
    codes: /^(UND_ERR_CONNECT_TIMEOUT|ETIMEDOUT|TimeoutError|UND_ERR_HEADERS_TIMEOUT)$/,
    code: 'cluster-unreachable',
    why: 'it did not answer within seconds',
    remedy: 'Check the address, and that a firewall lets this runner through. A private cluster needs a runner inside of its network.',
  },
  {
    codes: /^(EHOSTUNREACH|ENETUNREACH)$/,
    code: 'cluster-unreachable',
    why: 'no way leads there from this runner',
    remedy: 'Check the address and the network of the runner.',
  },
  {
    codes: /^(ECONNRESET|UND_ERR_SOCKET|EPIPE)$/,
    code: 'cluster-unreachable',
    why: 'the connection was broken off',
    remedy: 'Check that the address is that of an API server, and what stands before it. Run the action again: it goes on from what it finds.',
  },
];

/** The error with what it means; null where the code says nothing to us. */
export function explainConnection(error: unknown, server: string, extra = ''): UpgradeError | null {
  const missing = missingFile(error);
  if (missing) return missing;
  const code = codeOf(error);
  const row = ROWS.find((each) => each.codes.test(code));
  if (!row) return null;
  return new UpgradeError({ code: row.code, what: `Cannot connect to ${server}`, why: `${row.why} (${code})${extra}`, remedy: row.remedy }, { cause: error });
}

/** The same at the first connection, where there is time to look closer. */
export async function connectionError(error: unknown, cluster: Cluster | null): Promise<UpgradeError> {
  if (!cluster) return unexplained(error, '', '');
  const proxy = cluster.proxyUrl?.replace(/\/\/[^@/]*@/, '//') ?? '';
  const way = proxy === '' ? '' : `, through the proxy ${proxy}`;
  const isAboutCertificate = ROWS.some((each) => each.certificate && each.codes.test(codeOf(error)));
  const shown = isAboutCertificate && proxy === '' ? await peerCertificate(cluster.server, cluster.tlsServerName) : '';
  const extra = `${way}${shown === '' ? '' : `; it shows ${shown}`}`;
  return explainConnection(error, cluster.server, extra) ?? unexplained(error, cluster.server, extra);
}

function unexplained(error: unknown, server: string, extra: string): UpgradeError {
  const why = `${[(error as Error).message, messageOfCause(error)].filter((each) => each !== '').join(': ')}${extra}`;
  const remedy = 'Check the address, and that the runner reaches it.';
  return new UpgradeError({ code: 'cluster-unreachable', what: `Cannot connect to ${server}`, why, remedy }, { cause: error });
}

/** The first code on the way down the causes; several addresses that were tried are one failure. */
function codeOf(error: unknown): string {
  for (let at = error as Chained | undefined; at; at = at.cause ?? at.errors?.[0]) {
    if (typeof at.code === 'string') return at.code;
    if (at.name === 'TimeoutError') return at.name;
  }
  return '';
}

interface Chained {
  readonly code?: unknown;
  readonly name?: string;
  readonly message?: string;
  readonly cause?: Chained;
  readonly errors?: readonly Chained[];
}

function messageOfCause(error: unknown): string {
  return (error as Chained).cause?.message ?? '';
}

/** Files that a kubeconfig names are read at the first request. */
function missingFile(error: unknown): UpgradeError | null {
  const { code, path } = error as NodeJS.ErrnoException;
  if (path === undefined || !['ENOENT', 'EACCES', 'EISDIR'].includes(code ?? '')) return null;
  const why = `the file "${path}", which it names, ${code === 'ENOENT' ? 'is not there' : 'cannot be read'}`;
  const remedy = 'Relative paths start from the folder of the kubeconfig. `kubectl config view --raw --minify --flatten` prints one with the data inside.';
  return new UpgradeError({ code: 'login-failed', what: 'The kubeconfig cannot be used', why, remedy }, { cause: error });
}
