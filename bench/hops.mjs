// Measures an upgrade over two versions on the node lab, with real Milvus and rows: by one run of the built dist/, and
// by hand with one `helm upgrade` for each version. usage: npm run bench -- hops [action] [hand] [--runs 1]
import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { chosen, labWith, nodeEnv, row, run, startProbe } from './lab.mjs';

const NAMESPACE = `hops-${process.pid}`;
const FROM = '2.2.12';
/** Each version of the path with the chart of the lab for it. */
const PATH = [
  { version: '2.2.16', chart: '4.0.34' },
  { version: '2.3.5', chart: '4.1.13' },
];
const LAST = PATH.at(-1).version;
const SECONDS_BESIDE = 10; // the probe runs for so long before and after: an outage may outlive the upgrade
const PODS = ['-n', NAMESPACE, 'get', 'pods', '-l', 'app.kubernetes.io/instance=my,component', '-o', 'json'];

const labEnv = { LAB_NAMESPACE: NAMESPACE, LAB_RELEASE: 'my' };
const lab = labWith(labEnv);

/** The ways of upgrading, by name. Each returns how many commands a person types. */
const ways = {
  async action(env, charts) {
    const inputs = [`target-version=${LAST}`, 'chart=milvus/milvus', `chart-repository=${charts}`];
    const folder = mkdtempSync(join(tmpdir(), 'hops-'));
    await run(process.execPath, ['lab/act.mjs', folder, 'release=my', `namespace=${NAMESPACE}`, ...inputs], { env });
    return 1;
  },
  async hand(env, charts) {
    for (const { version, chart } of PATH) {
      const words = ['upgrade', 'my', 'milvus', '--repo', charts, '--namespace', NAMESPACE, '--version', chart];
      await run('helm', [...words, '--reset-then-reuse-values', '--set', `image.all.tag=v${version}`, '--wait'], {
        env,
      });
      // Before the next version, whoever upgrades by hand waits until the old pods are gone.
      while (otherPods(env, version)) await sleep(500);
    }
    return 2 * PATH.length;
  },
};

/** Whether a pod of another version is left, be it a terminating one. */
const otherPods = (env, version) =>
  JSON.parse(execFileSync('kubectl', PODS, { env, encoding: 'utf8', maxBuffer: 1 << 26 })).items.some((pod) =>
    pod.spec.containers.every(
      ({ image }) => image !== `docker.io/milvusdb/milvus:v${version}` && image !== `milvusdb/milvus:v${version}`,
    ),
  );

async function measure(way, env, charts) {
  lab('milvus', 'down', 'node');
  const two = ['proxy', 'queryNode', 'dataNode'].map((name) => `${name}.replicas=2`);
  lab('milvus', 'node', FROM, ...two.flatMap((value) => ['--set', value]));
  const host = lab('milvus', 'host');
  lab('rows', 'make', host);
  const stop = await startProbe(host, labEnv);
  await sleep(SECONDS_BESIDE * 1000);
  const startedAt = performance.now();
  const commands = await ways[way](env, charts);
  while (otherPods(env, LAST)) await sleep(500);
  const seconds = (performance.now() - startedAt) / 1000;
  await sleep(SECONDS_BESIDE * 1000);
  const figures = await stop();
  console.error(JSON.stringify({ way, ...figures }));
  lab('rows', 'check', host);
  return { seconds, commands, figures };
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { runs: { type: 'string', default: '1' } },
  });
  const asked = chosen(positionals, ways);
  lab('node', 'up');
  const env = nodeEnv();
  const charts = lab('charts', 'serve');
  row('way', 'commands', 'wall', 'worst success rate', 'longest outage', 'outage in total', 'rows lost');
  row(...Array(7).fill('---'));
  for (let at = 0; at < Number(values.runs); at += 1) {
    for (const way of asked) {
      const { seconds, commands, figures } = await measure(way, env, charts);
      const operations = [figures.search, figures.query, figures.insert];
      row(
        way,
        commands,
        `${seconds.toFixed(0)} s`,
        Math.min(...operations.map(({ rate }) => rate)).toFixed(3),
        `${Math.max(...operations.map(({ longest_s }) => longest_s)).toFixed(1)} s`,
        `${Math.max(...operations.map(({ outage_s }) => outage_s)).toFixed(1)} s`,
        figures.lost,
      );
    }
  }
  lab('milvus', 'down', 'node');
}

await main();
