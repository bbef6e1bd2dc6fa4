// Everything that a migration creates is sent to the API server as a dry run before any change.
import { expect, it } from '@jest/globals';
import { parseInputs } from '../../../../src/core/config/inputs.js';
import { migrationObjects } from '../../../../src/kubernetes/migration/preflight.js';
import { FakeMigration } from '../../../support/fake-migration.js';
import { inputs } from '../../../support/inputs.js';
import { ofType, runOn } from '../../../support/tools.js';

const RELEASE = 'milvus-production-eu-central-1-analytics-team-blue';

it.each(['my', RELEASE])(
  'every object of a migration of %s has a name that Kubernetes accepts, and no password is sent',
  async (release) => {
    const raw = inputs({ strategy: 'auto', 'target-version': '2.2.2', operation: 'plan', release });
    const parsed = parseInputs(raw, () => '');
    const [made] = ofType(await runOn(new FakeMigration(), raw), 'plan-created');
    if (!parsed.ok || !made) throw new Error(JSON.stringify(parsed));
    const objects = migrationObjects(made.plan, { config: parsed.config, like: {} });
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
