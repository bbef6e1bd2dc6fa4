// The steps of a migration, depending on the objects of earlier migrations. Interrupted migrations are tested in
// test/integration/migration.test.ts.
import { expect, it } from '@jest/globals';
import type { HelmJournal, RevisionPart } from '../../../../src/core/helm/journal.js';
import type { MigrationJob } from '../../../../src/core/migration/observation.js';
import { migrationSteps } from '../../../../src/core/migration/steps.js';
import { version } from '../../../../src/core/model/version.js';
import { component, helmUpgrade, observationOf, waitReady } from '../../../support/events.js';
import { helmConfig } from '../../../support/configs.js';
import type { HelmStep } from '../../../../src/core/helm/step.js';
import { scaleUp } from '../../../../src/core/helm/steps.js';

const OPEN: HelmJournal = {
  ...{ from: '2.1.4', to: '2.2.16', image: 'milvusdb/milvus:v2.1.4', revision: 1, rootPath: 'by-dev', replicas: {} },
  ...{ closed: false, run: 'r', since: '2026-01-01T00:00:00.000Z' },
};
const succeeded = (kind: MigrationJob['kind']): MigrationJob => {
  return { kind, attempt: 1, number: 1, state: 'succeeded', reason: '', backup: null, log: [], generations: {} };
};
const config = { ...helmConfig({ release: 'my', strategy: 'auto', 'target-version': '2.2.16' }), name: 'my' };
const START = ['helm-upgrade', 'scale-up', 'wait-ready', 'finalize'];
const ALL = ['prepare', 'scale-down', 'backup', 'migrate', ...START];

it.each<[string, HelmJournal | null, readonly string[]]>([
  ['resume after the tool for an open journal', OPEN, START],
  ['start from the beginning for a closed journal', { ...OPEN, closed: true }, ALL],
  ['start from the beginning without a journal', null, ALL],
])('migration steps %s', (_, journal, kinds) => {
  const keeper = { state: 'none', reason: '' } as const;
  const migration = {
    journal,
    jobs: [succeeded('backup'), succeeded('migrate')],
    keeper,
    stoppedSince: '',
    foreignSessionsSince: '',
    gone: [],
    hasServed: false,
  };
  const observation = { ...observationOf([component('proxy')]), migration };
  const steps = migrationSteps<HelmStep, RevisionPart>({
    config,
    observation,
    from: version('2.1.4'),
    part: { revision: 1 },
    parts: { write: helmUpgrade, start: (replicas) => scaleUp(config, replicas), waitReady },
  });
  expect(steps.map((step) => step.kind)).toEqual(kinds);
  for (const step of steps) if (step.kind === 'migrate') expect(step.attempt).toBe(2);
});
