// Measures how time, memory, API requests and the size of the summary grow with the size of the installation, on the
// simulated lab: a plan and a rolling upgrade of a small release, of the same release with 5,000 unrelated pods in its
// namespace, and of a release with 60 Deployments and 500 pods. usage: npm run bench -- scale [small] [foreign] [large]
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { chosen, envOf, labWith, row } from './lab.mjs';

const [FROM_CHART, TARGET] = ['5.0.19', '2.6.16'];
const FOREIGN_PODS = 5000;
/** 55 resource groups with nine query nodes each, beside the other components. */
const LARGE = [
  `replicaResourceGroups={${Array.from({ length: 55 }, (_, at) => `rg${at + 1}`).join()}}`,
  'queryNode.replicas=9',
].flatMap((value) => ['--set', value]);
const LOOK_MILLISECONDS = 50;

/** The installations, by name: flags of the release, and whether there are unrelated pods. */
const installations = {
  small: { flags: [], foreign: 0 },
  foreign: { flags: [], foreign: FOREIGN_PODS },
  large: { flags: LARGE, foreign: 0 },
};

function createPods(namespace, count, env) {
  const items = Array.from({ length: count }, (_, at) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `unrelated-${at}`, labels: { app: 'unrelated' } },
    spec: { schedulerName: 'none', containers: [{ name: 'c', image: 'unrelated' }] },
  }));
  execFileSync('kubectl', ['-n', namespace, 'create', '-f', '-'], {
    env,
    input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }),
    stdio: ['pipe', 'ignore', 'inherit'],
    maxBuffer: 1 << 28,
  });
}

/** The requests of the action in the audit log, each once: a watch has a line for its begin and one for its end. */
function requestIds(env) {
  const lines = readFileSync(env.LAB_AUDIT_LOG, 'utf8').split('\n');
  return new Set(
    lines.filter((line) => line.includes('"userAgent":"milvus-upgrade')).map((line) => JSON.parse(line).auditID),
  );
}

/** The highest resident memory of the action in MB, as far as it was observed. */
function watchMemory(parent) {
  let peak = 0;
  const timer = setInterval(() => {
    try {
      const child = readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8').trim().split(' ')[0];
      const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${child}/status`, 'utf8')) ?? [];
      peak = Math.max(peak, Number(kilobytes ?? 0) / 1024);
    } catch {
      // The process has not started yet, or has ended.
    }
  }, LOOK_MILLISECONDS);
  return () => {
    clearInterval(timer);
    return peak;
  };
}

async function act(namespace, env, charts, inputs) {
  const folder = mkdtempSync(join(tmpdir(), 'scale-'));
  const before = requestIds(env);
  const words = ['release=my', `namespace=${namespace}`, `target-version=${TARGET}`, 'chart=milvus/milvus'];
  const startedAt = performance.now();
  const child = spawn(process.execPath, ['lab/act.mjs', folder, ...words, `chart-repository=${charts}`, ...inputs], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const peak = watchMemory(child.pid);
  const [code] = await once(child, 'close');
  const seconds = (performance.now() - startedAt) / 1000;
  if (code !== 0) throw new Error(`the action ended with ${code}; its log is ${join(folder, 'log.txt')}`);
  return {
    seconds,
    memory: peak(),
    requests: requestIds(env).size - before.size,
    summary: statSync(join(folder, 'summary.md')).size / 1024,
  };
}

async function main() {
  const asked = chosen(process.argv.slice(2), installations);
  labWith({})('simulated', 'up', '3');
  const env = envOf('simulated');
  const charts = labWith({})('charts', 'serve');
  row('installation', 'operation', 'wall', 'peak memory', 'API requests', 'summary');
  row(...Array(6).fill('---'));
  for (const name of asked) {
    const namespace = `scale-${name}-${process.pid}`;
    const { flags, foreign } = installations[name];
    labWith({ LAB_NAMESPACE: namespace, LAB_RELEASE: 'my' })('milvus', 'simulated', `chart/${FROM_CHART}`, ...flags);
    if (foreign > 0) createPods(namespace, foreign, env);
    for (const [operation, inputs] of [
      ['plan', ['operation=plan', 'strategy=rolling']],
      ['rolling upgrade', ['strategy=rolling']],
    ]) {
      const { seconds, memory, requests, summary } = await act(namespace, env, charts, inputs);
      const sizes = [`${memory.toFixed(0)} MB`, requests, `${summary.toFixed(0)} kB`];
      row(name, operation, `${seconds.toFixed(1)} s`, ...sizes);
    }
    execFileSync('kubectl', ['delete', 'namespace', namespace, '--wait=false'], { env, stdio: 'ignore' });
  }
}

await main();
