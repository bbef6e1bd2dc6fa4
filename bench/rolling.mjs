// Measures what clients of a real Milvus notice of a rolling upgrade 2.2.12 -> 2.2.16 on the node lab: the built dist/ beside the documented script.
// usage: node bench/rolling.mjs [action] [script] [--runs 3] [--replicas 1,2]        `script` runs the rollingUpdate.sh that ROLLING_SCRIPT names
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

const NAMESPACE = `rolling-${process.pid}`;
const TARGET = '2.2.16';
const IMAGE = `docker.io/milvusdb/milvus:v${TARGET}`;
const MOST_SECONDS_COUNTING = 120;
const SECONDS_BESIDE = 10; // the probe runs for so long before and after: an outage may outlive the roll
const PODS = ['-n', NAMESPACE, 'get', 'pods', '-l', 'app.kubernetes.io/instance=my,component', '-o', 'json'];

const labEnv = { ...process.env, LAB_NAMESPACE: NAMESPACE, LAB_RELEASE: 'my' };
const lab = (...words) => execFileSync('lab/lab', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], env: labEnv }).trim();
const row = (...cells) => console.log(`| ${cells.join(' | ')} |`);

/** The environment in which kubectl and helm speak to the node lab. */
function clusterEnv() {
  const words = [...lab('node', 'env').matchAll(/(\w+)=(\S+)/g)];
  return { ...process.env, ...Object.fromEntries(words.map(([, name, value]) => [name, value.replace('$PATH', process.env.PATH)])) };
}

/** Runs a program to its end, and throws with the end of what it said if it fails. */
async function run(program, words, env) {
  const child = spawn(program, words, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      said = (said + text).slice(-4000);
    });
  }
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${program} ended with ${code}:\n${said}`);
}

/** The ways of upgrading, by name: each is given the environment of the cluster. */
const ways = {
  action(env, charts) {
    const inputs = ['strategy=rolling', `target-version=${TARGET}`, 'chart=milvus/milvus', `chart-repository=${charts}`];
    const folder = mkdtempSync(join(tmpdir(), 'rolling-'));
    return run(process.execPath, ['lab/act.mjs', folder, 'release=my', `namespace=${NAMESPACE}`, ...inputs], env);
  },
  script(env) {
    return run('bash', [process.env.ROLLING_SCRIPT, '-n', NAMESPACE, '-i', 'my', '-o', 'update', '-t', TARGET, '-w', IMAGE], env);
  },
};

/** A Milvus 2.2.12 with rows in it. Returns its address. */
function install(replicas) {
  lab('milvus', 'down', 'node');
  lab('milvus', 'node', '2.2.12', ...['proxy', 'queryNode', 'dataNode'].flatMap((name) => ['--set', `${name}.replicas=${replicas}`]));
  const host = lab('milvus', 'host');
  lab('rows', 'make', host);
  return host;
}

/** Measures from a client's side. Returns a function that ends the measuring and gives the figures. */
async function startProbe(host) {
  const child = spawn('lab/lab', ['probe', host], { env: labEnv, stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    printed += text;
  });
  await Promise.race([once(child.stderr, 'data'), once(child, 'close')]);
  child.stderr.resume();
  return async () => {
    child.kill('SIGTERM');
    const limit = setTimeout(() => child.kill('SIGKILL'), MOST_SECONDS_COUNTING * 1000);
    if (child.exitCode === null) await once(child, 'close');
    clearTimeout(limit);
    if (printed === '') throw new Error(`the probe could not count its rows within ${MOST_SECONDS_COUNTING} s`);
    return JSON.parse(printed);
  };
}

/** Whether a pod of the old version is left, be it a terminating one. */
const oldPodsLeft = (env) =>
  JSON.parse(execFileSync('kubectl', PODS, { env, encoding: 'utf8', maxBuffer: 1 << 26 })).items.some((pod) =>
    pod.spec.containers.every(({ image }) => image !== IMAGE),
  );

/** One upgrade in one way, measured. Wall time ends when no old pod is left, for every way alike. */
async function measure(way, replicas, env, charts) {
  const stop = await startProbe(install(replicas));
  await sleep(SECONDS_BESIDE * 1000);
  const startedAt = performance.now();
  let failure;
  try {
    await ways[way](env, charts);
    while (oldPodsLeft(env)) await sleep(500);
  } catch (error) {
    failure = error;
  }
  const seconds = (performance.now() - startedAt) / 1000;
  await sleep(SECONDS_BESIDE * 1000);
  const figures = await stop();
  if (failure) throw failure;
  const operations = [figures.search, figures.query, figures.insert];
  return {
    seconds,
    rate: Math.min(...operations.map(({ rate }) => rate)),
    longest: Math.max(...operations.map(({ longest_s }) => longest_s)),
    lost: figures.lost,
  };
}

function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { runs: { type: 'string', default: '1' }, replicas: { type: 'string', default: '1' } },
  });
  const asked = positionals.length > 0 ? positionals : Object.keys(ways);
  const unknown = asked.filter((way) => !(way in ways));
  if (unknown.length > 0) throw new Error(`no such way: ${unknown.join(', ')}; there are ${Object.keys(ways).join(', ')}`);
  if (asked.includes('script') && !process.env.ROLLING_SCRIPT) throw new Error('ROLLING_SCRIPT must be the path of a rollingUpdate.sh');
  return { asked, runs: Number(values.runs), replicas: values.replicas.split(',').map(Number) };
}

async function main() {
  const { asked, runs, replicas } = readArguments();
  lab('node', 'up');
  const env = clusterEnv();
  const charts = lab('charts', 'serve');
  row('way', 'replicas', 'wall', 'worst success rate', 'longest outage', 'rows lost');
  row(...Array(6).fill('---'));
  // Way after way within a run, not run after run within a way: what else the machine does then falls on all of them.
  for (let at = 0; at < runs; at += 1) {
    for (const count of replicas) {
      for (const way of asked) {
        try {
          const { seconds, rate, longest, lost } = await measure(way, count, env, charts);
          row(way, count, `${seconds.toFixed(0)} s`, rate.toFixed(3), `${longest.toFixed(1)} s`, lost);
        } catch (error) {
          row(way, count, 'failed', '–', '–', '–');
          console.error(error.message);
        }
      }
    }
  }
  lab('milvus', 'down', 'node');
}

await main();
