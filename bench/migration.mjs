// Measures how long a metadata migration keeps a real Milvus down on the node lab: the built dist/ beside the
// documented script. Milvus 2.1 and the migration tool are not available everywhere; lab/images.sh documents what
// imitates them. It is the same for both procedures. usage: npm run bench -- migration [action] [waiting] [script]
// [--runs 1] [--grace SECONDS] `script` runs the migrate.sh that MIGRATE_SCRIPT names; --grace gives every pod so long
// to end, where a query node of 2.2 on Kafka takes the usual 30 s
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { chosen, labWith, nodeEnv, row } from './lab.mjs';

const NAMESPACE = `migration-${process.pid}`;
const [FROM, TARGET, IMAGE, TOOL] = [
  '2.1.4',
  '2.2.16',
  'docker.io/lab/milvus:v2.2.16',
  'docker.io/lab/meta-migration:v2.2.0',
];
const DEPLOYMENTS = [
  '-n',
  NAMESPACE,
  'get',
  'deployments',
  '-l',
  'app.kubernetes.io/instance=my,component',
  '-o',
  'json',
];
const ETCD_LABELS = ['app.kubernetes.io/instance=my', 'app.kubernetes.io/name=etcd']; // by these the script finds etcd
const LOOK_MILLISECONDS = 250;

const lab = labWith({ LAB_NAMESPACE: NAMESPACE, LAB_RELEASE: 'my' });

function action(inputs, env) {
  const charts = ['chart=milvus/milvus', `chart-repository=${lab('charts', 'url')}`];
  const folder = mkdtempSync(join(tmpdir(), 'migration-'));
  const words = [
    'release=my',
    `namespace=${NAMESPACE}`,
    `target-version=${TARGET}`,
    `migration-image=${TOOL}`,
    ...charts,
    ...inputs,
  ];
  return spawn(process.execPath, ['lab/act.mjs', folder, ...words], { env, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** The ways of migrating, by name: each starts a program in the environment of the cluster. */
const ways = {
  action: (env) => action([], env),
  waiting: (env) => action(['revoke-sessions=false'], env),
  script: (env) => {
    const words = ['-n', NAMESPACE, '-i', 'my', '-s', FROM, '-t', TARGET, '-r', 'by-dev', '-w', IMAGE, '-m', TOOL];
    return spawn('bash', [process.env.MIGRATE_SCRIPT, ...words], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  },
};

/** True while something is stopped or not yet the new version. */
function isDown(env) {
  const { items } = JSON.parse(execFileSync('kubectl', DEPLOYMENTS, { env, encoding: 'utf8', maxBuffer: 1 << 26 }));
  return items.some(({ spec, status }) => spec.replicas === 0 || (status.readyReplicas ?? 0) < spec.replicas);
}

function shorten(grace, env) {
  const kubectl = (...words) => execFileSync('kubectl', ['-n', NAMESPACE, ...words], { env, encoding: 'utf8' });
  const names = kubectl('get', 'deployments', '-l', 'app.kubernetes.io/instance=my,component', '-o', 'name')
    .trim()
    .split('\n');
  const patch = JSON.stringify({ spec: { template: { spec: { terminationGracePeriodSeconds: Number(grace) } } } });
  for (const name of names) kubectl('patch', name, '-p', patch);
  for (const name of names) kubectl('rollout', 'status', name, '--timeout=300s');
}

/** Seconds from the first Deployment that is stopped to the last pod that is ready, and what a client finds then. */
async function measure(way, env, grace) {
  lab('milvus', 'down', 'node');
  lab('milvus', 'node', 'chart/4.0.29', '-f', 'lab/node/old.yaml');
  if (grace) shorten(grace, env);
  execFileSync('kubectl', ['-n', NAMESPACE, 'label', 'service/meta-etcd', ...ETCD_LABELS], { env, stdio: 'ignore' });
  const rows = lab('rows', 'make', lab('milvus', 'host'));
  const child = ways[way](env);
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => (said = (said + text).slice(-4000)));
  const ended = once(child, 'close');
  let [stoppedAt, readyAt] = [0, 0];
  while (child.exitCode === null) {
    const down = isDown(env);
    if (down && stoppedAt === 0) stoppedAt = performance.now();
    readyAt = down ? 0 : readyAt || performance.now();
    await new Promise((resolve) => setTimeout(resolve, LOOK_MILLISECONDS));
  }
  const [code] = await ended;
  if (code !== 0) throw new Error(`${way} ended with ${code}:\n${said}`);
  const same = lab('rows', 'check', lab('milvus', 'host')) === rows;
  return { down: ((readyAt || performance.now()) - stoppedAt) / 1000, same };
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { runs: { type: 'string', default: '1' }, grace: { type: 'string' } },
  });
  const asked = chosen(positionals.length > 0 ? positionals : ['action', 'waiting'], ways);
  if (asked.includes('script') && !process.env.MIGRATE_SCRIPT)
    throw new Error('MIGRATE_SCRIPT must be the path of a migrate.sh');
  lab('node', 'up');
  lab('images', 'migration');
  lab('charts', 'serve');
  const env = nodeEnv();
  row('way', 'Milvus down', 'rows and search result');
  row('---', '---', '---');
  for (let run = 0; run < Number(values.runs); run += 1) {
    for (const way of asked) {
      try {
        const { down, same } = await measure(way, env, values.grace);
        row(way, `${down.toFixed(0)} s`, same ? 'kept' : 'NOT kept');
      } catch (error) {
        row(way, 'failed', '–');
        console.error(error.message);
      }
    }
  }
  lab('milvus', 'down', 'node');
}

await main();
