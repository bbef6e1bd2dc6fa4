// Measures what clients of a real Milvus notice of an upgrade on the node lab: a rolling upgrade by the built dist/,
// the documented script, and a plain `helm upgrade`. usage: npm run bench -- rolling [action] [script] [helm] [--runs 3]
// [--replicas 1,2] [--from 2.2.12] [--to 2.2.16] [--mixed]. `script` runs the rollingUpdate.sh that ROLLING_SCRIPT
// names; `--mixed` is one mixed coordinator instead of four separate ones. The figures of the probe, with every outage,
// go to standard error. `--set NAME=VALUE` adds a value to the release.
import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { chosen, labWith, nodeEnv, row, run, startProbe } from './lab.mjs';

const NAMESPACE = `rolling-${process.pid}`;
const options = readArguments();
const IMAGE = `docker.io/milvusdb/milvus:v${options.to}`;
/** The lab has a chart for these versions; another version is installed as an image of the next chart. */
const CHARTS = ['2.2.12', '2.3.5'];
const SEPARATE = ['rootCoordinator', 'queryCoordinator', 'indexCoordinator', 'dataCoordinator'];
const SECONDS_BESIDE = 10; // the probe runs for so long before and after: an outage may outlive the roll
const PODS = ['-n', NAMESPACE, 'get', 'pods', '-l', 'app.kubernetes.io/instance=my,component', '-o', 'json'];

const labEnv = { LAB_NAMESPACE: NAMESPACE, LAB_RELEASE: 'my' };
const lab = labWith(labEnv);

/** The ways of upgrading, by name: each is given the environment of the cluster. */
const ways = {
  action(env, charts) {
    const inputs = [
      'strategy=rolling',
      `target-version=${options.to}`,
      'chart=milvus/milvus',
      `chart-repository=${charts}`,
    ];
    const folder = mkdtempSync(join(tmpdir(), 'rolling-'));
    return run(process.execPath, ['lab/act.mjs', folder, 'release=my', `namespace=${NAMESPACE}`, ...inputs], { env });
  },
  script(env) {
    return run(
      'bash',
      [process.env.ROLLING_SCRIPT, '-n', NAMESPACE, '-i', 'my', '-o', 'update', '-t', options.to, '-w', IMAGE],
      { env },
    );
  },
  helm(env, charts) {
    const words = ['upgrade', 'my', 'milvus', '--repo', charts, '--namespace', NAMESPACE, '--version', chartOf(env)];
    return run('helm', [...words, '--reuse-values', '--set', `image.all.tag=v${options.to}`, '--wait'], { env });
  },
};

/** The installed version of the chart: what is measured is the version of Milvus alone. */
function chartOf(env) {
  const [{ chart }] = JSON.parse(
    execFileSync('helm', ['list', '-n', NAMESPACE, '-o', 'json'], { env, encoding: 'utf8' }),
  );
  return chart.replace(/^milvus-/, '');
}

/** A Milvus of the old version with rows in it. Returns its address. */
function install(replicas) {
  lab('milvus', 'down', 'node');
  const chart = CHARTS.includes(options.from) ? options.from : options.to;
  const values = [
    ...['proxy', 'queryNode', 'dataNode'].map((name) => `${name}.replicas=${replicas}`),
    ...(chart === options.from ? [] : [`image.all.tag=v${options.from}`]),
    ...options.set,
    ...(options.mixed ? ['mixCoordinator.enabled=true', ...SEPARATE.map((name) => `${name}.enabled=false`)] : []),
  ];
  lab('milvus', 'node', chart, ...values.flatMap((value) => ['--set', value]));
  const host = lab('milvus', 'host');
  lab('rows', 'make', host);
  return host;
}

/** Whether a pod of the old version is left, be it a terminating one. */
const oldPodsLeft = (env) =>
  JSON.parse(execFileSync('kubectl', PODS, { env, encoding: 'utf8', maxBuffer: 1 << 26 })).items.some((pod) =>
    pod.spec.containers.every(({ image }) => image !== IMAGE),
  );

/** One upgrade in one way, measured. Wall time ends when no old pod is left, for every way alike. */
async function measure(way, replicas, env, charts) {
  const stop = await startProbe(install(replicas), labEnv);
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
  console.error(JSON.stringify({ way, replicas, ...figures }));
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
    options: {
      runs: { type: 'string', default: '1' },
      replicas: { type: 'string', default: '1' },
      from: { type: 'string', default: '2.2.12' },
      to: { type: 'string', default: '2.2.16' },
      mixed: { type: 'boolean', default: false },
      set: { type: 'string', multiple: true, default: [] },
    },
  });
  const asked = positionals.length > 0 ? positionals : ['action'];
  if (asked.includes('script') && !process.env.ROLLING_SCRIPT)
    throw new Error('ROLLING_SCRIPT must be the path of a rollingUpdate.sh');
  return { ...values, asked, runs: Number(values.runs), replicas: values.replicas.split(',').map(Number) };
}

async function main() {
  const { runs, replicas } = options;
  const asked = chosen(options.asked, ways);
  lab('node', 'up');
  const env = nodeEnv();
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
