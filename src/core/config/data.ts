// The inputs of the verification of data. Pure: files are read through the given function.
import { readCertificates } from './certificates.js';
import { parseInventory } from '../data/inventory-file.js';
import type { Inventory } from '../data/inventory.js';
import { parseAddress } from '../lib/address.js';
import { oneLine, shorten } from '../lib/escape.js';
import { SecretString } from '../redaction/secret-string.js';
import type { RawInputs, ReadFile } from './raw-inputs.js';
import { parseSwitch } from './switch.js';

export const VERIFY_DATA = ['auto', 'off', 'required'] as const;

export interface DataConfig {
  readonly mode: (typeof VERIFY_DATA)[number];
  /** Where clients reach Milvus; null for a port-forward, or the network of the project. */
  readonly address: { readonly host: string; readonly port: number } | null;
  readonly token: SecretString;
  /** Whether the port of the clients uses TLS. */
  readonly isTls: boolean;
  /** PEM; null for the authorities that this machine trusts. */
  readonly caCertificate: string | null;
  /** The saved inventory to compare with; null if there is none. */
  readonly inventory: Inventory | null;
  /** Whether rows are written and queried, to see that Milvus can be used. */
  readonly writeProbe: boolean;
}

/** milvus-io/milvus configs/milvus.yaml, proxy.port. */
const DEFAULT_PORT = 19530;

/** Never quotes a token or a file. */
export function parseData(raw: RawInputs, readFile: ReadFile, addError: (problem: string) => void): DataConfig {
  const isTls = raw['milvus-ca-certificate'] !== '' || /^https:\/\//i.test(raw['milvus-address']);
  return {
    mode: readMode(raw['verify-data'], addError),
    address: readAddress(raw['milvus-address'], addError),
    token: readToken(raw['milvus-token'], addError),
    isTls,
    caCertificate: readAuthority(raw['milvus-ca-certificate'], addError),
    inventory: readSaved(raw.inventory, readFile, addError),
    writeProbe: parseSwitch('write-probe', raw, (input, works) =>
      addError(`${input} is "${shorten(oneLine(raw[input]), 200)}"; ${works}`),
    ),
  };
}

function readMode(written: string, addError: (problem: string) => void): DataConfig['mode'] {
  const mode = VERIFY_DATA.find((word) => word === written);
  if (!mode) addError(`verify-data is "${shorten(oneLine(written), 200)}"; write one of ${VERIFY_DATA.join(', ')}`);
  return mode ?? 'auto';
}

function readAddress(written: string, addError: (problem: string) => void): DataConfig['address'] {
  if (written === '') return null;
  const host = written.replace(/^https?:\/\//i, '').replace(/\/$/, '');
  // Not quoted: the text before the "@" is a password.
  if (host.includes('@')) {
    addError('milvus-address has a user or a password before an "@"; write it into milvus-token');
    return null;
  }
  const address = parseAddress(host);
  const isUsable = address !== null && /^[\w.:-]+$/.test(address.host) && isPort(address.port ?? DEFAULT_PORT);
  if (!isUsable)
    addError(
      `milvus-address is "${shorten(oneLine(written), 200)}"; write host:port, or https://host:port for TLS, for example milvus.example.com:19530`,
    );
  return isUsable ? { host: address.host, port: address.port ?? DEFAULT_PORT } : null;
}

function isPort(port: number): boolean {
  return port > 0 && port < 65_536;
}

function readToken(written: string, addError: (problem: string) => void): SecretString {
  const token = written.trim();
  if (/[^\x21-\x7e]/.test(token))
    addError(
      `milvus-token contains spaces or other characters that a header cannot contain (${token.length} characters)`,
    );
  return new SecretString(token);
}

function readAuthority(written: string, addError: (problem: string) => void): string | null {
  if (written === '') return null;
  const found = readCertificates(written);
  if (found.ok) return found.pem;
  addError(
    `milvus-ca-certificate ${found.why}; write the PEM text from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----, or base64 of it`,
  );
  return null;
}

function readSaved(path: string, readFile: ReadFile, addError: (problem: string) => void): Inventory | null {
  if (path === '') return null;
  const quoted = `inventory is "${shorten(oneLine(path), 200)}"`;
  const text = readFile(path);
  if (text === null) {
    addError(
      `${quoted}, which cannot be read; write the path of a file that the output \`inventory\` named, or leave it out`,
    );
    return null;
  }
  const parsed = parseInventory(text);
  if (parsed.ok) return parsed.inventory;
  addError(`${quoted}, but ${parsed.why}; write the path of a file that the output \`inventory\` named`);
  return null;
}
