// Simulates get.helm.sh and dl.k8s.io on this machine: serves the given files at one address, and can simulate
// failures.
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { listen } from './listen.js';

export const sumOf = (content: Buffer): string => createHash('sha256').update(content).digest('hex');

type Answer = (response: ServerResponse, content: Buffer) => void;

export class DownloadHost {
  /** Requested paths, in order. */
  readonly requested: string[] = [];
  /** Hosts that were requested through this server as a proxy. */
  readonly proxied: string[] = [];
  readonly #files = new Map<string, Buffer>();
  readonly #answers: Answer[] = [];
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => this.#answer(request, response));
    // A proxy that connects every address to this server.
    this.#server.on('connect', (request: IncomingMessage, socket) => {
      this.proxied.push(request.url ?? '');
      const there = connect((this.#server.address() as AddressInfo).port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        there.pipe(socket).pipe(there);
      });
      there.on('error', () => socket.destroy());
      socket.on('error', () => there.destroy());
    });
  }

  static async open(): Promise<DownloadHost> {
    const host = new DownloadHost();
    await listen(host.#server);
    return host;
  }

  get address(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  serve(path: string, content: Buffer): void {
    this.#files.set(path, content);
  }

  /** The next request gets this response, whatever its path is. */
  next(answer: Answer): void {
    this.#answers.push(answer);
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url ?? '';
    this.requested.push(path);
    const content = this.#files.get(path);
    const answer = this.#answers.shift();
    if (answer) return answer(response, content ?? Buffer.alloc(0));
    response.statusCode = content ? 200 : 404;
    response.end(content);
  }
}

/** A .tar.gz with one executable file, which has the given text. */
export function archiveOf(path: string, script: string): Buffer {
  const directory = mkdtempSync(join(tmpdir(), 'archive-'));
  const program = join(directory, path);
  mkdirSync(dirname(program), { recursive: true });
  writeFileSync(program, script);
  chmodSync(program, 0o644);
  return execFileSync('tar', ['-cz', '-C', directory, path.split('/')[0] ?? path]);
}
