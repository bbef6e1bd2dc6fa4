// Everything that a migration creates is sent to the API server as a dry run before any change.
import { expect, it } from '@jest/globals';
import type { HelmPlan } from '../../../../src/core/helm/step.js';
import { migrationObjects } from '../../../../src/kubernetes/migration/preflight.js';
import { FakeMigration } from '../../../support/fake-migration.js';
import { helmConfig } from '../../../support/configs.js';
import { inputs } from '../../../support/inputs.js';
import { ofType, runOn } from '../../../support/tools.js';

const RELEASE = 'milvus-production-eu-central-1-analytics-team-blue';

it.each(['my', RELEASE])(
  'every object of a migration of %s has a name that Kubernetes accepts, and no password is sent',
  async (release) => {
    const raw = inputs({ strategy: 'auto', 'target-version': '2.2.2', operation: 'plan', release });
    const [made] = ofType(await runOn(new FakeMigration(), raw), 'plan-created');
    if (!made) throw new Error('no plan was created');
    const objects = migrationObjects(made.plan as HelmPlan, { config: helmConfig(raw), like: {} });
    expect(objects.map(({ kind }) => kind)).toEqual([
      'ConfigMap',
      'PersistentVolumeClaim',
      'Pod',
      'Secret',
      'Job',
      'Job',
      'Pod',
    ]);
    for (const { metadata } of objects) expect(metadata.name).toMatch(/^[a-z0-9][-a-z0-9]{0,61}[a-z0-9]$/);
    expect(JSON.stringify(objects)).not.toContain('auth');
  },
);
