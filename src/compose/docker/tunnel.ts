// Opens a connection to an address inside the network of the project: bash in the lock container opens it, `docker
// exec` carries it. Each connection has its own process, so that none can block another.
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { Duplex } from 'node:stream';
import type { Docker } from './docker.js';

const OPEN_MILLISECONDS = 10_000;
const LINE_END = 0x0a;
/** A program that has closed its input exits within this time. */
const REASON_MILLISECONDS = 1000;
/** Once all data is sent, the tunnel is closed after this time without data from the peer. */
const LINGER_MILLISECONDS = 30_000;

/**
 * Prints an empty line when it is connected. The direction that ends first ends both: this side closes its input only
 * to give up, since bash has no half-closed sockets. Waits for the reader by its PID, because `wait -n` ignores
 * processes that ended before the call. With `set -m` the writer and its cat are a process group that can be killed.
 */
const SCRIPT = `exec 3<>"/dev/tcp/$1/$2" || exit 1
exec 4<&0
echo
set -m
cat <&3 & reader=$!
{ cat <&4 >&3; kill $reader; } >/dev/null 2>&1 & writer=$!
wait $reader; code=$?
kill -- -$writer 2>/dev/null
exit $code`;

/**
 * Resolves once connected. Rejects with the message of bash, `connect: Connection refused`, or of docker. Destroying it
 * ends all processes, including those in the lock container.
 */
export function openTunnel(docker: Docker, lockContainer: string, host: string, port: number): Promise<Duplex> {
  const command = ['bash', '--norc', '-c', SCRIPT, 'bash', host, String(port)];
  const child = docker.start(['exec', '--interactive', lockContainer, ...command]);
  return new Promise((resolve, reject) => {
    const output = { text: '' };
    const stopWaiting = (): void => {
      clearTimeout(timer);
      child.stdout.removeListener('data', open);
      child.removeListener('close', refuse);
    };
    const refuse = (): void => {
      stopWaiting();
      reject(new Error(reasonOf(output.text) || `the tunnel to ${host}:${port} was closed before it was connected`));
    };
    const open = (chunk: Buffer): void => {
      // The error of an engine that cannot start the program is also written here.
      if (chunk[0] !== LINE_END) return void (output.text += chunk.toString('utf8'));
      stopWaiting();
      child.stdout.pause();
      // Only the line end belongs to the script; the rest is data.
      if (chunk.length > 1) child.stdout.unshift(chunk.subarray(1));
      resolve(new Tunnel(child, output));
    };
    const timer = setTimeout(() => {
      stopWaiting();
      end(child);
      reject(new Error(`no connection within ${OPEN_MILLISECONDS / 1000} s`));
    }, OPEN_MILLISECONDS);
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output.text = (output.text + text).slice(-2000)));
    child.on('error', (error) => (output.text += error.message));
    child.stdout.on('data', open);
    child.once('close', refuse);
  });
}

/**
 * `connect: Connection refused` from `bash: connect: Connection refused`: without the name of the program and repeated
 * lines.
 */
function reasonOf(output: string): string {
  const [first = ''] = output.split('\n').filter((line) => line.trim() !== '');
  return first
    .replace(/^(bash|cat|-): /, '')
    .replace(/^line \d+: /, '')
    .trim();
}

/**
 * The end of the input reaches bash and its child processes through the daemon; there is no need to wait for the local
 * program.
 */
function end(child: ChildProcessWithoutNullStreams): void {
  child.stdin.destroy();
  child.stdout.destroy();
  child.stderr.destroy();
  child.kill('SIGKILL');
}

class Tunnel extends Duplex {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #output: { readonly text: string };
  #linger: NodeJS.Timeout | null = null;
  constructor(child: ChildProcessWithoutNullStreams, output: { readonly text: string }) {
    super({ allowHalfOpen: false });
    this.#child = child;
    this.#output = output;
    // An error can occur before a listener is attached.
    this.on('error', () => undefined);
    child.stdout.on('data', (chunk: Buffer) => {
      this.#linger?.refresh();
      if (!this.push(chunk)) child.stdout.pause();
    });
    child.stdout.pause();
    child.once('close', (code) => this.#closed(code));
  }

  override _read(): void {
    this.#child.stdout.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    // A write error only shows that the program is ending. Waits for its exit, which contains the reason.
    this.#child.stdin.write(chunk, (error) =>
      error ? void setTimeout(() => done(error), REASON_MILLISECONDS) : done(),
    );
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#linger = setTimeout(() => this.destroy(), LINGER_MILLISECONDS).unref();
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (this.#linger) clearTimeout(this.#linger);
    end(this.#child);
    done(error);
  }

  #closed(code: number | null): void {
    if (code === 0) this.push(null);
    else
      this.destroy(
        new Error(
          `the tunnel was closed: ${reasonOf(this.#output.text) || `docker exec exited with ${code ?? 'a signal'}`}`,
        ),
      );
  }
}
