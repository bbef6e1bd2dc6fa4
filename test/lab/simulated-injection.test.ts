// Fault injection: every request to the API server is disturbed once, in a run of its own. The next run has to end like
// an undisturbed one: the new version everywhere, one deployed revision, nothing paused, no difference to what Helm has
// written.
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pLimit from 'p-limit';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { asYaml, kubeconfig } from './bad-inputs.js';
import { REQUEST_FAULTS, startFaultProxy, type FaultProxy, type RequestFault } from './fault-proxy.js';
import { Action, environment, HELM, killLeftovers, lab } from './lab.js';
import { casesOf, type Tiered } from './tier.js';
import { startWrongServers, type WrongServers } from './wrong-servers.js';
import type { InputName } from '../../src/core/config/raw-inputs.js';

const start = promisify(execFile);
/** The number of concurrent installations; most of a run is waiting. */
const AT_ONCE = 4;
const directory = mkdtempSync(join(tmpdir(), 'injection-'));
const base64 = (text: string): string => Buffer.from(text).toString('base64');
let [server, token] = ['', ''];
let env: NodeJS.ProcessEnv;
let servers: WrongServers;

/** Without dependencies in the release, which take half of the time and no part in the upgrade. */
const SMALL = [
  ...['etcd', 'minio', 'pulsar'].map((name) => `${name}.enabled=false`),
  ...['externalEtcd', 'externalS3', 'externalPulsar'].map((name) => `${name}.enabled=true`),
  'externalS3.host=objects',
  'externalPulsar.host=pulsar',
  'externalEtcd.endpoints={metadata:2379}',
].flatMap((value) => ['--set', value]);

interface Story extends Tiered {
  readonly name: string;
  readonly from: string;
  readonly flags: readonly string[];
  readonly inputs: Partial<Record<InputName, string>>;
}

const STORIES: readonly Story[] = [
  { name: 'helm-upgrade', from: '2.2.12', flags: [], inputs: { 'target-version': '2.2.16', strategy: 'helm-upgrade' } },
  {
    name: 'rolling',
    from: '2.4.17',
    flags: ['--set', 'cluster.enabled=true'],
    inputs: { 'target-version': '2.4.23', strategy: 'rolling' },
  },
  {
    name: 'rollback',
    from: '2.2.12',
    flags: [],
    inputs: {
      'target-version': '2.2.16',
      strategy: 'helm-upgrade',
      'on-failure': 'rollback',
      'step-timeout': '20s',
      'skip-checks': 'image-probe',
    },
  },
];

beforeAll(async () => {
  lab('simulated', 'up', '3');
  lab('charts', 'serve');
  env = environment('simulated');
  const text = readFileSync(env.KUBECONFIG ?? '', 'utf8');
  server = /server: "(.*?)"/.exec(text)?.[1] ?? '';
  token = /token: (\w+)/.exec(text)?.[1] ?? '';
  servers = await startWrongServers(directory);
}, 600_000);

afterAll(() => {
  killLeftovers();
  servers.close();
  rmSync(directory, { recursive: true });
});

interface Ended {
  readonly requests: readonly string[];
  /** The outcome of the disturbed run. */
  readonly first: string;
  /** What is wrong after the next run; empty if everything is correct. */
  readonly wrong: string;
}

async function kubectl(...args: string[]): Promise<string> {
  return (await start('kubectl', args, { env, maxBuffer: 1 << 26 })).stdout.trim();
}

async function play(story: Story, fault: RequestFault, nth: number): Promise<Ended> {
  const namespace = `injection-${story.name}-${fault}-${nth}-helm-${HELM}`;
  await start('lab/lab', ['milvus', 'simulated', story.from, ...SMALL, ...story.flags], {
    env: { ...env, LAB_NAMESPACE: namespace, LAB_RELEASE: 'my' },
  });
  const proxy = await startFaultProxy({ directory, server, token, fault, nth });
  try {
    const action = new Action(env, {
      release: 'my',
      namespace,
      chart: 'milvus/milvus',
      'chart-repository': lab('charts', 'url'),
      ...story.inputs,
    });
    const broken =
      story.name === 'rollback'
        ? { set: 'image.all.tag=v2.2.16-missing', image: 'docker.io/milvusdb/milvus:v2.2.16-missing' }
        : {};
    const disturbed = await action.run({ kubeconfig: through(proxy), ...broken });
    const next = await action.run({ 'on-failure': 'stop', 'step-timeout': '120s' });
    const wrong = await wrongAt(namespace, story, next.outputs.outcome ?? '');
    if (wrong) writeLog(namespace, disturbed.log, next.log);
    return { requests: [...proxy.requests], first: disturbed.outputs.outcome ?? '', wrong };
  } finally {
    proxy.close();
    await kubectl('delete', 'namespace', namespace, '--wait=false');
  }
}

/** A case that cannot be executed counts as a wrong end as well, so that the other cases continue. */
async function played(story: Story, fault: RequestFault, nth: number): Promise<Ended> {
  return play(story, fault, nth).catch((error: Error) => ({
    requests: [],
    first: '',
    wrong: error.message.slice(0, 500),
  }));
}

function through(proxy: FaultProxy): string {
  return asYaml(
    kubeconfig({
      cluster: { server: proxy.address, 'certificate-authority-data': base64(servers.authority) },
      user: { token },
    }),
  );
}

async function wrongAt(namespace: string, { inputs }: Story, outcome: string): Promise<string> {
  const get = (kinds: string, template: string, ...more: string[]): Promise<string> =>
    kubectl('-n', namespace, 'get', kinds, ...more, '-o', `jsonpath={range .items[*]}${template}{"\\n"}{end}`);
  const images = new Set(
    (await get('deployments', '{.spec.template.spec.containers[0].image}', '-l', 'component'))
      .split('\n')
      .map((image) => image.split(':')[1]),
  );
  const deployed = (await get('secrets', '{.metadata.labels.status}', '-l', 'owner=helm'))
    .split('\n')
    .filter((status) => status === 'deployed');
  const paused = await get('deployments', '{.spec.paused}');
  const lease = await get('leases', '{.spec.holderIdentity}');
  return [
    ['succeeded', 'unchanged'].includes(outcome) ? '' : `the next run ended as ${outcome}`,
    [...images].join() === `v${inputs['target-version'] ?? ''}` ? '' : `images: ${[...images].join(', ')}`,
    deployed.length === 1 ? '' : `${deployed.length} revisions are deployed`,
    paused === '' ? '' : 'a Deployment is paused',
    lease === '' ? '' : `${lease} holds the lock`,
  ]
    .filter(Boolean)
    .join('; ');
}

function writeLog(name: string, ...logs: string[]): void {
  mkdirSync('.lab/injection', { recursive: true });
  writeFileSync(join('.lab/injection', `${name}.log`), logs.join('\n==== the next run\n'));
}

/** The requests of an undisturbed run of each story. */
const requestsOf = new Map<string, readonly string[]>();

async function undisturbed(story: Story): Promise<readonly string[]> {
  const known = requestsOf.get(story.name);
  if (known) return known;
  const whole = await play(story, 'delay', 0);
  expect(whole.wrong).toBe('');
  expect(whole.requests.length).toBeGreaterThan(10);
  requestsOf.set(story.name, whole.requests);
  return whole.requests;
}

/** A review of permissions is a POST that changes nothing. */
const changesNothing = (request: string): boolean =>
  request.startsWith('GET ') || request.endsWith('accessreviews') || request.endsWith('(dry run)');

/** The numbers of the requests that a fault disturbs: every write, and one read of each five, in rotation. */
function disturbedBy(fault: RequestFault, requests: readonly string[]): readonly number[] {
  const turn = REQUEST_FAULTS.indexOf(fault);
  return requests.flatMap((request, at) =>
    !changesNothing(request) || at % REQUEST_FAULTS.length === turn ? [at + 1] : [],
  );
}

interface Disturbed extends Ended {
  readonly nth: number;
}

/** Starts the runs of every fault; later faults do not wait for the last runs of earlier ones. */
async function startRuns(story: Story): Promise<ReadonlyMap<RequestFault, Promise<readonly Disturbed[]>>> {
  const requests = await undisturbed(story);
  const limit = pLimit(AT_ONCE);
  const runOf = (fault: RequestFault, nth: number): Promise<Disturbed> =>
    limit(async () => ({ nth, ...(await played(story, fault, nth)) }));
  return new Map(
    REQUEST_FAULTS.map((fault) => [fault, Promise.all(disturbedBy(fault, requests).map((nth) => runOf(fault, nth)))]),
  );
}

describe.each(casesOf(STORIES, ({ name }) => name))('a run with one disturbed API request: $name', (story) => {
  let runs: ReturnType<typeof startRuns> | undefined;

  it.each(REQUEST_FAULTS)(
    'leaves an installation that the next run completes, after the fault: %s',
    async (fault) => {
      runs ??= startRuns(story);
      const ended = (await (await runs).get(fault)) ?? [];
      expect(ended.length).toBeGreaterThan(10);
      const outcomes = ended.map(({ first }) => first);
      const firsts = [...new Set(outcomes)].map(
        (outcome) => `${outcomes.filter((other) => other === outcome).length} ${outcome}`,
      );
      const wrong = ended
        .filter(({ wrong }) => wrong !== '')
        .map(({ nth, requests, wrong }) => `request ${nth} (${requests[nth - 1] ?? ''}): ${wrong}`);
      const requests = requestsOf.get(story.name)?.length ?? 0;
      process.stderr.write(
        `injection, ${story.name}, ${fault}: ${ended.length} runs with one of ${requests} requests disturbed: ${firsts.join(', ')}; wrong ends: ${wrong.length}\n`,
      );
      expect(wrong).toEqual([]);
    },
    3_600_000,
  );
});
