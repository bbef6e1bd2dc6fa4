// Prepares the login: finds the kubeconfig, or writes one to the private directory of the run, and masks every secret
// in it before its first use.
import { randomUUID, X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { UpgradeError } from '../core/model/error.js';
import {
  chooseContext,
  mergeKubeconfigs,
  skipsVerification,
  type ChosenContext,
  type Kubeconfig,
} from '../core/config/kubeconfig.js';
import { skipsUnchecked } from '../core/config/kubeconfig-input.js';
import type { Login } from '../core/config/login.js';
import { secretsOfKubeconfig } from '../core/redaction/secret-forms.js';
import type { Access } from '../core/config/access.js';
import { findKubeconfigs, readKubeconfig, serviceAccount, SERVICE_ACCOUNT_DIRECTORY } from './kubeconfig-files.js';

export interface LoginTools {
  /** A directory that only this user can open; it is removed at the end of the run. */
  readonly directory: string;
  readonly addSecret: (secret: string) => void;
  readonly env: NodeJS.ProcessEnv;
  /** The directory of the service account in a pod; another directory in tests. */
  readonly serviceAccountDirectory?: string;
}

/** Throws UpgradeError if there is no usable login. Sends no request to the cluster. */
export function prepareLogin(login: Login, tools: LoginTools): Access {
  const { path, config } = open(login, tools);
  for (const secret of secretsOfKubeconfig(config)) tools.addSecret(secret);
  const context = login.kind === 'token' ? null : login.context;
  const chosen = chooseContext(config, context);
  if (!chosen.ok) throw unusable(`the kubeconfig${from(login)} ${chosen.why}`);
  if (skipsVerification(chosen.value) && !login.insecure)
    throw unusable(`the kubeconfig${from(login)} ${skipsUnchecked(chosen.value)}`);
  return {
    kubeconfig: path,
    context,
    insecure: login.insecure,
    chosen: absent(chosen.value, login.insecure),
    addSecret: tools.addSecret,
    env: tools.env,
  };
}

interface Opened {
  /** For helm; null if helm finds the same file without it. */
  readonly path: string | null;
  readonly config: Kubeconfig;
}

function open(login: Login, tools: LoginTools): Opened {
  if (login.kind === 'text') return write(login.text.reveal(), tools);
  if (login.kind === 'token') return write(kubeconfigOf(login), tools);
  // Used in place: relative paths in it start from its directory.
  if (login.kind === 'path') return { path: login.path, config: read(login.path) };
  const found = findKubeconfigs(tools.env);
  if (found.missing !== '') throw unusable(found.missing);
  if (found.paths.length > 0) return { path: null, config: mergeKubeconfigs(found.paths.map(read)) };
  const account = serviceAccount(tools.env, tools.serviceAccountDirectory ?? SERVICE_ACCOUNT_DIRECTORY);
  if (account === null)
    throw unusable(
      'none was found: no input kubeconfig, no environment variable KUBECONFIG, no ~/.kube/config, and no service account of a pod',
    );
  return write(stringify(account), tools);
}

function read(path: string): Kubeconfig {
  const found = readKubeconfig(path);
  if (!found.ok) throw unusable(`the file "${path}" ${found.why}`);
  return found.value;
}

function write(text: string, { directory }: LoginTools): Opened {
  const path = join(directory, `kubeconfig-${randomUUID()}`);
  // `wx`: never writes through an existing file or link.
  writeFileSync(path, text, { flag: 'wx', mode: 0o600 });
  return { path, config: read(path) };
}

function kubeconfigOf({ server, token, caCertificate, insecure }: Extract<Login, { kind: 'token' }>): string {
  if (caCertificate !== null) assertCertificate(caCertificate);
  const authority =
    caCertificate === null ? {} : { 'certificate-authority-data': Buffer.from(caCertificate).toString('base64') };
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      { name: 'cluster', cluster: { server, ...authority, ...(insecure ? { 'insecure-skip-tls-verify': true } : {}) } },
    ],
    users: [{ name: 'user', user: { token: token.reveal() } }],
    contexts: [{ name: 'context', context: { cluster: 'cluster', user: 'user' } }],
    'current-context': 'context',
  });
}

function assertCertificate(pem: string): void {
  try {
    for (const block of pem.split(/(?<=-----END CERTIFICATE-----)/))
      if (block.trim() !== '') new X509Certificate(block);
  } catch (error) {
    throw new UpgradeError(
      {
        code: 'input-invalid',
        what: 'One input cannot be used',
        why: 'ca-certificate looks like a certificate but cannot be parsed; part of it may be missing',
        remedy: 'Copy the complete certificate again. Nothing was changed.',
      },
      { cause: error },
    );
  }
}

/**
 * With `insecure-skip-tls-verify` the certificate is not verified, whatever the kubeconfig contains; a certificate
 * authority would contradict that.
 */
function absent(chosen: ChosenContext, insecure: boolean): ChosenContext {
  if (!insecure) return chosen;
  const { 'certificate-authority': _file, 'certificate-authority-data': _data, ...rest } = chosen.cluster.body;
  return { ...chosen, cluster: { ...chosen.cluster, body: { ...rest, 'insecure-skip-tls-verify': true } } };
}

function from(login: Login): string {
  if (login.kind === 'path') return ` "${login.path}"`;
  return login.kind === 'default' ? ' of the environment' : '';
}

function unusable(why: string): UpgradeError {
  return new UpgradeError({
    code: 'login-failed',
    what: 'No kubeconfig could be used',
    why,
    remedy:
      'Set the input kubeconfig to the text of a kubeconfig, base64 of it or its path, or set the environment variable KUBECONFIG. Nothing was changed.',
  });
}
