// Measures the built dist/ on the simulated lab, compared with the documented manual procedure. usage: npm run bench --
// start|reaction|requests|foreign|helm. Prints one row of a Markdown table for each figure; no figure is an error.
import { execFileSync, spawn } from 'node:child_process';
import { readFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';

const NAMESPACE = `bench-${process.pid}`;
const lab = (...words) =>
  execFileSync('lab/lab', words, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, LAB_NAMESPACE: NAMESPACE, LAB_RELEASE: 'my' },
  }).trim();
const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
const row = (what, ...cells) => console.log(`| ${[what, ...cells].join(' | ')} |`);

let env;
let charts;
function cluster() {
  if (env) return;
  lab('simulated', 'up', '3');
  const text = lab('simulated', 'env');
  env = {
    ...process.env,
    ...Object.fromEntries(
      [...text.matchAll(/(\w+)=(\S+)/g)].map(([, name, value]) => [name, value.replace('$PATH', process.env.PATH)]),
    ),
  };
  charts = lab('charts', 'serve');
}
const kubectl = (...words) => execFileSync('kubectl', words, { env, encoding: 'utf8', maxBuffer: 1 << 28 });

/** Pods that take three seconds to be ready and two to be gone, so that there is something to wait for. */
const TAKES_TIME = ['ready-seconds=3', 'terminating-seconds=2'].flatMap((word) => [
  '--set-string',
  `annotations.lab\\.milvus/${word}`,
]);
function install(...flags) {
  lab('milvus', 'down', 'simulated');
  lab('milvus', 'simulated', '2.2.12', ...flags);
}

/** Starts the action; every line that it prints comes with the time at which it arrived. */
function act(...inputs) {
  const lines = [];
  const words = [
    `release=my`,
    `namespace=${NAMESPACE}`,
    'target-version=2.2.16',
    'chart=milvus/milvus',
    `chart-repository=${charts}`,
    ...inputs,
  ];
  const child = spawn(process.execPath, ['lab/act.mjs', mkdtempSync(join(tmpdir(), 'bench-')), ...words], { env });
  child.stdout.setEncoding('utf8').on('data', (text) => lines.push({ at: performance.now(), text }));
  return { lines, ended: new Promise((resolve) => child.on('close', resolve)) };
}

/** The times at which kubectl sees Deployments and pods of the namespace change. */
function watchChanges() {
  const times = [];
  const children = ['deployments', 'pods'].map((kind) =>
    spawn('kubectl', ['-n', NAMESPACE, 'get', kind, '-l', 'component', '-w', '--no-headers'], { env }),
  );
  for (const child of children) child.stdout.on('data', () => times.push(performance.now()));
  return { times, stop: () => children.forEach((child) => child.kill()) };
}

const audit = () =>
  readFileSync(env.LAB_AUDIT_LOG, 'utf8')
    .split('\n')
    .filter((line) => line.includes(`/namespaces/${NAMESPACE}/`))
    .map((line) => JSON.parse(line));
/** A watch is in the audit log twice, when it begins and when it ends, under one id. */
const ours = () =>
  new Set(
    audit()
      .filter(({ userAgent = '' }) => !/^(kube-|kwok|Helm|kubectl\/)/.test(userAgent))
      .map(({ auditID }) => auditID),
  ).size;

const measures = {
  start() {
    const time = (...words) => {
      const startedAt = performance.now();
      try {
        execFileSync(process.execPath, words, { stdio: 'ignore', env: { PATH: process.env.PATH } });
      } catch {
        /* bad inputs end with exit code 1 */
      }
      return performance.now() - startedAt;
    };
    const empty = [];
    const action = [];
    for (let each = 0; each < 15; each += 1) {
      empty.push(time('-e', '0'));
      action.push(time('dist/index.js'));
    }
    row('start of an empty Node program', `${median(empty).toFixed(0)} ms`);
    row('start of dist/index.js until bad inputs are reported', `${median(action).toFixed(0)} ms`);
  },

  async reaction() {
    cluster();
    const delays = [];
    for (let each = 0; each < 5; each += 1) {
      install(...TAKES_TIME);
      const watch = watchChanges();
      const run = act();
      await run.ended;
      watch.stop();
      const reportedAt = run.lines.find(({ text }) => /✓ wait-ready/.test(text))?.at ?? Number.NaN;
      delays.push(reportedAt - Math.max(...watch.times.filter((time) => time < reportedAt)));
    }
    row(
      'from the last change in the cluster to the status in the log',
      `${median(delays).toFixed(0)} ms (worst of 5: ${Math.max(...delays).toFixed(0)} ms)`,
    );
  },

  async requests() {
    cluster();
    install();
    const before = ours();
    await act('image=docker.io/milvusdb/milvus:v2.2.16-gpu-missing', 'step-timeout=10m').ended;
    row('API requests of the action in a wait of ten minutes, all in all', ours() - before);
  },

  async foreign() {
    cluster();
    install();
    const timed = async () => {
      const startedAt = performance.now();
      await act('operation=plan').ended;
      return performance.now() - startedAt;
    };
    const without = [];
    for (let each = 0; each < 5; each += 1) without.push(await timed());
    const pod = (name) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, labels: { app: 'foreign' } },
      spec: { schedulerName: 'nobody', containers: [{ name: 'c', image: 'foreign' }] },
    });
    const items = Array.from({ length: 5000 }, (_, at) => pod(`foreign-${at}`));
    execFileSync('kubectl', ['-n', NAMESPACE, 'create', '-f', '-'], {
      env,
      input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }),
      stdio: ['pipe', 'ignore', 'inherit'],
      maxBuffer: 1 << 28,
    });
    const beside = [];
    for (let each = 0; each < 5; each += 1) beside.push(await timed());
    row('a plan, whole process', `${median(without).toFixed(0)} ms`);
    row('a plan with 5,000 unrelated pods in the namespace', `${median(beside).toFixed(0)} ms`);
  },

  async helm() {
    cluster();
    const seconds = { action: [], hand: [], left: [] };
    for (let each = 0; each < 3; each += 1) {
      install(...TAKES_TIME);
      let startedAt = performance.now();
      await act().ended;
      seconds.action.push((performance.now() - startedAt) / 1000);
      install(...TAKES_TIME);
      startedAt = performance.now();
      // What the guide says, with the waiting that it does not.
      execFileSync(
        'helm',
        [
          'upgrade',
          'my',
          'milvus',
          '--repo',
          charts,
          '--version',
          '4.0.34',
          '-n',
          NAMESPACE,
          '--reuse-values',
          '--set',
          'image.all.tag=v2.2.16',
          '--wait',
        ],
        { env, stdio: 'ignore' },
      );
      seconds.hand.push((performance.now() - startedAt) / 1000);
      const pods = JSON.parse(kubectl('-n', NAMESPACE, 'get', 'pods', '-l', 'component', '-o', 'json')).items;
      seconds.left.push(pods.filter((each) => each.metadata.deletionTimestamp).length);
    }
    row('the action, whole process, all old pods gone', `${median(seconds.action).toFixed(1)} s`);
    row(
      '`helm upgrade --wait`',
      `${median(seconds.hand).toFixed(1)} s, ${median(seconds.left)} old pods still terminating when it exited`,
    );
  },
};

const asked = process.argv.slice(2);
row('what', 'measured');
row('---', '---');
for (const name of asked.length > 0 ? asked : Object.keys(measures)) await measures[name]();
if (env) kubectl('delete', 'namespace', NAMESPACE, '--ignore-not-found', '--wait=false');
