// Certificates from an input: PEM, with or without its line breaks, or base64 of it. Pure.

export type Certificates = { readonly ok: true; readonly pem: string } | { readonly ok: false; readonly why: string };

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\s\\]*?)-----END \1-----/g;

/**
 * Certificates in normalized PEM, or why there are none. Quotes nothing: text that is pasted here by mistake is often a
 * key.
 */
export function readCertificates(text: string): Certificates {
  const pem = decoded(text) ?? text;
  const blocks = [...pem.matchAll(BLOCK)].map(([, label = '', body = '']) => ({
    label,
    body: body.replace(/\\n/g, '').replace(/\s+/g, ''),
  }));
  if (
    blocks.some(({ label }) => label.includes('PRIVATE KEY')) ||
    (pem.includes('BEGIN ') && pem.includes('PRIVATE KEY'))
  )
    return { ok: false, why: 'contains a private key' };
  const certificates = blocks.filter(({ label }) => label === 'CERTIFICATE' || label === 'TRUSTED CERTIFICATE');
  if (certificates.length > 0) return { ok: true, pem: certificates.map(({ body }) => wrapped(body)).join('') };
  if (pem.includes('-----BEGIN CERTIFICATE')) return { ok: false, why: 'is truncated: a certificate has no END line' };
  return { ok: false, why: `is ${describeText(text)} without a certificate` };
}

/** Describes a text without showing any of it. */
export function describeText(text: string): string {
  const lines = text.split('\n').length;
  return lines > 1 ? `a text of ${lines} lines` : `one line of ${text.length} characters`;
}

/** Base64, with or without line breaks, of printable text; null for anything else. */
export function decoded(text: string): string | null {
  const packed = text.replace(/\s+/g, '');
  if (packed.length < 16 || !/^[A-Za-z0-9+/]+={0,2}$/.test(packed)) return null;
  const plain = Buffer.from(packed, 'base64').toString('utf8');
  return /[\u0000-\u0008\u000e-\u001f\ufffd]/.test(plain) ? null : plain;
}

function wrapped(body: string): string {
  return `-----BEGIN CERTIFICATE-----\n${body.replace(/.{1,64}/g, '$&\n')}-----END CERTIFICATE-----\n`;
}
