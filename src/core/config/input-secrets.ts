// The secrets in the inputs, collected before the inputs are validated: not even an error message may show one.
import { decoded } from './certificates.js';
import { parseKubeconfig } from './kubeconfig.js';
import { secretsOf } from '../redaction/redact.js';
import { secretsOfAddress, secretsOfKubeconfig } from '../redaction/secret-forms.js';
import { parseValues } from './values-inputs.js';
import { SecretValues } from '../model/values.js';
import type { RawInputs, ReadFile } from './raw-inputs.js';

/** Shorter texts are not tokens, and masking them would mask ordinary words. */
const MIN_TOKEN_LENGTH = 8;

/** The token as a whole, and the password in `user:password`. */
function milvusSecrets(raw: RawInputs): string[] {
  const token = raw['milvus-token'].trim();
  const password = token.includes(':') ? token.slice(token.indexOf(':') + 1) : '';
  return [token, password, Buffer.from(token).toString('base64')];
}

/** The secrets in chart values are found on every platform, also where no chart is installed. */
export function secretsOfInputs(raw: RawInputs, readFile: ReadFile): string[] {
  const token = raw.token.trim().replace(/^bearer\s+/i, '');
  const kubeconfig = parseKubeconfig(decoded(raw.kubeconfig) ?? raw.kubeconfig, '');
  const values = parseValues(raw, readFile, () => undefined);
  return [
    ...[token, ...milvusSecrets(raw)].filter((secret) => secret.length >= MIN_TOKEN_LENGTH),
    ...(kubeconfig.ok ? secretsOfKubeconfig(kubeconfig.value) : []),
    ...secretsOf(new SecretValues(values)),
    ...['server', 'chart', 'chart-repository', 'download-mirror', 'milvus-address'].flatMap((name) =>
      secretsOfAddress(raw[name as keyof RawInputs]),
    ),
  ];
}
