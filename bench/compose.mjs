// Measures what clients of a real Milvus standalone notice of an upgrade 2.2.16 -> 2.3.5 with Docker Compose: the built
// dist/ beside what the guide says. usage: npm run bench -- compose [action] [guide] [--runs 3]
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { chosen, labWith, nodeEnv, row, run, startProbe } from './lab.mjs';

const [FROM, TO] = ['2.2.16', '2.3.5'];
const [DOOR, PORT] = ['127.0.0.9', 19530];
const SECONDS_BESIDE = 10;
/** The guide does not say when a search works again: longer than it ever took. */
const MOST_SECONDS = 60;

const lab = labWith({});

/** Each leaves a project that is searched again. */
const ways = {
  action: (folder, env) =>
    run(
      process.execPath,
      ['dist/cli.js', 'upgrade', '--platform', 'compose', '--project-directory', folder, '--target-version', TO],
      { env },
    ),
  async guide(folder, env) {
    const file = join(folder, 'docker-compose.yml');
    writeFileSync(file, readFileSync(file, 'utf8').replace(`:v${FROM}`, `:v${TO}`));
    await run('docker-compose', ['down'], { cwd: folder, env });
    await run('docker-compose', ['up', '-d'], { cwd: folder, env });
  },
};

/**
 * Asked of Docker itself: a program started twice a second would slow down the Milvus that is measured. Empty while
 * there is none.
 */
async function addressOf(name) {
  const [answer] = await once(
    get({ socketPath: '/var/run/docker.sock', path: `/containers/${name}/json` }),
    'response',
  );
  const networks = Object.values(JSON.parse((await answer.toArray()).join('')).NetworkSettings?.Networks ?? {});
  return networks[0]?.IPAddress ?? '';
}

/** One address for the client, wherever the container is: a new one may have another. */
async function openDoor(folder) {
  let host = lab('compose', 'host', folder);
  const server = createServer((client) => {
    const milvus = connect(PORT, host);
    for (const [one, other] of [
      [client, milvus],
      [milvus, client],
    ]) {
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  });
  server.listen(PORT, DOOR);
  await once(server, 'listening');
  const name = `${basename(folder)}-standalone`;
  const look = setInterval(async () => {
    host = (await addressOf(name)) || host;
  }, 500);
  return () => (clearInterval(look), server.close());
}

async function measure(way, env) {
  const folder = join(tmpdir(), `compose-bench-${process.pid}`);
  lab('compose', 'up', 'standalone', FROM, folder);
  try {
    const rows = lab('rows', 'make', lab('compose', 'host', folder));
    const close = await openDoor(folder);
    const stop = await startProbe(DOOR);
    await sleep(SECONDS_BESIDE * 1000);
    await ways[way](folder, env);
    await sleep((way === 'guide' ? MOST_SECONDS : SECONDS_BESIDE) * 1000);
    const { search, insert, lost } = await stop();
    close();
    return {
      search: search.longest_s,
      insert: insert.longest_s,
      lost,
      same: lab('rows', 'check', lab('compose', 'host', folder)) === rows,
    };
  } finally {
    lab('compose', 'down', folder);
    rmSync(folder, { recursive: true, force: true });
  }
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { runs: { type: 'string', default: '1' } },
});
lab('node', 'up');
const env = nodeEnv();
row('way', 'search fails for', 'insert fails for', 'rows lost', 'search result');
row(...Array(5).fill('---'));
for (let at = 0; at < Number(values.runs); at += 1) {
  for (const way of chosen(positionals, ways)) {
    try {
      const { search, insert, lost, same } = await measure(way, env);
      row(way, `${search.toFixed(1)} s`, `${insert.toFixed(1)} s`, lost, same ? 'the same' : 'ANOTHER');
    } catch (error) {
      row(way, 'failed', '–', '–', '–');
      console.error(error.message);
    }
  }
}
