import { describe, expect, it } from '@jest/globals';
import { evaluateDryRun } from '../../../../src/core/checks/dry-run.js';

const answer = (status: number, message: string, verb: 'create' | 'patch' = 'patch') => ({
  object: 'StatefulSet/my-etcd',
  verb,
  status,
  message,
});

describe('the dry run', () => {
  it.each([
    [
      422,
      'StatefulSet.apps "my-etcd" is invalid: spec: Forbidden: updates to statefulset spec for fields other than …',
      'fail',
      'immutable-field',
      false,
    ],
    [
      422,
      'Deployment.apps "x" is invalid: spec.selector: Invalid value: field is immutable',
      'fail',
      'immutable-field',
      false,
    ],
    [403, 'pods "x" is forbidden: exceeded quota: small, requested: pods=1', 'fail', 'quota', true],
    [400, 'admission webhook "policy.example.com" denied the request: no latest tags', 'fail', 'admission', true],
    [
      403,
      'deployments.apps "x" is forbidden: ValidatingAdmissionPolicy \'x\' denied request: no',
      'fail',
      'admission',
      true,
    ],
    [422, 'Service "x" is invalid: spec.ports[0].port: Invalid value: 99999', 'fail', 'dry-run', true],
    [400, 'admission webhook "x" does not support dry run', 'warn', 'dry-run', false],
    [500, 'Internal error occurred: failed calling webhook "x": connection refused', 'warn', 'dry-run', false],
    [0, 'fetch failed', 'warn', 'dry-run', false],
  ])('evaluates the status %s with the message %j as %s of the check %s', (status, message, state, id, skippable) => {
    const found = evaluateDryRun([answer(status, message), answer(200, '')]);
    expect(found).toEqual([
      expect.objectContaining({
        state,
        id,
        skippable,
        reason: expect.stringContaining(`StatefulSet/my-etcd: ${message}`),
      }),
    ]);
  });

  it.each([
    ['the server accepts every object', answer(200, '')],
    [
      'a right is missing, which the check access reports',
      answer(403, 'deployments.apps "x" is forbidden: User "y" cannot patch resource "deployments"'),
    ],
    ['an object is missing, which Helm creates again', answer(404, 'not found')],
    ['an object already exists, which Helm handles', answer(409, 'already exists', 'create')],
  ])('passes if %s', (_, given) => {
    expect(evaluateDryRun([given])).toEqual([expect.objectContaining({ state: 'pass' })]);
  });
});
