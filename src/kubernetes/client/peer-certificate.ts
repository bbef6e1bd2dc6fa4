// Reads the certificate that a server presents, for use in an error message. Sends nothing and trusts nothing.
import { isIP } from 'node:net';
import { connect, type PeerCertificate } from 'node:tls';
import { hostOf } from '../../core/lib/address.js';

const OBSERVATION_MILLISECONDS = 3000;

/** Such as "a certificate for DNS:kubernetes, issued by kube-ca, valid until …"; empty if it is not available. */
export function peerCertificate(server: string, serverName?: string): Promise<string> {
  const { hostname, port } = new URL(server);
  const host = hostOf(hostname);
  const servername = serverName ?? (isIP(host) === 0 ? host : undefined);
  return new Promise((resolve) => {
    // No data is sent: the connection is closed after the handshake.
    const socket = connect({
      host,
      port: Number(port || 443),
      rejectUnauthorized: false,
      timeout: OBSERVATION_MILLISECONDS,
      ...(servername ? { servername } : {}),
    });
    const end = (text: string) => (): void => {
      socket.destroy();
      resolve(text);
    };
    socket.on('secureConnect', () => end(describe(socket.getPeerCertificate()))());
    socket.on('error', end(''));
    socket.on('timeout', end(''));
  });
}

function describe({ subject, subjectaltname, issuer, valid_to: until }: Partial<PeerCertificate>): string {
  const names = subjectaltname ?? nameOf(subject);
  if (names === '' && !issuer) return '';
  return `a certificate for ${names.slice(0, 200)}, issued by ${nameOf(issuer) || 'an unknown issuer'}, valid until ${until ?? 'an unknown time'}`;
}

function nameOf(subject: PeerCertificate['subject'] | undefined): string {
  const name: unknown = subject?.CN ?? subject?.O;
  return Array.isArray(name) ? name.join(', ') : typeof name === 'string' ? name : '';
}
