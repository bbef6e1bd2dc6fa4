// Finds secrets in the arguments, which every user of the machine can read, and reports where to put them instead.
// Never quotes a value.
import { isSecretLike } from '../core/redaction/secret-names.js';

/** One problem for each flag whose value is, or is likely to be, a secret. */
export function findExposed(values: ReadonlyMap<string, string>): string[] {
  const problems = (values.get('set') ?? '').split('\n').filter(setsSecret).map(setInstead);
  if (isKubeconfig(values.get('kubeconfig') ?? '')) {
    problems.push(
      '--kubeconfig requires the path of a file; set MILVUS_UPGRADE_KUBECONFIG to pass the content, because other users of this machine can read arguments',
    );
  }
  return problems;
}

function setsSecret(line: string): boolean {
  const at = line.indexOf('=');
  return at > 0 && isSecretLike(line.slice(0, at)) && !/^(true|false|null|)$/.test(line.slice(at + 1).trim());
}

function setInstead(line: string): string {
  const path = line.slice(0, line.indexOf('='));
  return `--set ${path}=… may be a secret, and other users of this machine can read arguments; set MILVUS_UPGRADE_SET, or use a file with --values-files`;
}

/**
 * True for the content of a kubeconfig, or base64 of it. A path is not that long without a dot, and does not contain a
 * line break.
 */
function isKubeconfig(value: string): boolean {
  return /\n|apiVersion|^[A-Za-z0-9+/=]{120,}$/.test(value);
}
