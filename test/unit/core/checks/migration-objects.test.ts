import { describe, expect, it } from '@jest/globals';
import { evaluateMigrationObjects, type ObjectAnswer } from '../../../../src/core/checks/migration-objects.js';

const answer = (object: string, status: number, message = '', isOwn = true): ObjectAnswer => ({
  object,
  verb: 'create',
  status,
  message,
  isOwn,
});
const JOB = 'Job/milvus-upgrade-my-backup-1';

describe('the dry run of the migration objects', () => {
  it.each<[string, ObjectAnswer, string, string]>([
    [
      'a quota of Jobs',
      answer(
        JOB,
        403,
        'jobs.batch "x" is forbidden: exceeded quota: jobs, requested: count/jobs.batch=1, used: 2, limited: 2',
      ),
      'quota',
      'exceeded quota: jobs',
    ],
    [
      'an admission policy',
      answer(JOB, 403, 'admission webhook "v" denied the request: no'),
      'admission',
      'denied the request',
    ],
    [
      'a name that is too long',
      answer(JOB, 422, 'Job.batch "x" is invalid: metadata.labels: must be no more than 63 bytes'),
      'dry-run',
      'no more than 63',
    ],
    [
      'a limit that a pod must specify',
      answer('Pod/milvus-upgrade-my-tool', 403, 'failed quota: q: must specify limits.cpu'),
      'quota',
      'must specify',
    ],
    [
      'a Secret of another owner with the same name',
      answer('Secret/milvus-upgrade-my-migration-config-1', 409, '', false),
      'name-taken',
      'Secret/',
    ],
  ])('refuses the run before any change because of %s, which cannot be skipped', (_, refused, id, reason) => {
    const [finding] = evaluateMigrationObjects([answer('ConfigMap/a', 201), refused]).filter(
      (result) => result.state === 'fail',
    );
    expect(finding).toMatchObject({ id, skippable: false, reason: expect.stringContaining(reason) });
  });

  it('accepts a pod that fits after the Milvus pods are gone, and objects of an earlier run', () => {
    const full = answer(
      'Pod/milvus-upgrade-my-tool',
      403,
      'pods "x" is forbidden: exceeded quota: q, requested: pods=1, used: 9, limited: 9',
    );
    expect(
      evaluateMigrationObjects([full, answer(JOB, 409), answer('ConfigMap/a', 201)]).map((finding) => finding.state),
    ).toEqual(['pass']);
  });
});
