import { describe, expect, it } from '@jest/globals';
import { SecretValues } from '../../../../src/core/model/values.js';
import { ForeignRevisions } from '../../../../src/kubernetes/helm/foreign-revision.js';
import type { Release, ReleaseRevision } from '../../../../src/core/helm/observation.js';

const RUN = 'acme.milvus.42.1';

function release(revision: number, startedBy: string, description = 'Upgrade complete'): Release {
  const values = new SecretValues({});
  const latest: ReleaseRevision = {
    revision,
    status: 'deployed',
    chartName: 'milvus',
    chartVersion: '4.0.34',
    appVersion: '2.2.16',
    updatedAt: '2026-01-01T00:00:00.000Z',
    description,
    values,
    computedValues: values,
    deployments: [],
  };
  return { name: 'my', namespace: 'default', latest, deployed: latest, startedBy };
}

const begun = (): ForeignRevisions => {
  const revisions = new ForeignRevisions(RUN);
  revisions.begin(release(3, 'acme.milvus.7.1'));
  return revisions;
};

describe('a revision of the release', () => {
  it('is not foreign before the lock is held', () => {
    expect(new ForeignRevisions(RUN).mark(release(4, ''))?.isForeign).toBeUndefined();
  });

  it('is not foreign when it existed before the run', () => {
    expect(begun().mark(release(3, 'acme.milvus.7.1'))?.isForeign).toBeUndefined();
  });

  it('is not foreign when this run created it', () => {
    expect(begun().mark(release(4, RUN))?.isForeign).toBeUndefined();
  });

  it.each(['', 'acme.milvus.43.1'])(
    'is foreign when it was created during the run and its label names "%s"',
    (startedBy) => {
      expect(begun().mark(release(4, startedBy))?.isForeign).toBe(true);
    },
  );

  it('is foreign when it is a rollback that this run has not requested, although Helm copied the label of this run', () => {
    expect(begun().mark(release(5, RUN, 'Rollback to 3'))?.isForeign).toBe(true);
  });

  it('is not foreign when it is the rollback of this run', () => {
    const revisions = begun();
    revisions.rollbackRequested();
    expect(revisions.mark(release(5, RUN, 'Rollback to 3'))?.isForeign).toBeUndefined();
  });
});
