// Credentials that change while we run: of exec plugins, whose tokens expire, and of token files, which Kubernetes renews. The client would read both only once, or run a plugin once a request.
import { readFileSync, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { UpgradeError } from '../core/errors.js';
import { textOf, type Entry } from '../core/kubeconfig.js';
import { isTable, type Values } from '../core/values.js';
import { interruptionOf } from '../deadline.js';
import { runLong, type Finished } from '../runner/process.js';
import type { Access } from './cluster.js';

export interface Credential {
  readonly token: string;
  readonly certificate: string;
  readonly key: string;
}

export interface Credentials {
  /** What is good now; asked before every request. */
  current(): Promise<Credential>;
  /** The server did not accept what `current` gave: the next one is fresh. */
  reject(): void;
}

/** A plugin that has not answered by then waits for somebody who is not there. */
const PLUGIN_SECONDS = 60;
/** What expires within this time is renewed now, so that it is still good when it arrives. */
const SOON_MILLISECONDS = 2000;

/** Null where the kubeconfig holds the credentials itself. */
export function changingCredentials(access: Access, signal: AbortSignal): Credentials | null {
  const { user } = access.chosen;
  if (isTable(user.body.exec)) return new PluginCredentials(user.body.exec, access, signal);
  const file = textOf(user.body.tokenFile);
  return file === '' ? null : new FileCredentials(inFolder(user.folder, file), access.hide);
}

export function inFolder(folder: string, path: string): string {
  return isAbsolute(path) || folder === '' ? path : join(folder, path);
}

class FileCredentials implements Credentials {
  readonly #path: string;
  readonly #hide: (secret: string) => void;
  #token = '';
  #stamp = '';
  constructor(path: string, hide: (secret: string) => void) {
    this.#path = path;
    this.#hide = hide;
  }

  /** A projected token is replaced by another file under the same name: its number or its time tells. */
  current(): Promise<Credential> {
    const found = statSync(this.#path);
    // Reading a pipe waits for its writer, and no signal ends that.
    if (!found.isFile()) throw notAFile(this.#path);
    const { ino, mtimeMs, size } = found;
    const stamp = `${ino} ${mtimeMs} ${size}`;
    if (stamp !== this.#stamp) {
      this.#token = readFileSync(this.#path, 'utf8').trim();
      this.#hide(this.#token);
      this.#stamp = stamp;
    }
    return Promise.resolve({ token: this.#token, certificate: '', key: '' });
  }

  reject(): void {
    this.#stamp = '';
  }
}

class PluginCredentials implements Credentials {
  readonly #user: Entry;
  readonly #exec: Values;
  readonly #cluster: Entry;
  readonly #access: Access;
  readonly #signal: AbortSignal;
  #running: Promise<Credential> | null = null;
  #expiresAt = Number.POSITIVE_INFINITY;
  constructor(exec: Values, access: Access, signal: AbortSignal) {
    this.#user = access.chosen.user;
    this.#exec = exec;
    this.#cluster = access.chosen.cluster;
    this.#access = access;
    this.#signal = signal;
  }

  /** Requests that come together share one run of the plugin. */
  current(): Promise<Credential> {
    if (this.#running && Date.now() < this.#expiresAt - SOON_MILLISECONDS) return this.#running;
    this.#expiresAt = Number.POSITIVE_INFINITY;
    this.#running = this.#run();
    // One that failed is asked again at the next request.
    this.#running.catch(() => this.reject());
    return this.#running;
  }

  reject(): void {
    this.#running = null;
  }

  async #run(): Promise<Credential> {
    const { hide } = this.#access;
    const status = this.#statusOf(await this.#start());
    const credential = { token: textOf(status.token), certificate: textOf(status.clientCertificateData), key: textOf(status.clientKeyData) };
    for (const secret of [credential.token, credential.key]) if (secret !== '') hide(secret);
    if (credential.token === '' && credential.certificate === '') throw this.#failed('it printed neither a token nor a certificate');
    this.#expiresAt = Date.parse(textOf(status.expirationTimestamp)) || Number.POSITIVE_INFINITY;
    return credential;
  }

  async #start(): Promise<Finished> {
    const written = textOf(this.#exec.command);
    const command = written.includes('/') ? inFolder(this.#user.folder, written) : written;
    const words = Array.isArray(this.#exec.args) ? this.#exec.args.map(textOf) : [];
    try {
      return await runLong([command, ...words], { env: this.#environment(), timeoutSeconds: PLUGIN_SECONDS, signal: this.#signal, graceSeconds: 1 });
    } catch (error) {
      const { code } = ((error as Error).cause ?? error) as NodeJS.ErrnoException;
      const hint = textOf(this.#exec.installHint).trim();
      const why = code === 'ENOENT' ? 'there is no such program on this machine' : `it cannot be started (${code ?? 'unknown reason'})`;
      throw this.#failed(`${why}${hint === '' ? '' : `; its kubeconfig says: ${hint}`}`);
    }
  }

  #environment(): Record<string, string> {
    const inherited = Object.entries(this.#access.env).filter((entry): entry is [string, string] => entry[1] !== undefined && !entry[0].startsWith('INPUT_'));
    const own = (Array.isArray(this.#exec.env) ? this.#exec.env : []).filter(isTable).map(({ name, value }): [string, string] => [textOf(name), textOf(value)]);
    const { server, 'certificate-authority-data': authority, 'tls-server-name': name } = this.#cluster.body;
    const cluster = this.#exec.provideClusterInfo === true ? { cluster: { server, 'certificate-authority-data': authority, 'tls-server-name': name } } : {};
    const info = { apiVersion: this.#exec.apiVersion, kind: 'ExecCredential', spec: { interactive: false, ...cluster } };
    return { ...Object.fromEntries([...inherited, ...own]), KUBERNETES_EXEC_INFO: JSON.stringify(info) };
  }

  #statusOf({ exitCode, stdout, stderr, ending }: Finished): Values {
    if (ending === 'cancelled') throw interruptionOf(this.#signal, `the exec plugin ${textOf(this.#exec.command)} of the kubeconfig`);
    if (ending === 'timed-out') throw this.#failed(`it did not end within ${PLUGIN_SECONDS} s`);
    const said = stderr.trim().split('\n').slice(-4).join(' / ').slice(0, 500);
    if (exitCode !== 0) throw this.#failed(`it exited with ${exitCode} and said: ${said || 'nothing'}`);
    try {
      const printed: unknown = JSON.parse(stdout);
      if (isTable(printed) && isTable(printed.status)) return printed.status;
    } catch {
      // Not quoted: what it printed may be a token.
    }
    throw this.#failed('it printed no ExecCredential with a status');
  }

  #failed(why: string): UpgradeError {
    return new UpgradeError({
      code: 'login-failed',
      what: `The exec plugin ${textOf(this.#exec.command)} of the kubeconfig gave no credentials`,
      why,
      remedy: `Run it by hand as this runner does, without a terminal. It belongs to the user "${this.#user.name}".`,
    });
  }
}

function notAFile(path: string): UpgradeError {
  return new UpgradeError({
    code: 'login-failed',
    what: 'The token file of the kubeconfig cannot be used',
    why: `"${path}" is not a regular file`,
    remedy: 'Set tokenFile to a file that holds the token.',
  });
}
