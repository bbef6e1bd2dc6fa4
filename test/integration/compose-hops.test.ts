// Runs of several upgrades on a Docker Compose project.
import { describe, expect, it } from '@jest/globals';
import { FakeProject } from '../support/fake-project.js';
import { completedHops } from '../support/hops.js';
import { expectEnd, imageOf, runInputs } from '../support/project-ends.js';
import { ofType, runOn, type RunResult } from '../support/tools.js';

const HOPS = ['2.2.12 → 2.2.16', '2.2.16 → 2.3.5'];
const twoHops = (written: Parameters<typeof runInputs>[0] = {}): ReturnType<typeof runInputs> =>
  runInputs({ 'target-version': '2.3.5', ...written });

describe('a run of two upgrades of a project', () => {
  it('edits the files and recreates the containers once for each version', async () => {
    const project = new FakeProject('2.2.12');
    const result = await runOn(project, twoHops());
    expect({ outcome: result.outcome, problem: result.problem }).toEqual({ outcome: 'succeeded', problem: null });
    expect(completedHops(result)).toEqual(HOPS);
    expect(project.applied.filter((id) => /^(edit-files|recreate)/.test(id))).toEqual([
      'edit-files/milvus@2.2.16',
      'recreate/milvus@2.2.16',
      'edit-files/milvus@2.3.5',
      'recreate/milvus@2.3.5',
    ]);
    expectEnd(project, { release: '2.3.5' });
    expect((await runOn(project, twoHops())).outcome).toBe('unchanged');
  });

  it('is planned with the changes of every hop, and nothing is changed', async () => {
    const project = new FakeProject('2.2.12');
    const before = project.texts();
    const result = await runOn(project, twoHops({ operation: 'plan' }));
    expect(result.outcome).toBe('planned');
    const [planned] = ofType(result, 'path-planned');
    const after = planned?.hops.map(({ plan }) =>
      plan?.steps.flatMap((step) => (step.kind === 'edit-files' ? step.files.map((file) => file.after.reveal()) : [])),
    );
    expect(after).toEqual(['2.2.16', '2.3.5'].map((release) => [expect.stringContaining(imageOf(release))]));
    expect([project.texts(), project.calls]).toEqual([before, []]);
  });

  it('upgrades a project of eight services', async () => {
    const project = new FakeProject('2.2.12', { isCluster: true });
    const result = await runOn(project, twoHops());
    expect({ outcome: result.outcome, problem: result.problem }).toEqual({ outcome: 'succeeded', problem: null });
    expectEnd(project, { release: '2.3.5', files: new FakeProject('2.3.5', { isCluster: true }).texts() });
  });

  it('migrates the metadata in the first hop', async () => {
    const project = new FakeProject('2.1.4');
    const result = await runOn(project, twoHops());
    expect({ outcome: result.outcome, problem: result.problem }).toEqual({ outcome: 'succeeded', problem: null });
    expect(completedHops(result)).toEqual(['2.1.4 → 2.2.16', '2.2.16 → 2.3.5']);
    expect(project.tool.migrations).toBe(1);
    expectEnd(project, { release: '2.3.5' });
  });

  it('ends at stop-at', async () => {
    const project = new FakeProject('2.2.12');
    expect((await runOn(project, twoHops({ 'stop-at': '2.2.16' }))).outcome).toBe('succeeded');
    expectEnd(project, { release: '2.2.16' });
  });
});

describe('a failing hop of a project', () => {
  it('that is the first one is rolled back, and no other hop begins', async () => {
    const project = new FakeProject('2.2.12');
    project.breakVersion('2.2.16');
    const result = await runOn(project, twoHops());
    expect(result.outcome).toBe('rolled-back');
    expect(ofType(result, 'failed')[0]?.problem.what).toMatch(/^Hop 1 of 2 \(2\.2\.12 → 2\.2\.16\): /);
    expectEnd(project, { release: '2.2.12' });
  });

  it('that is the second one keeps the version of the first one, from its own upgrade state', async () => {
    const project = new FakeProject('2.2.12');
    project.refuseVersion('2.3.5');
    const result = await runOn(project, twoHops());
    expect(completedHops(result)).toEqual(HOPS.slice(0, 1));
    expect(result.outcome).toBe('rolled-back');
    expect(project.upgradeState?.from ?? '2.2.16').toBe('2.2.16');

    project.repair();
    expect((await runOn(project, twoHops())).outcome).toBe('succeeded');
    expectEnd(project, { release: '2.3.5' });
  });
});

describe.each(['2.2.12', '2.1.4'])('a run of two upgrades from %s that is killed', (release) => {
  it.each(['observe', 'call'] as const)('at each %s has the same result when it is run again', async (kind) => {
    const ends: RunResult['outcome'][] = [];
    for (let at = 1; ends.at(-1) !== 'succeeded'; at += 1) {
      const project = new FakeProject(release);
      project.dieAt(kind === 'observe' ? { look: at } : { call: at });
      ends.push((await runOn(project, twoHops())).outcome);
      project.dieAt(null);
      for (let second = 0; second < (at % 2) * 10; second += 1) await project.waitForChange();
      const again = await runOn(project, twoHops());
      expect({ at, outcome: again.outcome, problem: again.problem }).toEqual({
        at,
        outcome: expect.stringMatching(/^(succeeded|unchanged)$/),
        problem: null,
      });
      expectEnd(project, { release: '2.3.5' });
      expect(project.tool.migrations).toBeLessThanOrEqual(1);
    }
    expect(ends.length).toBeGreaterThan(8);
  });
});
