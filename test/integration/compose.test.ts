// Runs on a Docker Compose project in memory: upgrade, rollback, migration. Killed runs are in compose-killed.test.ts.
import { describe, expect, it } from '@jest/globals';
import { FakeProject } from '../support/fake-project.js';
import { COMPOSE } from '../support/project-files.js';
import { expectEnd, imageOf, MIGRATION_CALLS, runInputs } from '../support/project-ends.js';
import { ofType, runOn, type RunResult } from '../support/tools.js';

function failedChecksOf(result: RunResult): readonly string[] {
  return ofType(result, 'plan-refused').flatMap(({ failedChecks }) => failedChecks.map((check) => check.id));
}

describe('an upgrade of a project', () => {
  it('upgrades a standalone and leaves no upgrade state', async () => {
    const project = new FakeProject('2.2.12');
    const result = await runOn(project, runInputs());
    expect({ outcome: result.outcome, problem: result.problem }).toEqual({ outcome: 'succeeded', problem: null });
    expectEnd(project, { release: '2.2.16' });
    expect(project.applied).toEqual(['edit-files/milvus@2.2.16', 'recreate/milvus@2.2.16', 'finalize/milvus@2.2.16']);
  });

  it('upgrades eight services that share one variable', async () => {
    const project = new FakeProject('2.2.12', { isCluster: true });
    const before = project.texts();
    expect((await runOn(project, runInputs())).outcome).toBe('succeeded');
    expectEnd(project, { release: '2.2.16', files: new FakeProject('2.2.16', { isCluster: true }).texts() });
    expect(project.files.get(COMPOSE)).toBe(before[COMPOSE]);
    expect(project.running()).toHaveLength(10);
  });

  it('writes the upgrade state before the first byte of a file', async () => {
    const project = new FakeProject('2.2.12');
    await runOn(project, runInputs());
    expect(project.calls).toEqual([
      'write the notes',
      `write ${COMPOSE}`,
      'stop standalone',
      'up standalone',
      'remove the notes',
    ]);
  });

  it('changes nothing the second time', async () => {
    const project = new FakeProject('2.2.12');
    await runOn(project, runInputs());
    const calls = [...project.calls];
    expect((await runOn(project, runInputs())).outcome).toBe('unchanged');
    expect(project.calls).toEqual(calls);
  });

  it('changes nothing with operation: plan, and reports no secret', async () => {
    const project = new FakeProject('2.2.12', { isCluster: true });
    const result = await runOn(project, runInputs({ operation: 'plan' }));
    expect(result.outcome).toBe('planned');
    expect(project.calls).toEqual([]);
    expect(ofType(result, 'checked')[0]?.changes.map((change) => change.name)).toEqual(['.env']);
    expect(JSON.stringify(result.events)).not.toContain('hunter2');
  });

  it('reports all failed checks at once', async () => {
    const project = new FakeProject('2.2.12');
    project.stopByHand('standalone');
    project.facts = {
      ...project.facts,
      unwritable: [`${COMPOSE} cannot be written (EROFS)`],
      freeBytes: 1024,
      takenNames: ['milvus-standalone'],
    };
    const result = await runOn(project, runInputs({ 'source-version': '2.2.11', strategy: 'rolling' }));
    expect(result.outcome).toBe('refused');
    expect(failedChecksOf(result)).toEqual([
      'source-version-differs',
      'strategy-does-not-fit',
      'service-unhealthy',
      'files-writable',
      'disk-room',
      'container-name-taken',
    ]);
    expect(project.calls).toEqual([]);
  });

  it('is refused if a service is unhealthy or paused before it', async () => {
    const project = new FakeProject('2.2.12', { isCluster: true });
    project.stopByHand('querynode');
    project.pause('proxy');
    expect(failedChecksOf(await runOn(project, runInputs()))).toEqual(['service-paused', 'service-unhealthy']);
  });
});

describe('an upgrade of a project whose files are newer than its containers', () => {
  const ahead = (release: string): FakeProject => {
    const project = new FakeProject('2.2.12');
    project.files.set(COMPOSE, new FakeProject(release).files.get(COMPOSE) ?? '');
    return project;
  };

  it('records the images that ran, even if no file is edited', async () => {
    const project = ahead('2.2.16');
    expect((await runOn(project, runInputs())).outcome).toBe('succeeded');
    expect(project.calls).toEqual(['write the notes', 'stop standalone', 'up standalone', 'remove the notes']);
    expectEnd(project, { release: '2.2.16' });
  });

  it.each(['2.2.16', '2.2.14'])('to %s rolls back to the version that ran if the new one crashes', async (release) => {
    const project = ahead(release);
    project.crashVersion('2.2.16');
    expect((await runOn(project, runInputs())).outcome).toBe('rolled-back');
    expectEnd(project, { release: '2.2.12' });
  });

  it('rolls back to the version that ran with operation: rollback after it was killed', async () => {
    const project = ahead('2.2.16');
    project.dieAt({ call: 3 });
    expect((await runOn(project, runInputs())).outcome).toBe('killed');
    project.dieAt(null);
    expect((await runOn(project, runInputs({ operation: 'rollback' }))).outcome).toBe('succeeded');
    expectEnd(project, { release: '2.2.12' });
  });

  it('starts from the version that ran, even if no container is running', async () => {
    const project = ahead('2.2.14');
    project.stopByHand('standalone');
    const result = await runOn(project, runInputs({ operation: 'plan', 'skip-checks': 'service-unhealthy' }));
    expect(ofType(result, 'plan-created')[0]?.plan).toMatchObject({ from: { minor: 2, patch: 12 } });
  });
});

describe('an upgrade to images with another user', () => {
  const owned = (fixesDataOwner: boolean): FakeProject => {
    const project = new FakeProject('2.6.20');
    project.editByHand(COMPOSE, '    environment: {MQ_TYPE: woodpecker}\n');
    project.recreateByHand('standalone');
    project.dataDirectories = [
      { service: 'standalone', path: '/var/lib/milvus', isForeign: true, kibibytes: 3_000_000 },
    ];
    project.fixesDataOwner = fixesDataOwner;
    return project;
  };

  it('is refused before any change if the data belongs to root', async () => {
    const project = owned(false);
    const result = await runOn(project, runInputs({ 'target-version': '3.0.0' }));
    expect(failedChecksOf(result)).toEqual(['data-owner']);
    expect(JSON.stringify(result.events)).toContain('/var/lib/milvus of standalone (2.9 GiB)');
    expect(project.calls).toEqual([]);
  });

  it('changes the owner while Milvus is stopped if fix-data-owner is set', async () => {
    const project = owned(true);
    const inputs = runInputs({ 'target-version': '3.0.0', 'fix-data-owner': 'true' });
    const result = await runOn(project, inputs);
    expect(result.outcome).toBe('succeeded');
    expect(project.calls.slice(2)).toEqual([
      'stop standalone',
      'chown 999:999 /var/lib/milvus',
      'up standalone',
      'remove the notes',
    ]);
    const [step] = ofType(result, 'plan-created')[0]!.plan.steps.filter(({ kind }) => kind === 'data-owner');
    expect(step).toMatchObject({ why: 'give /var/lib/milvus of standalone (2.9 GiB) to 999:999' });
  });

  it('gives the data back if the new version cannot be started', async () => {
    const project = owned(true);
    project.refuseVersion('3.0.0');
    const inputs = runInputs({ 'target-version': '3.0.0', 'fix-data-owner': 'true' });
    expect((await runOn(project, inputs)).outcome).toBe('rolled-back');
    expect(project.owners.get('/var/lib/milvus')).toBe('0:0');
    const changes = project.calls.filter((call) => /^(chown|stop|up)/.test(call));
    expect(changes.slice(-3)).toEqual(['up standalone', 'chown 0:0 /var/lib/milvus', 'up standalone']);
  });

  it.each([1, 2, 3, 4, 5, 6])('changes the owner once, killed at call %i and run again', async (call) => {
    const project = owned(true);
    const inputs = runInputs({ 'target-version': '3.0.0', 'fix-data-owner': 'true' });
    project.dieAt({ call });
    await runOn(project, inputs);
    project.dieAt(null);
    await runOn(project, inputs);
    expect(project.owners.get('/var/lib/milvus')).toBe('999:999');
    expect(project.images()).toEqual(['milvusdb/milvus:v3.0.0']);
  });
});

describe('a project with two installations', () => {
  const SECOND = '  other:\n    image: milvusdb/milvus:v2.2.12\n    volumes:\n      - ./other:/var/lib/milvus\n';
  const two = (): FakeProject => {
    const project = new FakeProject('2.2.12');
    project.editByHand(COMPOSE, SECOND);
    project.startByHand('other');
    return project;
  };

  it('is refused until services chooses one', async () => {
    const project = two();
    expect(failedChecksOf(await runOn(project, runInputs()))).toEqual(['several-installations']);
    expect(project.calls).toEqual([]);
  });

  it('upgrades only the chosen one', async () => {
    const project = two();
    project.selected = ['other'];
    const before = project.files.get(COMPOSE) ?? '';
    expect((await runOn(project, runInputs({ services: 'other' }))).outcome).toBe('succeeded');
    expect(project.calls).toEqual([
      'write the notes',
      `write ${COMPOSE}`,
      'stop other',
      'up other',
      'remove the notes',
    ]);
    expect(project.files.get(COMPOSE)).toBe(before.replace(SECOND, SECOND.replace('v2.2.12', 'v2.2.16')));
    expect(project.images()).toEqual([imageOf('2.2.12'), imageOf('2.2.16')]);
  });
});

describe('a service without a container', () => {
  const BASE =
    '  milvus-base:\n    image: milvusdb/milvus:v2.2.12\n    volumes:\n      - ./volumes/milvus:/var/lib/milvus\n';

  it('refuses the upgrade, and is not changed if that check is skipped', async () => {
    const project = new FakeProject('2.2.12');
    project.editByHand(COMPOSE, BASE);
    expect(failedChecksOf(await runOn(project, runInputs()))).toEqual(['service-unhealthy']);
    const result = await runOn(project, runInputs({ 'skip-checks': 'service-unhealthy' }));
    expect(result.outcome).toBe('succeeded');
    expect(project.running()).toEqual(['etcd', 'minio', 'standalone']);
    expect(project.calls).not.toContain('up milvus-base');
  });

  it('still has no container after the upgrade is rolled back', async () => {
    const project = new FakeProject('2.2.12');
    project.editByHand(COMPOSE, BASE);
    project.crashVersion('2.2.16');
    expect((await runOn(project, runInputs({ 'skip-checks': 'service-unhealthy' }))).outcome).toBe('rolled-back');
    expect(project.running()).toEqual(['etcd', 'minio', 'standalone']);
  });
});

describe('an upgrade of a project that fails', () => {
  it.each<[string, (project: FakeProject) => void]>([
    ['never becomes healthy', (project) => project.breakVersion('2.2.16')],
    ['crashes', (project) => project.crashVersion('2.2.16')],
    ['cannot be started', (project) => project.refuseVersion('2.2.16')],
  ])('because the new version %s restores the old files and the old version', async (_, spoil) => {
    const project = new FakeProject('2.2.12');
    spoil(project);
    expect((await runOn(project, runInputs())).outcome).toBe('rolled-back');
    expectEnd(project, { release: '2.2.12' });
    project.repair();
    await runOn(project, runInputs());
    expectEnd(project, { release: '2.2.16' });
  });

  it('reports the last log lines of a container that has exited', async () => {
    const project = new FakeProject('2.2.12');
    project.crashVersion('2.2.16');
    const result = await runOn(project, runInputs());
    expect(ofType(result, 'failed')[0]?.problem.why).toContain('CRASH_LOOP at standalone');
    expect(ofType(result, 'failed')[0]?.problem.why).toContain('panic: cannot continue');
  });

  it('across minor versions is not rolled back once the new version was started, and reports why', async () => {
    const project = new FakeProject('2.2.16');
    project.breakVersion('2.3.5');
    const result = await runOn(project, runInputs({ 'target-version': '2.3.5' }));
    expect(result.outcome).toBe('failed');
    expect(project.images()).toEqual([imageOf('2.3.5')]);
    expect(result.problem?.remedy).toContain('2.2 cannot read what 2.3 has written');
    expect(project.upgradeState).toMatchObject({ from: '2.2.16', to: '2.3.5' });
    project.repair();
    await runOn(project, runInputs({ 'target-version': '2.3.5' }));
    expectEnd(project, { release: '2.3.5' });
  });

  it('across minor versions is rolled back as long as the new version was never started', async () => {
    const project = new FakeProject('2.2.16');
    project.refuseVersion('2.3.5');
    expect((await runOn(project, runInputs({ 'target-version': '2.3.5' }))).outcome).toBe('rolled-back');
    expectEnd(project, { release: '2.2.16' });
  });

  it('does not overwrite a file that another process has changed since the plan was made', async () => {
    const project = new FakeProject('2.2.12');
    project.beforeLook(3, () => project.editByHand(COMPOSE));
    const result = await runOn(project, runInputs());
    expect(result.problem).toMatchObject({
      code: 'step-stalled',
      why: `${COMPOSE} was changed by another process or user since this run read it`,
    });
    expect(project.files.get(COMPOSE)).toBe(`${new FakeProject('2.2.12').files.get(COMPOSE) ?? ''}# by hand\n`);
    expect(project.images()).toEqual([imageOf('2.2.12')]);
  });

  it('keeps changes that another process has made to the file meanwhile', async () => {
    const project = new FakeProject('2.2.12');
    project.breakVersion('2.2.16');
    project.beforeLook(6, () => project.editByHand(COMPOSE));
    expect((await runOn(project, runInputs())).outcome).toBe('rolled-back');
    expect(project.files.get(COMPOSE)).toBe(`${new FakeProject('2.2.12').files.get(COMPOSE) ?? ''}# by hand\n`);
    expect(project.images()).toEqual([imageOf('2.2.12')]);
  });

  it('can be undone with operation: rollback if it is incomplete', async () => {
    const project = new FakeProject('2.2.12');
    project.dieAt({ call: 4 });
    expect((await runOn(project, runInputs())).outcome).toBe('killed');
    project.dieAt(null);
    expect((await runOn(project, runInputs({ operation: 'rollback' }))).outcome).toBe('succeeded');
    expectEnd(project, { release: '2.2.12' });
  });

  it('cannot be undone once it is complete', async () => {
    const project = new FakeProject('2.2.12');
    await runOn(project, runInputs());
    expect(failedChecksOf(await runOn(project, runInputs({ operation: 'rollback' })))).toEqual([
      'nothing-to-roll-back',
    ]);
  });
});

describe('a migration of a project', () => {
  it('stops, backs up, migrates once and starts the new version', async () => {
    const project = new FakeProject('2.1.4');
    const result = await runOn(project, runInputs());
    expect({ outcome: result.outcome, problem: result.problem }).toEqual({ outcome: 'succeeded', problem: null });
    expectEnd(project, { release: '2.2.16' });
    expect(project.tool.migrations).toBe(1);
  });

  it.each(['backup', 'migrate'] as const)(
    'whose tool fails in %s leaves the old version running from the old files',
    async (kind) => {
      const project = new FakeProject('2.1.4');
      project.tool.failing.add(kind);
      expect((await runOn(project, runInputs())).outcome).toBe('rolled-back');
      expectEnd(project, { release: '2.1.4', metadata: 'original' });
      project.repair();
      await runOn(project, runInputs());
      expectEnd(project, { release: '2.2.16' });
    },
  );

  it('is restored if the new version never becomes healthy, since no client could write to it', async () => {
    const project = new FakeProject('2.1.4');
    project.breakVersion('2.2.16');
    expect((await runOn(project, runInputs())).outcome).toBe('rolled-back');
    expectEnd(project, { release: '2.1.4', metadata: 'original' });
    expect(project.tool.hasLostWrites).toBe(false);
  });

  it('is not restored automatically once clients may have written during an earlier run', async () => {
    const project = new FakeProject('2.1.4');
    project.dieAt({ call: MIGRATION_CALLS.indexOf('close the journal') + 1 });
    await runOn(project, runInputs());
    project.dieAt(null);
    project.breakVersion('2.2.16');
    project.stopByHand('standalone');
    const result = await runOn(project, runInputs());
    expect(result.outcome).toBe('failed');
    expect(result.problem?.remedy).toContain('run the action with operation: rollback');
    expect(project.tool.metadata).toBe('migrated');
    expect(project.tool.hasLostWrites).toBe(false);
  });

  it('applies its changes in an order in which it can be killed at any time', async () => {
    const project = new FakeProject('2.1.4');
    await runOn(project, runInputs());
    expect(project.calls).toEqual(MIGRATION_CALLS);
  });

  it('can be undone when it is complete, and run again', async () => {
    const project = new FakeProject('2.1.4');
    await runOn(project, runInputs());
    expect((await runOn(project, runInputs({ operation: 'rollback' }))).outcome).toBe('succeeded');
    expectEnd(project, { release: '2.1.4', metadata: 'original' });
    expect((await runOn(project, runInputs({ operation: 'rollback' }))).outcome).toBe('unchanged');
    expect((await runOn(project, runInputs())).outcome).toBe('succeeded');
    expectEnd(project, { release: '2.2.16' });
    expect(project.tool.migrations).toBe(2);
  });
});
