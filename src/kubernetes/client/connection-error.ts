// Why a connection to the server failed, by the error codes of Node, OpenSSL and undici, and the remedy for each.
import type { Cluster } from '@kubernetes/client-node';
import { UpgradeError, type ErrorCode } from '../../core/model/error.js';
import { peerCertificate } from './peer-certificate.js';

interface Row {
  readonly codes: RegExp;
  readonly code: ErrorCode;
  readonly why: string;
  readonly remedy: string;
  /** True if the certificate that the server presents helps to explain the failure. */
  readonly certificate?: true;
}

const GIVE_AUTHORITY =
  'Provide the CA certificate: the input ca-certificate together with server and token, or certificate-authority-data in the kubeconfig. If no CA certificate is available, insecure-skip-tls-verify: true disables the verification; anyone on the network path can then read the token.';

const ROWS: readonly Row[] = [
  {
    codes:
      /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT(_LOCALLY)?|CERT_SIGNATURE_FAILURE|CERT_UNTRUSTED|INVALID_CA)$/,
    code: 'login-failed',
    why: 'its certificate was signed by an unknown authority',
    remedy: GIVE_AUTHORITY,
    certificate: true,
  },
  {
    codes: /^ERR_TLS_CERT_ALTNAME_INVALID$/,
    code: 'login-failed',
    why: 'its certificate is not valid for this host name',
    remedy: 'Use one of the names in the certificate as the server name, or set tls-server-name in the kubeconfig.',
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
    remedy: 'Compare the clocks of the runner and the server.',
    certificate: true,
  },
  {
    codes: /^(ERR_OSSL_|ERR_CRYPTO_)/,
    code: 'login-failed',
    why: 'a certificate or key of the kubeconfig cannot be read',
    remedy: 'Copy the complete kubeconfig again: `kubectl config view --raw --minify --flatten` prints it.',
  },
  {
    codes: /^(ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG)|EPROTO|HPE_INVALID_CONSTANT|HPE_INVALID_VERSION)$/,
    code: 'cluster-unreachable',
    why: 'the server at this address does not use HTTPS',
    remedy: 'Check the port: in most clusters, the API server listens on 443 or 6443.',
  },
  {
    codes: /^ERR_SSL_/,
    code: 'login-failed',
    why: 'the server ended the TLS handshake',
    remedy: 'Check the client certificate of the kubeconfig, and that no proxy intercepts TLS.',
  },
  {
    codes: /^ECONNREFUSED$/,
    code: 'cluster-unreachable',
    why: 'the connection was refused',
    remedy: 'Check host and port, and that the API server is running.',
  },
  {
    codes: /^(ENOTFOUND|EAI_AGAIN)$/,
    code: 'cluster-unreachable',
    why: 'its name cannot be resolved by the DNS of this runner',
    remedy: 'Check the name. A private cluster requires a runner inside its network.',
  },
  {
    codes: /^(UND_ERR_CONNECT_TIMEOUT|ETIMEDOUT|TimeoutError|UND_ERR_HEADERS_TIMEOUT)$/,
    code: 'cluster-unreachable',
    why: 'it did not answer in time',
    remedy:
      'Check the address, and that no firewall blocks this runner. A private cluster requires a runner inside its network.',
  },
  {
    codes: /^(EHOSTUNREACH|ENETUNREACH)$/,
    code: 'cluster-unreachable',
    why: 'no route to it exists from this runner',
    remedy: 'Check the address and the network of the runner.',
  },
  {
    codes: /^(ECONNRESET|UND_ERR_SOCKET|EPIPE)$/,
    code: 'cluster-unreachable',
    why: 'the connection was closed',
    remedy:
      'Check that the address is that of an API server, and check any proxy in front of it. Run the action again: it resumes from the current state.',
  },
];

/** The error with its meaning; null if the code is not known. */
export function explainConnection(error: unknown, server: string, extra = ''): UpgradeError | null {
  const missing = missingFile(error);
  if (missing) return missing;
  const code = codeOf(error);
  const row = ROWS.find((row) => row.codes.test(code));
  if (!row) return null;
  return new UpgradeError(
    { code: row.code, what: `Cannot connect to ${server}`, why: `${row.why} (${code})${extra}`, remedy: row.remedy },
    { cause: error },
  );
}

/** The same for the first connection, where there is time for more details. */
export async function connectionError(error: unknown, cluster: Cluster | null): Promise<UpgradeError> {
  if (!cluster) return unexplained(error, '', '');
  const proxy = cluster.proxyUrl?.replace(/\/\/[^@/]*@/, '//') ?? '';
  const route = proxy === '' ? '' : `, through the proxy ${proxy}`;
  const isAboutCertificate = ROWS.some((row) => row.certificate && row.codes.test(codeOf(error)));
  const certificate =
    isAboutCertificate && proxy === '' ? await peerCertificate(cluster.server, cluster.tlsServerName) : '';
  const extra = `${route}${certificate === '' ? '' : `; it presents ${certificate}`}`;
  return explainConnection(error, cluster.server, extra) ?? unexplained(error, cluster.server, extra);
}

function unexplained(error: unknown, server: string, extra: string): UpgradeError {
  const why = `${[(error as Error).message, messageOfCause(error)].filter((message) => message !== '').join(': ')}${extra}`;
  const remedy = 'Check the address, and that the runner can connect to it.';
  return new UpgradeError(
    { code: 'cluster-unreachable', what: `Cannot connect to ${server}`, why, remedy },
    { cause: error },
  );
}

/** The first code in the chain of causes; several attempted addresses count as one failure. */
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
  const why = `the file "${path}" in the kubeconfig ${code === 'ENOENT' ? 'does not exist' : 'cannot be read'}`;
  const remedy =
    'Relative paths start from the directory of the kubeconfig. `kubectl config view --raw --minify --flatten` prints a kubeconfig with the data inline.';
  return new UpgradeError(
    { code: 'login-failed', what: 'The kubeconfig cannot be used', why, remedy },
    { cause: error },
  );
}
