// A connection to an address that only the project's network knows: bash in the guard opens it, and `docker exec` carries it. One program each: none can hold up another.
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { Duplex } from 'node:stream';
import type { Docker } from './docker.js';

const OPEN_MILLISECONDS = 10_000;
const LINE_END = 0x0a;
/** A program that has closed its input ends within this. */
const REASON_MILLISECONDS = 1000;
/** Once we have said all, a peer that is silent for so long has no answer any more. */
const LINGER_MILLISECONDS = 30_000;

/**
 * An empty line says that it is connected. Whichever direction ends first ends both: our side closes its input only to give up, since bash has no half-closed sockets.
 * The reader is waited for by its number: `wait -n` passes over who has ended before it was called. With `set -m` the writer and its cat are a group that can be ended.
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

/** Resolves once connected. Rejects with the words of bash, `connect: Connection refused`, or of docker. To destroy it ends everything, also in the guard. */
export function openTunnel(docker: Docker, lockContainer: string, host: string, port: number): Promise<Duplex> {
  const child = docker.start(['exec', '--interactive', lockContainer, 'bash', '--norc', '-c', SCRIPT, 'bash', host, String(port)]);
  return new Promise((resolve, reject) => {
    const said = { text: '' };
    const waitReady = (): void => {
      clearTimeout(timer);
      child.stdout.removeListener('data', open);
      child.removeListener('close', refuse);
    };
    const refuse = (): void => {
      waitReady();
      reject(new Error(reasonOf(said.text) || `the tunnel to ${host}:${port} ended before it was open`));
    };
    const open = (chunk: Buffer): void => {
      // What the engine has to say of a program that it cannot start comes here as well.
      if (chunk[0] !== LINE_END) return void (said.text += chunk.toString('utf8'));
      waitReady();
      child.stdout.pause();
      // Only the line end is ours.
      if (chunk.length > 1) child.stdout.unshift(chunk.subarray(1));
      resolve(new Tunnel(child, said));
    };
    const timer = setTimeout(() => {
      waitReady();
      end(child);
      reject(new Error(`no connection within ${OPEN_MILLISECONDS / 1000} s`));
    }, OPEN_MILLISECONDS);
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said.text = (said.text + text).slice(-2000)));
    child.on('error', (error) => (said.text += error.message));
    child.stdout.on('data', open);
    child.once('close', refuse);
  });
}

/** `bash: connect: Connection refused`: who says it is of no interest, nor are the lines that repeat it. */
function reasonOf(said: string): string {
  const [first = ''] = said.split('\n').filter((line) => line.trim() !== '');
  return first
    .replace(/^(bash|cat|-): /, '')
    .replace(/^line \d+: /, '')
    .trim();
}

/** Its input's end reaches bash, and what it started, through the daemon; the program here need not be waited for. */
function end(child: ChildProcessWithoutNullStreams): void {
  child.stdin.destroy();
  child.stdout.destroy();
  child.stderr.destroy();
  child.kill('SIGKILL');
}

class Tunnel extends Duplex {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #said: { readonly text: string };
  #linger: NodeJS.Timeout | null = null;
  constructor(child: ChildProcessWithoutNullStreams, said: { readonly text: string }) {
    super({ allowHalfOpen: false });
    this.#child = child;
    this.#said = said;
    // It may break before anybody listens.
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
    // That nobody reads any more is only half of it: the end of the program tells why, in a moment.
    this.#child.stdin.write(chunk, (error) => (error ? void setTimeout(() => done(error), REASON_MILLISECONDS) : done()));
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
    else this.destroy(new Error(`the tunnel broke: ${reasonOf(this.#said.text) || `docker exec ended with ${code ?? 'a signal'}`}`));
  }
}
