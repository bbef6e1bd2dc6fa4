// The built dist/ on a real API server with real controllers, the real helm and the lab's charts; kwok plays the pods.
import { execFileSync } from 'node:child_process';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Action, environment, killAll, killLeftovers, lab, labWith } from './lab.js';
import { Proxy } from './proxy.js';

const ROLES = ['datacoord', 'datanode', 'indexcoord', 'indexnode', 'proxy', 'querycoord', 'querynode', 'rootcoord'];
let env: NodeJS.ProcessEnv;
let namespace = '';
let runs = 0;
let action: Action;

beforeAll(() => {
  lab('simulated', 'up', '3');
  env = environment('simulated');
  lab('charts', 'serve');
}, 3_600_000);

beforeEach(() => {
  runs += 1;
  namespace = `test-${runs}`;
  action = new Action(env, { release: 'my', namespace, chart: 'milvus/milvus', 'chart-repository': lab('charts', 'url'), 'target-version': '2.2.16' });
});

afterEach(killLeftovers);

afterAll(() => {
  for (let each = 1; each <= runs; each += 1) kubectl('delete', 'namespace', `test-${each}`, '--ignore-not-found', '--wait=false');
});

function kubectl(...words: string[]): string {
  return execFileSync('kubectl', words, { env, encoding: 'utf8' });
}

function install(version: string, ...flags: string[]): void {
  labWith({ LAB_NAMESPACE: namespace, LAB_RELEASE: 'my' }, 'milvus', 'simulated', version, ...flags);
}

function images(): Record<string, string> {
  const text = kubectl(
    '-n',
    namespace,
    'get',
    'deployments',
    '-l',
    'component',
    '-o',
    'jsonpath={range .items[*]}{.metadata.labels.component}={.spec.template.spec.containers[0].image}{"\\n"}{end}',
  );
  return Object.fromEntries(
    text
      .trim()
      .split('\n')
      .map((line) => line.split('=') as [string, string])
      .filter(([role]) => role !== 'attu'),
  );
}

/** What a run of ours could have changed, and no controller changes by itself. */
function everything(): string {
  const deployments = kubectl('-n', namespace, 'get', 'deployments', '-o', 'jsonpath={range .items[*]}{.metadata.name}={.metadata.generation} {end}');
  return (
    deployments +
    kubectl(
      '-n',
      namespace,
      'get',
      'secrets,configmaps,services,leases',
      '-o',
      'jsonpath={range .items[*]}{.kind}/{.metadata.name}={.metadata.resourceVersion} {end}',
    )
  );
}

const all = (tag: string): Record<string, unknown> => Object.fromEntries(ROLES.map((role) => [role, expect.stringContaining(`:${tag}`)]));

describe('on the simulated lab', () => {
  it('upgrades a release, tells every Deployment, and has nothing to do the second time', async () => {
    install('2.2.12');
    const done = await action.run();
    expect(done.log).toContain('::group::');
    expect(done.exitCode).toBe(0);
    expect(images()).toEqual(all('v2.2.16'));
    expect(done.outputs).toMatchObject({
      outcome: 'succeeded',
      strategy: 'helm-upgrade',
      'source-version': '2.2.12',
      'target-version': '2.2.16',
      'chart-version': '4.0.34',
      changed: 'true',
    });
    expect(done.report?.components.map((each) => each.role).sort()).toEqual(ROLES);
    for (const role of ROLES) expect(done.summary).toContain(role);
    const again = await action.run();
    expect(again.outputs).toMatchObject({ outcome: 'unchanged', changed: 'false' });
  });

  it('leaves attu and other releases of the namespace alone', async () => {
    install('2.2.12', '--set', 'attu.enabled=true');
    labWith({ LAB_NAMESPACE: namespace, LAB_RELEASE: 'other' }, 'milvus', 'simulated', '2.2.12');
    const done = await action.run();
    expect(done.outputs.outcome).toBe('succeeded');
    expect(done.report?.components.map((each) => each.role)).not.toContain('attu');
    expect(kubectl('-n', namespace, 'get', 'deployment', '-l', 'component=attu', '-o', 'jsonpath={.items[*].spec.template.spec.containers[0].image}')).toMatch(
      /^zilliz\/attu:/,
    );
    expect(
      kubectl(
        '-n',
        namespace,
        'get',
        'deployment',
        '-l',
        'app.kubernetes.io/instance=other',
        '-o',
        'jsonpath={.items[*].spec.template.spec.containers[0].image}',
      ),
    ).not.toContain('v2.2.16');
  });

  it.each([
    ['--set', 'fullnameOverride=vectors'],
    ['--set', 'nameOverride=db'],
  ])('finds its Deployments under %s %s', async (...flags) => {
    install('2.2.12', ...flags);
    const done = await action.run();
    expect(done.outputs.outcome).toBe('succeeded');
    expect(images()).toEqual(all('v2.2.16'));
  });

  it('changes nothing for a plan, and nothing for a refusal', async () => {
    install('2.2.12');
    const before = everything();
    const planned = await action.run({ operation: 'plan' });
    expect(planned.exitCode).toBe(0);
    expect(JSON.parse(planned.outputs.plan ?? '')).toMatchObject({ steps: [{ kind: 'helm-upgrade' }, { kind: 'settle' }] });
    const refused = await action.run({ 'target-version': '2.6.15', 'source-version': '2.2.9' });
    expect(refused.exitCode).toBe(1);
    expect(refused.outputs).toMatchObject({ outcome: 'refused', changed: 'false' });
    expect(refused.log).toMatch(/stop-first[\s\S]*2\.2\.16/);
    expect(refused.log).toContain('source-version-differs');
    expect(everything()).toBe(before);
  });

  it('goes over 2.5 to 2.6 with the topology that 2.6 needs, and pins what would flip', async () => {
    install('2.4.17');
    const first = await action.run({ 'target-version': '2.5.16' });
    expect(first.log).toContain('pulsar');
    expect(first.outputs).toMatchObject({ outcome: 'succeeded', 'chart-version': '4.2.58' });
    const statefulSets = kubectl('-n', namespace, 'get', 'statefulsets', '-o', 'name');
    expect(statefulSets).not.toContain('pulsarv3');
    const second = await action.run({ 'target-version': '2.6.15' });
    expect(second.outputs).toMatchObject({ outcome: 'succeeded', 'chart-version': '5.0.19' });
    expect(Object.keys(images()).sort()).toEqual(['datanode', 'mixcoord', 'proxy', 'querynode', 'streamingnode']);
  });

  it('tells an image that cannot be pulled, leaves the old pods serving, and mends it in the next run', async () => {
    install('2.2.12');
    const failed = await action.run({
      'target-version': '2.2.16',
      image: 'docker.io/milvusdb/milvus:v2.2.16-gpu-missing',
      'step-timeout': '15s',
    });
    expect(failed.exitCode).toBe(1);
    expect(failed.log).toMatch(/^::error title=.*/m);
    expect(failed.log).toContain('ImagePullBackOff');
    expect(failed.outputs).toMatchObject({ outcome: 'failed', changed: 'true' });
    const mended = await action.run();
    expect(mended.outputs.outcome).toBe('succeeded');
    expect(images()).toEqual(all('v2.2.16'));
  });

  it('keeps a password out of arguments, log, outputs, summary and report', async () => {
    install('2.2.12');
    const running = action.start({ values: 'externalS3: {secretKey: hunter2-in-values}', set: 'minio.secretKey=hunter2-in-set' });
    let seen = '';
    const watch = setInterval(() => {
      seen += execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' });
    }, 50);
    const done = await running.finished;
    clearInterval(watch);
    expect(done.outputs.outcome).toBe('succeeded');
    expect(seen).toContain('helm upgrade');
    expect(seen + done.log.replaceAll(/^::add-mask::.*$/gm, '') + done.summary + JSON.stringify(done.outputs) + JSON.stringify(done.report)).not.toContain(
      'hunter2',
    );
  });

  it('refuses a second run at the same time, and names the first', async () => {
    install('2.2.12', '--set-string', 'annotations.lab\\.milvus/ready-seconds=25');
    const first = action.start({}, { GITHUB_REPOSITORY: 'acme/vectors', GITHUB_RUN_ID: '42' });
    await first.says('helm upgrade');
    const second = await action.run();
    expect(second.exitCode).toBe(1);
    expect(second.log).toMatch(/Another run is upgrading this release.*acme\.vectors\.42/);
    expect((await first.finished).outputs.outcome).toBe('succeeded');
  });

  it.each([
    ['while Helm runs', /▶ helm-upgrade[\s\S]*asking for it now/],
    ['while it watches', /▶ settle/],
  ])('killed %s, ends right in the next run', async (_, moment) => {
    install('2.2.12', '--set-string', 'annotations.lab\\.milvus/ready-seconds=5');
    const first = action.start();
    await first.says(moment);
    killAll(first);
    await first.finished;
    const second = await action.run();
    expect(second.outputs.outcome).toBe('succeeded');
    expect(images()).toEqual(all('v2.2.16'));
    expect(kubectl('-n', namespace, 'get', 'secrets', '-l', 'owner=helm,status=deployed', '-o', 'name').trim().split('\n')).toHaveLength(1);
  });

  it('takes lost watches up again, tells it, and misses nothing', async () => {
    install('2.2.12', '--set-string', 'annotations.lab\\.milvus/ready-seconds=12');
    const proxy = await Proxy.before(env.KUBECONFIG ?? '');
    try {
      const running = action.start({ kubeconfig: proxy.kubeconfig });
      await running.says(/▶ settle/);
      proxy.cut();
      await running.says('taking it up again');
      const done = await running.finished;
      expect(done.outputs).toMatchObject({ outcome: 'succeeded' });
      expect(images()).toEqual(all('v2.2.16'));
    } finally {
      proxy.close();
    }
  });

  it('ends as cancelled when the runner asks it to, gives the lock back, and can be run again at once', async () => {
    install('2.2.12', '--set-string', 'annotations.lab\\.milvus/ready-seconds=8');
    const first = action.start();
    await first.says(/▶ settle/);
    first.child.kill('SIGINT');
    const ended = await first.finished;
    expect(ended.outputs.outcome).toBe('cancelled');
    expect(ended.exitCode).toBe(1);
    const second = await action.run();
    expect(second.outputs.outcome).toBe('succeeded');
    expect(second.log).not.toContain('waiting until it renews');
  });
});
