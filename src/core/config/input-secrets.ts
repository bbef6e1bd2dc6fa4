// The secrets in the inputs, collected before the inputs are validated: not even an error message may show one.
import { decoded } from './certificates.js';
import { parseKubeconfig } from './kubeconfig.js';
import { secretsOf } from '../redaction/redact.js';
import { secretsOfAddress, secretsOfKubeconfig } from '../redaction/secret-forms.js';
import { parseSetLines } from './set-values.js';
import { SecretValues } from '../model/values.js';
import type { RawInputs } from './raw-inputs.js';

/** Shorter texts are not tokens, and masking them would mask ordinary words. */
const MIN_TOKEN_LENGTH = 8;

export function secretsOfInputs(raw: RawInputs): string[] {
  const token = raw.token.trim().replace(/^bearer\s+/i, '');
  const kubeconfig = parseKubeconfig(decoded(raw.kubeconfig) ?? raw.kubeconfig, '');
  const set = parseSetLines(raw.set.split('\n').map((line) => line.trim())).values;
  return [
    ...(token.length >= MIN_TOKEN_LENGTH ? [token] : []),
    ...(kubeconfig.ok ? secretsOfKubeconfig(kubeconfig.value) : []),
    ...secretsOf(new SecretValues(set)),
    ...['server', 'chart', 'chart-repository', 'download-mirror'].flatMap((name) =>
      secretsOfAddress(raw[name as keyof RawInputs]),
    ),
  ];
}
