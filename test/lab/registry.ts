// A minimal container registry on 127.0.0.1 for pulls of a kubelet: it has one image with one name, and can simulate an
// outage. containerd uses plain HTTP for 127.0.0.1 by default.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listen } from '../support/listen.js';

interface Blob {
  readonly type: string;
  readonly digest: string;
  readonly bytes: Buffer;
}

export class Registry {
  /** Host and port, the beginning of an image reference. */
  readonly address: string;
  readonly #server: Server;
  #outOfOrder = false;
  private constructor(server: Server) {
    this.#server = server;
    this.address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** Provides an image of Docker as `name:tag`. */
  static async with(image: string, name: string, tag: string): Promise<Registry> {
    const { manifest, blobs } = readImage(image);
    const paths = new Map([
      [`manifests/${tag}`, manifest],
      [`manifests/${manifest.digest}`, manifest],
      ...blobs.map((blob) => [`blobs/${blob.digest}`, blob] as const),
    ]);
    const server = createServer((request, response) => {
      const desired = (request.url ?? '').endsWith(`/manifests/${tag}`);
      if (registry.#outOfOrder && desired)
        return answer(response, 503, { type: 'text/plain', digest: '', bytes: Buffer.from('try again later') });
      const found = paths.get((request.url ?? '').replace(`/v2/${name}/`, ''));
      if (found) return answer(response, 200, found);
      const known = request.url === '/v2/';
      answer(response, known ? 200 : 404, {
        type: 'application/json',
        digest: '',
        bytes: Buffer.from(known ? '{}' : UNKNOWN),
      });
    });
    await listen(server);
    const registry = new Registry(server);
    return registry;
  }

  /** From now on every request for the image gets 503, until `repair` is called. */
  break(): void {
    this.#outOfOrder = true;
  }

  repair(): void {
    this.#outOfOrder = false;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

const UNKNOWN = JSON.stringify({ errors: [{ code: 'MANIFEST_UNKNOWN', message: 'manifest unknown' }] });

function answer(response: ServerResponse, status: number, { type, digest, bytes }: Blob): void {
  response.writeHead(status, {
    'Content-Type': type,
    'Content-Length': bytes.length,
    ...(digest ? { 'Docker-Content-Digest': digest } : {}),
  });
  response.end(response.req.method === 'HEAD' ? undefined : bytes);
}

function readImage(image: string): { manifest: Blob; blobs: Blob[] } {
  const directory = mkdtempSync(join(tmpdir(), 'image-'));
  try {
    execFileSync('sh', ['-c', `docker save "$1" | tar -x -C "$2"`, 'sh', image, directory]);
    const [saved] = JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8')) as [
      { Config: string; Layers: string[] },
    ];
    const config = blob('application/vnd.oci.image.config.v1+json', readFileSync(join(directory, saved.Config)));
    const layers = saved.Layers.map((path) =>
      blob('application/vnd.oci.image.layer.v1.tar', readFileSync(join(directory, path))),
    );
    const type = 'application/vnd.oci.image.manifest.v1+json';
    const text = JSON.stringify({
      schemaVersion: 2,
      mediaType: type,
      config: descriptor(config),
      layers: layers.map(descriptor),
    });
    return { manifest: blob(type, Buffer.from(text)), blobs: [config, ...layers] };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function blob(type: string, bytes: Buffer): Blob {
  return { type, digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}`, bytes };
}

function descriptor({ type, digest, bytes }: Blob): object {
  return { mediaType: type, digest, size: bytes.length };
}
