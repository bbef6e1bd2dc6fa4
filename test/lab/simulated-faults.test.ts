// Faults on the simulated lab: broken images, secrets, two runs at once, kills, lost watches, cancelled jobs.
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { cancelWhileHelmHolds, killWhileHelmHolds } from './kill.js';
import { killAll } from './lab.js';
import { all, get, images, install, readyAfter, useSimulatedLab } from './place.js';
import { Proxy } from './proxy.js';

const place = useSimulatedLab('faults');

describe('on the simulated lab, when things go wrong', () => {
  it('tells an image that cannot be pulled, leaves the old pods serving, and mends it in the next run', async () => {
    install(place, '2.2.12');
    const failed = await place.action.run({
      'target-version': '2.2.16',
      image: 'docker.io/milvusdb/milvus:v2.2.16-gpu-missing',
      'step-timeout': '15s',
      // The rehearsal would tell it before anything is changed; see simulated-preflight.test.ts.
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

  it('keeps a password out of arguments, log, outputs, summary and report', async () => {
    install(place, '2.2.12');
    const running = place.action.start({ values: 'externalS3: {secretKey: hunter2-in-values}', set: 'minio.secretKey=hunter2-in-set' });
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
    install(place, '2.2.12', ...readyAfter(25));
    const first = place.action.start({}, { GITHUB_REPOSITORY: 'acme/vectors', GITHUB_RUN_ID: '42' });
    await first.says('helm upgrade');
    const second = await place.action.run();
    expect(second.exitCode).toBe(1);
    expect(second.log).toMatch(/Another run is upgrading this release.*acme\.vectors\.42/);
    expect((await first.finished).outputs.outcome).toBe('succeeded');
  });

  it('killed while Helm holds the release, has the next run mark that revision failed, say so, and end right', async () => {
    install(place, '2.2.12');
    await killWhileHelmHolds(place.action, place.env, place.namespace);
    const second = await place.action.run();
    expect(second.log).toMatch(/revision 2 was left pending-upgrade by a Helm that is gone.*marked it failed/);
    expect(second.outputs.outcome).toBe('succeeded');
    expect(images(place)).toEqual(all('v2.2.16'));
    expect(get(place, 'secrets', '{.metadata.labels.status}', '-l', 'owner=helm').split('\n')).toEqual(['superseded', 'failed', 'deployed']);
  });

  it('killed while it watches, ends right in the next run', async () => {
    install(place, '2.2.12', ...readyAfter(5));
    const first = place.action.start();
    await first.says(/▶ settle/);
    killAll(first);
    await first.finished;
    const second = await place.action.run();
    expect(second.outputs.outcome).toBe('succeeded');
    expect(images(place)).toEqual(all('v2.2.16'));
    expect(get(place, 'secrets', '{.metadata.name}', '-l', 'owner=helm,status=deployed').split('\n')).toHaveLength(1);
  });

  it('takes lost watches up again, tells it, and misses nothing', async () => {
    install(place, '2.2.12', ...readyAfter(12));
    const proxy = await Proxy.before(place.env.KUBECONFIG ?? '');
    try {
      const running = place.action.start({ kubeconfig: proxy.kubeconfig });
      await running.says(/▶ settle/);
      proxy.cut();
      await running.says('taking it up again');
      const done = await running.finished;
      expect(done.outputs).toMatchObject({ outcome: 'succeeded' });
      expect(images(place)).toEqual(all('v2.2.16'));
    } finally {
      proxy.close();
    }
  });

  it('ends as cancelled when the runner asks it to, gives the lock back, and can be run again at once', async () => {
    install(place, '2.2.12', ...readyAfter(8));
    const first = place.action.start();
    await first.says(/▶ settle/);
    first.child.kill('SIGINT');
    const ended = await first.finished;
    expect(ended.outputs.outcome).toBe('cancelled');
    expect(ended.exitCode).toBe(1);
    const second = await place.action.run();
    expect(second.outputs.outcome).toBe('succeeded');
    expect(second.log).not.toContain('waiting until it renews');
  });

  it('cancelled while Helm holds the release, within the seconds that a runner gives, leaves nothing that stops the next run', async () => {
    install(place, '2.2.12');
    const { ended, seconds } = await cancelWhileHelmHolds(place.action, place.env, place.namespace);
    expect(ended.outputs.outcome).toBe('cancelled');
    expect(ended.log).toMatch(/The run was cancelled during helm-upgrade/);
    expect(seconds).toBeLessThan(10);
    const second = await place.action.run();
    expect(second.outputs.outcome).toBe('succeeded');
    expect(images(place)).toEqual(all('v2.2.16'));
  });
});
