// Releases on the simulated lab that another chart or program owns: nothing is changed, and the message names the owner
// and what to do.
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { all, chartDirectory, everything, get, helm, images, install, kubectl, useSimulatedLab } from './place.js';

const place = useSimulatedLab('ownership');
let directory = '';

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ownership-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const OWN_OBJECTS = `apiVersion: v1
kind: Secret
metadata: {name: credentials}
stringData: {password: of-the-user}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: worker}
spec:
  replicas: 1
  selector: {matchLabels: {app: worker}}
  template:
    metadata: {labels: {app: worker}}
    spec: {containers: [{name: worker, image: "docker.io/library/worker:1"}]}
`;

/** A chart with Milvus as its dependency, and a Deployment and a Secret of its own. */
function umbrella(): string {
  const chart = join(directory, 'stack');
  mkdirSync(join(chart, 'templates'), { recursive: true });
  cpSync(join(chartDirectory(), 'source', '4.0.29', 'milvus'), join(chart, 'charts', 'milvus'), { recursive: true });
  writeFileSync(
    join(chart, 'Chart.yaml'),
    'apiVersion: v2\nname: stack\nversion: 1.1.0\ndependencies: [{name: milvus, version: 4.0.29, repository: "https://charts.example.com"}]\n',
  );
  writeFileSync(join(chart, 'templates', 'own.yaml'), OWN_OBJECTS);
  return chart;
}

/** Installs the umbrella chart with Milvus 2.2.12, and waits for its pods: a run refuses an unhealthy installation. */
function installUmbrella(chart: string): void {
  kubectl(place, 'create', 'namespace', place.namespace);
  helm(place, 'install', 'my', chart, '--set', 'milvus.cluster.enabled=true,milvus.image.all.tag=v2.2.12', '--wait');
}

const stateOf = (kind: string, name: string): string =>
  get(place, kind, '{.metadata.uid} {.metadata.generation} {.data}', '--field-selector', `metadata.name=${name}`);

describe('a release that this action does not own', () => {
  it('is refused if it was installed with a chart that contains Milvus, even with skipped checks, and is not changed', async () => {
    installUmbrella(umbrella());
    const before = everything(place);
    const done = await place.action.run({
      'skip-checks': 'umbrella-chart, chart-name-differs, objects-would-be-deleted',
      set: 'cluster.enabled=true',
    });
    expect(done.outputs.outcome).toBe('refused');
    expect(done.log).toContain(
      'release my was installed with the chart stack 1.1.0, of which Milvus is a dependency (`milvus` 4.0.29)',
    );
    expect(done.log).toContain('--set milvus.image.all.repository=');
    expect(everything(place)).toBe(before);
    expect(get(place, 'secrets', '{.metadata.name}').split('\n')).toContain('credentials');
  });

  it('is upgraded with its own chart, and everything of the user stays as it is', async () => {
    const chart = umbrella();
    installUmbrella(chart);
    const before = [stateOf('deployments', 'worker'), stateOf('secrets', 'credentials')];
    const values = (): Record<string, unknown> =>
      JSON.parse(helm(place, 'get', 'values', 'my', '-o', 'json')) as Record<string, unknown>;
    const done = await place.action.run({ chart });
    if (done.outputs.outcome !== 'succeeded') throw new Error(done.log);
    expect(images(place)).toEqual(all('v2.2.16'));
    expect([stateOf('deployments', 'worker'), stateOf('secrets', 'credentials')]).toEqual(before);
    expect(Object.keys(values())).toEqual(['milvus']);
    expect(JSON.parse(helm(place, 'list', '-o', 'json'))).toMatchObject([{ chart: 'stack-1.1.0', status: 'deployed' }]);
    expect((await place.action.run({ chart })).outputs.outcome).toBe('unchanged');
  });

  it('is refused while Flux manages it, with the command that suspends Flux, and is upgraded if that check is skipped', async () => {
    install(place, '2.2.12');
    kubectl(
      place,
      '-n',
      place.namespace,
      'label',
      'deployments',
      '-l',
      'component',
      'helm.toolkit.fluxcd.io/name=vectors',
      'helm.toolkit.fluxcd.io/namespace=gitops',
    );
    const refused = await place.action.run();
    expect(refused.outputs.outcome).toBe('refused');
    expect(refused.report?.failedChecks.map(({ id }) => id)).toEqual(['managed-by-flux']);
    expect(refused.log).toContain('flux suspend helmrelease vectors --namespace gitops');
    expect((await place.action.run({ 'skip-checks': 'managed-by-flux' })).outputs.outcome).toBe('succeeded');
    expect(images(place)).toEqual(all('v2.2.16'));
  });

  it('is reported with its owner if Argo CD applied it without Helm, and can be verified', async () => {
    install(place, '2.2.12');
    kubectl(place, '-n', place.namespace, 'delete', 'secrets', '-l', 'owner=helm');
    // The output of `helm template` has none of these.
    const annotations = [
      'argocd.argoproj.io/tracking-id=vectors:apps/Deployment:milvus/x',
      'meta.helm.sh/release-name-',
      'meta.helm.sh/release-namespace-',
    ];
    kubectl(place, '-n', place.namespace, 'annotate', 'deployments', '-l', 'component', ...annotations);
    const done = await place.action.run();
    expect(done.exitCode).toBe(1);
    expect(done.report?.problem).toMatchObject({
      code: 'release-not-found',
      why: expect.stringContaining('They are managed by the Argo CD Application vectors'),
    });
    expect((await place.action.run({ operation: 'verify', 'target-version': '2.2.12' })).exitCode).toBe(0);
  });
});
