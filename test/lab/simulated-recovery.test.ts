// Rollbacks of failed upgrades on the simulated lab, and a kill during helm rollback.
import { describe, expect, it } from '@jest/globals';
import { useFailing } from './failing.js';
import { killWhileHelmHolds } from './kill.js';
import { all, get, helm, images, install, useSimulatedLab } from './place.js';
import { expectNoDrift } from './rolled.js';
import { itFull } from './tier.js';

const place = useSimulatedLab('recovery');
const failing = useFailing();

/** Asserts that every Deployment has the old image, and every live object matches the newest revision of Helm. */
function expectBack(): void {
  expect(images(place)).toEqual(all('v2.2.12'));
  const [newest] = (
    JSON.parse(helm(place, 'history', 'my', '-o', 'json')) as { status: string; chart: string }[]
  ).slice(-1);
  expect(newest).toMatchObject({ status: 'deployed', chart: 'milvus-4.0.29' });
  expectNoDrift(place);
  expect(
    get(place, 'secrets', '{.metadata.labels.status}', '-l', 'owner=helm')
      .split('\n')
      .filter((status) => /deployed|pending/.test(status)),
  ).toEqual(['deployed']);
}

describe('a failed upgrade on the simulated lab', () => {
  it('is rolled back with its Deployments and values, and reports that', async () => {
    install(place, '2.2.12');
    const values = helm(place, 'get', 'values', 'my');
    const done = await place.action.run(failing.inputs({ set: 'proxy.replicas=3' }));
    if (done.outputs.outcome !== 'rolled-back') throw new Error(done.log);
    expect(done.exitCode).toBe(1);
    expect(done.outputs).toMatchObject({ outcome: 'rolled-back', changed: 'true' });
    expectBack();
    expect(helm(place, 'get', 'values', 'my')).toBe(values);
    expect(done.report).toMatchObject({
      outcome: 'rolled-back',
      runningVersions: ['2.2.12'],
      problem: { code: 'step-timed-out' },
      rollback: { to: '2.2.12' },
    });
    expect(done.report?.components.map((component) => component.result)).toEqual(
      Array.from({ length: 8 }, () => 'rolled-back'),
    );
    expect(done.summary).toContain('failed and was rolled back, all 8 Deployments are ready.');
    expect(done.log).toContain('panic: this container crashed');
    const again = await place.action.run();
    expect(again.outputs.outcome).toBe('succeeded');
  });

  itFull('that is killed during helm rollback is resumed by the next run, which ends on the old version', async () => {
    install(place, '2.2.12');
    await killWhileHelmHolds(place.action, place.env, place.namespace, {
      ...(failing.inputs() as object),
      during: 'rollback',
    });
    const second = await place.action.run(failing.inputs());
    expect(second.log).toMatch(
      /revision 3 was stuck in pending-rollback \(started by local\.\d+\.\w+; no Helm process is running\): marked as failed/,
    );
    expect(second.outputs.outcome).toBe('rolled-back');
    expect(second.log).toContain('helm rollback my 1 ');
    expectBack();
  });
});
