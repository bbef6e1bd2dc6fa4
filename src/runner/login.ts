// Gets the login ready: finds the kubeconfig, or writes one into the private folder of the run, and hides every secret in it before its first use.
import { randomUUID, X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { UpgradeError } from '../core/errors.js';
import { chooseContext, mergeKubeconfigs, skipsVerification, type ChosenContext, type Kubeconfig } from '../core/kubeconfig.js';
import { skipsUnchecked } from '../core/kubeconfig-input.js';
import type { Login } from '../core/login.js';
import { secretsOfKubeconfig } from '../core/secret-forms.js';
import type { Access } from '../core/access.js';
import { findKubeconfigs, readKubeconfig, serviceAccount, SERVICE_ACCOUNT_DIRECTORY } from './kubeconfig-files.js';

export interface LoginTools {
  /** A folder that only this user can open, removed at the end of the run. */
  readonly directory: string;
  readonly addSecret: (secret: string) => void;
  readonly env: NodeJS.ProcessEnv;
  /** Where a pod finds its service account; another folder in tests. */
  readonly serviceAccountDirectory?: string;
}

/** Throws UpgradeError when there is no login, or none that can be used. Asks nothing of the cluster. */
export function prepareLogin(login: Login, tools: LoginTools): Access {
  const { path, config } = open(login, tools);
  for (const secret of secretsOfKubeconfig(config)) tools.addSecret(secret);
  const context = login.kind === 'token' ? null : login.context;
  const chosen = chooseContext(config, context);
  if (!chosen.ok) throw unusable(`the kubeconfig${from(login)} ${chosen.why}`);
  if (skipsVerification(chosen.value) && !login.insecure) throw unusable(`the kubeconfig${from(login)} ${skipsUnchecked(chosen.value)}`);
  return { kubeconfig: path, context, insecure: login.insecure, chosen: absent(chosen.value, login.insecure), addSecret: tools.addSecret, env: tools.env };
}

interface Opened {
  /** For helm; null where it finds the same one by itself. */
  readonly path: string | null;
  readonly config: Kubeconfig;
}

function open(login: Login, tools: LoginTools): Opened {
  if (login.kind === 'text') return write(login.text.reveal(), tools);
  if (login.kind === 'token') return write(kubeconfigOf(login), tools);
  // Used where it is: relative paths in it start from its folder.
  if (login.kind === 'path') return { path: login.path, config: read(login.path) };
  const found = findKubeconfigs(tools.env);
  if (found.missing !== '') throw unusable(found.missing);
  if (found.paths.length > 0) return { path: null, config: mergeKubeconfigs(found.paths.map(read)) };
  const account = serviceAccount(tools.env, tools.serviceAccountDirectory ?? SERVICE_ACCOUNT_DIRECTORY);
  if (account === null)
    throw unusable('there is none: no input kubeconfig, no environment variable KUBECONFIG, no ~/.kube/config, and this is no pod with a service account');
  return write(stringify(account), tools);
}

function read(path: string): Kubeconfig {
  const found = readKubeconfig(path);
  if (!found.ok) throw unusable(`the file "${path}" ${found.why}`);
  return found.value;
}

function write(text: string, { directory }: LoginTools): Opened {
  const path = join(directory, `kubeconfig-${randomUUID()}`);
  // `wx`: never through a file or a link that somebody else put there.
  writeFileSync(path, text, { flag: 'wx', mode: 0o600 });
  return { path, config: read(path) };
}

function kubeconfigOf({ server, token, caCertificate, insecure }: Extract<Login, { kind: 'token' }>): string {
  if (caCertificate !== null) assertCertificate(caCertificate);
  const authority = caCertificate === null ? {} : { 'certificate-authority-data': Buffer.from(caCertificate).toString('base64') };
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'cluster', cluster: { server, ...authority, ...(insecure ? { 'insecure-skip-tls-verify': true } : {}) } }],
    users: [{ name: 'user', user: { token: token.reveal() } }],
    contexts: [{ name: 'context', context: { cluster: 'cluster', user: 'user' } }],
    'current-context': 'context',
  });
}

function assertCertificate(pem: string): void {
  try {
    for (const block of pem.split(/(?<=-----END CERTIFICATE-----)/)) if (block.trim() !== '') new X509Certificate(block);
  } catch (error) {
    throw new UpgradeError(
      {
        code: 'input-invalid',
        what: 'One input cannot be used',
        why: 'ca-certificate looks like a certificate and cannot be read as one; part of it may be missing',
        remedy: 'Copy it again, whole. Nothing was touched.',
      },
      { cause: error },
    );
  }
}

/** Asked for, verification is given up whatever the kubeconfig says; an authority would then contradict it. */
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
    remedy: 'Set the input kubeconfig to the text of one, base64 of it or its path, or the environment variable KUBECONFIG. Nothing was touched.',
  });
}
