// The built dist/ on a real API server with real controllers, the real helm and the charts of the lab; kwok simulates
// the pods.
import { describe, expect, it } from '@jest/globals';
import { lab, labWith } from './lab.js';
import { all, everything, get, images, install, ROLES, useSimulatedLab } from './place.js';
import { itFull, rowsOf } from './tier.js';

const IMAGE = '{.spec.template.spec.containers[0].image}';
const place = useSimulatedLab('journey');

describe('a run on the simulated lab', () => {
  it('upgrades a release, reports every Deployment, and changes nothing when it is run again', async () => {
    install(place, '2.2.12');
    const done = await place.action.run();
    expect(done.log).toContain('::group::');
    expect(done.exitCode).toBe(0);
    expect(images(place)).toEqual(all('v2.2.16'));
    expect(done.outputs).toMatchObject({
      outcome: 'succeeded',
      strategy: 'helm-upgrade',
      'source-version': '2.2.12',
      'target-version': '2.2.16',
      'chart-version': '4.0.34',
      changed: 'true',
    });
    expect(done.report?.components.map((component) => component.role).sort()).toEqual(ROLES);
    for (const role of ROLES) expect(done.summary).toContain(role);
    const again = await place.action.run();
    expect(again.outputs).toMatchObject({ outcome: 'unchanged', changed: 'false' });
  });

  itFull('leaves attu and other releases of the namespace unchanged', async () => {
    install(place, '2.2.12', '--set', 'attu.enabled=true');
    labWith({ LAB_NAMESPACE: place.namespace, LAB_RELEASE: 'other' }, 'milvus', 'simulated', '2.2.12');
    const done = await place.action.run();
    expect(done.outputs.outcome).toBe('succeeded');
    expect(done.report?.components.map((component) => component.role)).not.toContain('attu');
    expect(get(place, 'deployments', IMAGE, '-l', 'component=attu')).toMatch(/^zilliz\/attu:/);
    expect(get(place, 'deployments', IMAGE, '-l', 'app.kubernetes.io/instance=other')).not.toContain('v2.2.16');
  });

  it.each(
    rowsOf([
      ['--set', 'fullnameOverride=vectors'],
      ['--set', 'nameOverride=db'],
    ]),
  )('finds its Deployments with %s %s', async (...flags) => {
    install(place, '2.2.12', ...flags);
    const done = await place.action.run();
    expect(done.outputs.outcome).toBe('succeeded');
    expect(images(place)).toEqual(all('v2.2.16'));
  });

  it('changes nothing for a plan or for a refused upgrade', async () => {
    install(place, '2.2.12');
    const before = everything(place);
    const planned = await place.action.run({ operation: 'plan' });
    expect(planned.exitCode).toBe(0);
    expect(JSON.parse(planned.outputs.plan ?? '')).toMatchObject({
      steps: [{ kind: 'helm-upgrade' }, { kind: 'wait-ready' }],
    });
    const refused = await place.action.run({ 'target-version': '2.6.15', 'source-version': '2.2.9', hops: 'one' });
    expect(refused.exitCode).toBe(1);
    expect(refused.outputs).toMatchObject({ outcome: 'refused', changed: 'false' });
    expect(refused.log).toMatch(/stop-first[\s\S]*2\.2\.16/);
    expect(refused.log).toContain('source-version-differs');
    expect(everything(place)).toBe(before);
  });

  it('upgrades to 2.6 through 2.5 with the topology that 2.6 requires, and pins values whose default changes', async () => {
    install(place, '2.4.17');
    const first = await place.action.run({ 'target-version': '2.5.16' });
    expect(first.log).toContain('pulsar');
    expect(first.outputs).toMatchObject({ outcome: 'succeeded', 'chart-version': '4.2.58' });
    const statefulSets = get(place, 'statefulsets', '{.metadata.name}');
    expect(statefulSets).not.toContain('pulsarv3');
    const second = await place.action.run({ 'target-version': '2.6.15' });
    expect(second.outputs).toMatchObject({ outcome: 'succeeded', 'chart-version': '5.0.19' });
    expect(Object.keys(images(place)).sort()).toEqual(['datanode', 'mixcoord', 'proxy', 'querynode', 'streamingnode']);
  });

  it.each(
    rowsOf([
      ['an archive', 'milvus-4.0.34.tgz'],
      ['a directory', 'source/4.0.34/milvus'],
    ]),
  )('uses the chart of %s', async (_, path) => {
    install(place, '2.2.12');
    const done = await place.action.run({ chart: `${lab('charts', 'build')}/${path}` });
    expect(done.outputs).toMatchObject({ outcome: 'succeeded', 'chart-version': '4.0.34' });
    expect(images(place)).toEqual(all('v2.2.16'));
  });

  it('reports missing permissions of the kubeconfig before any change', async () => {
    const done = await place.action.run({ context: 'nowhere' });
    expect(done.exitCode).toBe(1);
    expect(done.log).toMatch(/has no context .*nowhere.*it has .*simulated/);
    expect((await place.action.run()).log).toMatch(/The Helm release my was not found in namespace journey-helm-/);
  });
});
