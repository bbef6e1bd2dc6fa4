// Disturbed runs on the simulated lab, independent of the Helm version: broken images, two concurrent runs, kills, lost
// watches, cancelled jobs.
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { killAll } from './lab.js';
import { all, chartDirectory, get, helm, images, install, kubectl, readyAfter, useSimulatedLab } from './place.js';
import { Proxy } from './proxy.js';
import { itFull, rowsOf } from './tier.js';

const place = useSimulatedLab('disturbed');

describe('a disturbed run on the simulated lab', () => {
  it('reports an image that cannot be pulled, keeps the old pods serving, and succeeds with the correct image', async () => {
    install(place, '2.2.12');
    const failed = await place.action.run({
      'target-version': '2.2.16',
      image: 'docker.io/milvusdb/milvus:v2.2.16-gpu-missing',
      'step-timeout': '15s',
      // The image probe would report it before any change; see simulated-preflight.test.ts.
      'skip-checks': 'image-probe',
    });
    expect(failed.exitCode).toBe(1);
    expect(failed.log).toMatch(/^::error title=.*/m);
    expect(failed.log).toContain('ImagePullBackOff');
    expect(failed.outputs).toMatchObject({ outcome: 'failed', changed: 'true' });
    const mended = await place.action.run();
    expect(mended.outputs.outcome).toBe('succeeded');
    expect(images(place)).toEqual(all('v2.2.16'));
  });

  it('fails if another run is in progress, and names that run', async () => {
    install(place, '2.2.12', ...readyAfter(25));
    const first = place.action.start({}, { GITHUB_REPOSITORY: 'acme/vectors', GITHUB_RUN_ID: '42' });
    await first.says('helm upgrade');
    const second = await place.action.run();
    expect(second.exitCode).toBe(1);
    expect(second.log).toMatch(/Another run is upgrading this release.*acme\.vectors\.42/);
    expect((await first.finished).outputs.outcome).toBe('succeeded');
  });

  it('stops when another client upgrades the release during the run, and leaves that revision unchanged', async () => {
    install(place, '2.2.12', ...readyAfter(20));
    const running = place.action.start({ 'on-failure': 'rollback' });
    await running.says(/▶ wait-ready/);
    helm(
      place,
      'upgrade',
      'my',
      join(chartDirectory(), 'milvus-4.0.29.tgz'),
      '--reuse-values',
      '--set',
      'image.all.tag=v2.2.12',
    );
    const done = await running.finished;
    expect(done.outputs.outcome).toBe('failed');
    expect(done.report?.problem?.why).toContain(
      'another client created revision 3 of release my during this run (chart milvus 4.0.29, ',
    );
    expect(done.report?.problem?.remedy).toContain('a rollback would undo it');
    expect(images(place)).toEqual(all('v2.2.12'));
    expect(JSON.parse(helm(place, 'history', 'my', '-o', 'json'))).toHaveLength(3);
  });

  it.each(
    rowsOf([
      [
        'resumes a Deployment',
        /▶ resume\/indexnode/,
        'my-milvus-rootcoord',
        { paused: false },
        'spec.paused: true →',
        'another client',
      ],
      [
        'restarts the pods of a Deployment',
        /▶ resume\/indexnode/,
        'my-milvus-indexnode',
        { template: { metadata: { annotations: { 'reloader.example.com/last': 'config-1' } } } },
        'spec.template.metadata.annotations.reloader.example.com/last',
        'another client ("reloader", at ',
      ],
    ] as const),
  )('stops within seconds when another client %s, and names it', async (_, moment, name, spec, change, who) => {
    install(place, '2.2.12', ...readyAfter(8));
    const running = place.action.start({ strategy: 'rolling', 'on-failure': 'stop' });
    await running.says(moment);
    const words = ['-n', place.namespace, 'patch', 'deployment', name, '--field-manager=reloader', '--type=merge'];
    kubectl(place, ...words, '-p', JSON.stringify({ spec }));
    const startedAt = performance.now();
    const done = await running.finished;
    const seconds = (performance.now() - startedAt) / 1000;
    expect(done.outputs.outcome).toBe('failed');
    expect(done.report?.problem?.why).toContain(`changed Deployment ${name} during this run: ${change}`);
    expect(done.report?.problem?.why).toContain(who);
    expect(seconds).toBeLessThan(15);
    const next = await place.action.run();
    if (next.outputs.outcome !== 'succeeded') throw new Error(next.log);
    expect(images(place)).toEqual(all('v2.2.16'));
    expect(get(place, 'deployments', '{.spec.paused}')).toBe('');
  });

  itFull('that is killed while it waits is completed by the next run', async () => {
    install(place, '2.2.12', ...readyAfter(5));
    const first = place.action.start();
    await first.says(/▶ wait-ready/);
    killAll(first);
    await first.finished;
    const second = await place.action.run();
    expect(second.outputs.outcome).toBe('succeeded');
    expect(images(place)).toEqual(all('v2.2.16'));
    expect(get(place, 'secrets', '{.metadata.name}', '-l', 'owner=helm,status=deployed').split('\n')).toHaveLength(1);
  });

  itFull('reconnects lost watches, reports that, and misses no change', async () => {
    install(place, '2.2.12', ...readyAfter(12));
    const proxy = await Proxy.before(place.env.KUBECONFIG ?? '');
    try {
      const running = place.action.start({ kubeconfig: proxy.kubeconfig });
      await running.says(/▶ wait-ready/);
      proxy.cut();
      await running.says('resuming it');
      const done = await running.finished;
      expect(done.outputs).toMatchObject({ outcome: 'succeeded' });
      expect(images(place)).toEqual(all('v2.2.16'));
    } finally {
      proxy.close();
    }
  });

  it('ends as cancelled when the job is cancelled, releases the lock, and can be run again immediately', async () => {
    install(place, '2.2.12', ...readyAfter(8));
    const first = place.action.start();
    await first.says(/▶ wait-ready/);
    first.child.kill('SIGINT');
    const ended = await first.finished;
    expect(ended.outputs.outcome).toBe('cancelled');
    expect(ended.exitCode).toBe(1);
    const second = await place.action.run();
    expect(second.outputs.outcome).toBe('succeeded');
    expect(second.log).not.toContain('waiting until it renews');
  });
});
