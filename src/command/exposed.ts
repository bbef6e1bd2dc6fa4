// Finds secrets among the arguments, which every user of the machine can see, and says where they can be put instead. Quotes none of them.
import { isSecretLike } from '../core/secret-names.js';

/** A complaint for each flag whose value is, or may well be, a secret. */
export function findExposed(values: ReadonlyMap<string, string>): string[] {
  const problems = (values.get('set') ?? '').split('\n').filter(setsSecret).map(setInstead);
  if (isKubeconfig(values.get('kubeconfig') ?? '')) {
    problems.push('--kubeconfig takes the path of a file; set MILVUS_UPGRADE_KUBECONFIG to the text itself, arguments can be seen by others on this machine');
  }
  return problems;
}

function setsSecret(line: string): boolean {
  const at = line.indexOf('=');
  return at > 0 && isSecretLike(line.slice(0, at)) && !/^(true|false|null|)$/.test(line.slice(at + 1).trim());
}

function setInstead(line: string): string {
  const path = line.slice(0, line.indexOf('='));
  return `--set ${path}=… may be a secret, and arguments can be seen by others on this machine; set MILVUS_UPGRADE_SET, or put it into a file for --values-files`;
}

/** The text, or base64 of it; no path is as long without a dot or ends in a line break. */
function isKubeconfig(value: string): boolean {
  return /\n|apiVersion|^[A-Za-z0-9+/=]{120,}$/.test(value);
}
