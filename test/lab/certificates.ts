// Certificates for servers and clients of a test, issued by a CA of its own.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Certificate {
  /** Its file is `<name>.pem`. */
  readonly name: string;
  /** Such as `DNS:my-etcd,IP:127.0.0.1`. */
  readonly names: string;
  /** A negative number makes an expired certificate. */
  readonly days?: number;
}

/** Writes `authority.pem`, `key.pem`, which is the key of all certificates, and the certificates. */
export function makeCertificates(directory: string, certificates: readonly Certificate[]): void {
  const openssl = (command: string, ...words: string[]): void =>
    void execFileSync('openssl', [...command.split(' '), ...words], { cwd: directory, stdio: 'ignore' });
  const newKey = '-newkey rsa:2048 -nodes';
  openssl(`req -x509 ${newKey} -days 2 -keyout authority.key -out authority.pem`, '-subj', '/CN=authority of the test');
  openssl(`req ${newKey} -keyout key.pem -out request.pem`, '-subj', '/CN=server of the test');
  for (const { name, names, days = 2 } of certificates) {
    writeFileSync(join(directory, `${name}.ext`), `subjectAltName=${names}\n`);
    openssl(
      `x509 -req -in request.pem -CA authority.pem -CAkey authority.key -CAcreateserial -days ${days} -extfile ${name}.ext -out ${name}.pem`,
    );
  }
}
