// Faults of Helm on the simulated lab: secrets in its arguments, and kills and cancels while the release is pending.
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { cancelWhileHelmHolds, killWhileHelmHolds } from './kill.js';
import { all, get, images, install, useSimulatedLab } from './place.js';

const place = useSimulatedLab('faults');

describe('a run with Helm on the simulated lab', () => {
  it('keeps a password out of arguments, log, outputs, summary and report', async () => {
    install(place, '2.2.12');
    const running = place.action.start({
      values: 'externalS3: {secretKey: hunter2-in-values}',
      set: 'minio.secretKey=hunter2-in-set',
    });
    let observation = '';
    const watch = setInterval(() => {
      observation += execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' });
    }, 50);
    const done = await running.finished;
    clearInterval(watch);
    expect(done.outputs.outcome).toBe('succeeded');
    expect(observation).toContain('helm upgrade');
    expect(
      observation +
        done.log.replaceAll(/^::add-mask::.*$/gm, '') +
        done.summary +
        JSON.stringify(done.outputs) +
        JSON.stringify(done.report),
    ).not.toContain('hunter2');
  });

  it('that is killed during a pending Helm operation is completed by the next run, which marks that revision as failed and reports it', async () => {
    install(place, '2.2.12');
    await killWhileHelmHolds(place.action, place.env, place.namespace);
    const second = await place.action.run();
    expect(second.log).toMatch(
      /revision 2 was stuck in pending-upgrade .*no Helm process is running\): marked as failed/,
    );
    expect(second.outputs.outcome).toBe('succeeded');
    expect(images(place)).toEqual(all('v2.2.16'));
    expect(get(place, 'secrets', '{.metadata.labels.status}', '-l', 'owner=helm').split('\n')).toEqual([
      'superseded',
      'failed',
      'deployed',
    ]);
  });

  it('that is cancelled during a pending Helm operation, with the grace period of a runner, does not block the next run', async () => {
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
