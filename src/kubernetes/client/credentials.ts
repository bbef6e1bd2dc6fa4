// Credentials that change during a run: of exec plugins, whose tokens expire, and of token files, which Kubernetes
// renews. The client itself reads both only once, or runs the plugin for every request.
import { readFileSync, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { UpgradeError } from '../../core/model/error.js';
import type { Entry } from '../../core/config/kubeconfig.js';
import { getList, getRecords, getString, isRecord, parseJsonRecord } from '../../core/lib/json.js';
import type { Values } from '../../core/model/values.js';
import { interruptionOf } from '../../run/deadline.js';
import { runLong, type Finished } from '../../runner/process.js';
import type { Access } from '../../core/config/access.js';

export interface Credential {
  readonly token: string;
  readonly certificate: string;
  readonly key: string;
}

export interface Credentials {
  /** The credentials that are valid now; called before every request. */
  current(): Promise<Credential>;
  /** The server did not accept `current`: the next ones are fresh. */
  reject(): void;
}

/** A plugin that has not answered by then waits for interactive input. */
const PLUGIN_SECONDS = 60;
/** Credentials that expire within this time are renewed now, so that they are still valid on arrival. */
const SOON_MILLISECONDS = 2000;

/** Null if the kubeconfig itself contains the credentials. */
export function changingCredentials(access: Access, signal: AbortSignal): Credentials | null {
  const { user } = access.chosen;
  if (isRecord(user.body.exec)) return new PluginCredentials(user.body.exec, access, signal);
  const file = getString(user.body.tokenFile);
  return file === '' ? null : new FileCredentials(inDirectory(user.directory, file), access.addSecret);
}

export function inDirectory(directory: string, path: string): string {
  return isAbsolute(path) || directory === '' ? path : join(directory, path);
}

class FileCredentials implements Credentials {
  readonly #path: string;
  readonly #addSecret: (secret: string) => void;
  #token = '';
  #stamp = '';
  constructor(path: string, addSecret: (secret: string) => void) {
    this.#path = path;
    this.#addSecret = addSecret;
  }

  /** A projected token is replaced by another file under the same name: its inode or its time changes. */
  current(): Promise<Credential> {
    const found = statSync(this.#path);
    // Reading a pipe waits for its writer, and a signal cannot end that.
    if (!found.isFile()) throw notAFile(this.#path);
    const { ino, mtimeMs, size } = found;
    const stamp = `${ino} ${mtimeMs} ${size}`;
    if (stamp !== this.#stamp) {
      this.#token = readFileSync(this.#path, 'utf8').trim();
      this.#addSecret(this.#token);
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

  /** Concurrent requests share one run of the plugin. */
  current(): Promise<Credential> {
    if (this.#running && Date.now() < this.#expiresAt - SOON_MILLISECONDS) return this.#running;
    this.#expiresAt = Number.POSITIVE_INFINITY;
    this.#running = this.#run();
    // After a failure, the next request runs the plugin again.
    this.#running.catch(() => this.reject());
    return this.#running;
  }

  reject(): void {
    this.#running = null;
  }

  async #run(): Promise<Credential> {
    const { addSecret } = this.#access;
    const status = this.#statusOf(await this.#start());
    const credential = {
      token: getString(status.token),
      certificate: getString(status.clientCertificateData),
      key: getString(status.clientKeyData),
    };
    for (const secret of [credential.token, credential.key]) if (secret !== '') addSecret(secret);
    if (credential.token === '' && credential.certificate === '')
      throw this.#failed('it printed neither a token nor a certificate');
    this.#expiresAt = Date.parse(getString(status.expirationTimestamp)) || Number.POSITIVE_INFINITY;
    return credential;
  }

  async #start(): Promise<Finished> {
    const written = getString(this.#exec.command);
    const command = written.includes('/') ? inDirectory(this.#user.directory, written) : written;
    const args = getList(this.#exec.args).map(getString);
    try {
      return await runLong([command, ...args], {
        env: this.#environment(),
        timeoutSeconds: PLUGIN_SECONDS,
        signal: this.#signal,
        graceSeconds: 1,
      });
    } catch (error) {
      const { code } = ((error as Error).cause ?? error) as NodeJS.ErrnoException;
      const hint = getString(this.#exec.installHint).trim();
      const why =
        code === 'ENOENT'
          ? 'the program does not exist on this machine'
          : `it cannot be started (${code ?? 'unknown reason'})`;
      throw this.#failed(`${why}${hint === '' ? '' : `; install hint of the kubeconfig: ${hint}`}`);
    }
  }

  #environment(): Record<string, string> {
    const inherited = Object.entries(this.#access.env).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && !entry[0].startsWith('INPUT_'),
    );
    const own = getRecords(this.#exec.env).map(({ name, value }) => [getString(name), getString(value)]);
    const { server, 'certificate-authority-data': authority, 'tls-server-name': name } = this.#cluster.body;
    const cluster =
      this.#exec.provideClusterInfo === true
        ? { cluster: { server, 'certificate-authority-data': authority, 'tls-server-name': name } }
        : {};
    const info = {
      apiVersion: this.#exec.apiVersion,
      kind: 'ExecCredential',
      spec: { interactive: false, ...cluster },
    };
    return { ...Object.fromEntries([...inherited, ...own]), KUBERNETES_EXEC_INFO: JSON.stringify(info) };
  }

  #statusOf({ exitCode, stdout, stderr, ending }: Finished): Values {
    if (ending === 'cancelled')
      throw interruptionOf(this.#signal, `the exec plugin ${getString(this.#exec.command)} of the kubeconfig`);
    if (ending === 'timed-out') throw this.#failed(`it did not exit within ${PLUGIN_SECONDS} s`);
    const output = stderr.trim().split('\n').slice(-4).join(' / ').slice(0, 500);
    if (exitCode !== 0) throw this.#failed(`it exited with code ${exitCode}: ${output || 'no output'}`);
    const { status } = parseJsonRecord(stdout);
    if (isRecord(status)) return status;
    // The output is not quoted: it may contain a token.
    throw this.#failed('it printed no ExecCredential with a status');
  }

  #failed(why: string): UpgradeError {
    return new UpgradeError({
      code: 'login-failed',
      what: `The exec plugin ${getString(this.#exec.command)} of the kubeconfig returned no credentials`,
      why,
      remedy: `Run it manually as this runner does, without a terminal. It belongs to the user "${this.#user.name}".`,
    });
  }
}

function notAFile(path: string): UpgradeError {
  return new UpgradeError({
    code: 'login-failed',
    what: 'The token file of the kubeconfig cannot be used',
    why: `"${path}" is not a regular file`,
    remedy: 'Set tokenFile to a file that contains the token.',
  });
}
