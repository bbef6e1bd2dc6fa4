// deploy/rbac on the node: a metadata migration and its rollback with exactly those rules, and the report of missing
// permissions without migration.yaml.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Action, Finished } from './lab.js';
import { environment, killLeftovers, lab } from './lab.js';
import { MigrationStage, NEW, OLD } from './migration-stage.js';

const ACCOUNT = 'milvus-upgrade';
let stage: MigrationStage;
let action: Action;

beforeAll(async () => {
  lab('node', 'up');
  lab('images', 'player', 'migration');
  stage = new MigrationStage(`rights-${process.pid}`, environment('node'));
  await stage.setUp();
  await stage.kubectl('apply', '-f', 'deploy/rbac/namespace.yaml', '-f', 'deploy/rbac/rolling.yaml');
  await stage.logIn(ACCOUNT);
  action = stage.action({
    chart: 'milvus/milvus',
    'chart-repository': lab('charts', 'serve'),
    kubeconfig: stage.kubeconfig,
  });
}, 600_000);

afterAll(async () => {
  killLeftovers();
  await stage.remove();
}, 300_000);

const runs = (image: string): string[] => [`${image} 1/1`, `${image} 2/2`];

function expectDone(done: Finished): void {
  if (done.exitCode !== 0) throw new Error(done.log);
}

it('a migration without migration.yaml reports every missing permission and changes nothing', async () => {
  const before = await stage.generation();
  const done = await action.run();
  expect(done.outputs).toMatchObject({ outcome: 'refused', changed: 'false' });
  const missing = done.report?.failedChecks.find((failedCheck) => failedCheck.id === 'access')?.reason;
  // Helm also needs the other permissions of migration.yaml, for a hook and the claims of a chart.
  const beyond = [
    'create pods/exec',
    'list jobs.batch',
    'list persistentvolumeclaims',
    'watch jobs.batch',
    'watch persistentvolumeclaims',
  ];
  expect(missing).toBe(`the user is not allowed to: ${beyond.join(', ')}`);
  expect(await stage.generation()).toBe(before);
}, 300_000);

it('a migration with migration.yaml succeeds, and so does its rollback', async () => {
  await stage.kubectl('apply', '-f', 'deploy/rbac/migration.yaml');
  const keys = await stage.keys();
  expectDone(await action.run());
  expect(await stage.runs()).toEqual(runs(NEW));
  expectDone(await action.run({ operation: 'rollback', 'target-version': '' }));
  expect(await stage.runs()).toEqual(runs(OLD));
  expect(await stage.keys()).toBe(keys);
}, 600_000);
