// A signal while the built command waits for an API server that never answers: the run ends like a cancel, and no file
// with credentials is left.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { listen } from '../support/listen.js';

const TOKEN = 'a-token-that-no-file-may-keep';
const server = createServer(() => undefined);
const directory = mkdtempSync(join(tmpdir(), 'signals-'));
let port = 0;
beforeAll(async () => {
  port = await listen(server);
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(directory, { recursive: true });
});

const kubeconfig = (): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'a', cluster: { server: `http://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'a', user: { token: TOKEN } }],
    contexts: [{ name: 'a', context: { cluster: 'a', user: 'a' } }],
    'current-context': 'a',
  });

/** The files below the directory that contain the token. */
const filesWithToken = (): string[] =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => readFileSync(path, 'utf8').includes(TOKEN));

describe('a run of the command', () => {
  it.each(['SIGHUP', 'SIGTERM', 'SIGINT'] as const)(
    'that receives %s is cancelled and leaves no credentials',
    async (signal) => {
      const requested = once(server, 'request');
      const child = spawn(process.execPath, ['dist/cli.js', 'plan', '--release', 'my', '--target-version', '2.2.16'], {
        env: {
          PATH: process.env.PATH,
          TMPDIR: directory,
          HOME: directory,
          MILVUS_UPGRADE_KUBECONFIG: kubeconfig(),
          MILVUS_UPGRADE_INSECURE_SKIP_TLS_VERIFY: 'true',
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let log = '';
      for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (log += text));
      const closed = once(child, 'close') as Promise<[number | null]>;
      await Promise.race([requested, closed]);
      const during = filesWithToken();
      child.kill(signal);
      const [code] = await closed;
      expect(log).toContain('The run ended: cancelled');
      expect(code).toBe(130);
      expect(during).toHaveLength(1);
      expect(filesWithToken()).toEqual([]);
    },
  );
});
