// Looks at the certificate that a server shows, to say in an error whose it is. Sends nothing and trusts nothing.
import { isIP } from 'node:net';
import { connect, type PeerCertificate } from 'node:tls';

const OBSERVATION_MILLISECONDS = 3000;

/** Such as "a certificate for DNS:kubernetes, issued by kube-ca, valid until …"; empty where it cannot be seen. */
export function peerCertificate(server: string, serverName?: string): Promise<string> {
  const { hostname, port } = new URL(server);
  const host = hostname.replace(/^\[|\]$/g, '');
  const servername = serverName ?? (isIP(host) === 0 ? host : undefined);
  return new Promise((resolve) => {
    // Nothing is sent over it: it ends with the handshake.
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
  return `a certificate for ${names.slice(0, 200)}, issued by ${nameOf(issuer) || 'nobody'}, valid until ${until ?? 'no time'}`;
}

function nameOf(subject: PeerCertificate['subject'] | undefined): string {
  const name: unknown = subject?.CN ?? subject?.O;
  return Array.isArray(name) ? name.join(', ') : typeof name === 'string' ? name : '';
}
