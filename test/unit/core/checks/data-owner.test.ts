// The check of the owner of the Milvus volumes.
import { describe, expect, it } from '@jest/globals';
import { evaluateDataOwner } from '../../../../src/core/checks/data-owner.js';
import type { Values } from '../../../../src/core/model/values.js';
import { version } from '../../../../src/core/model/version.js';
import { deployment } from '../../../support/objects.js';

const image = 'milvusdb/milvus:v3.0.2';
const volumes = [{ name: 'milvus-data-disk', persistentVolumeClaim: { claimName: 'my-milvus' } }];
const standalone = (pod: Values = {}): ReturnType<typeof deployment> =>
  deployment('standalone', { image, pod: { volumes, ...pod } });
const to3 = { from: version('2.6.22'), to: version('3.0.2'), image };

describe('the check data-owner', () => {
  it.each([
    ['no securityContext', {}],
    ['an empty securityContext', { securityContext: {} }],
    ['another user', { securityContext: { runAsUser: 1000 } }],
  ])('fails across 3.0.0 for a volume claim with %s', (_, pod) => {
    expect(evaluateDataOwner([standalone(pod)], to3)).toEqual([
      expect.objectContaining({
        state: 'fail',
        skippable: true,
        reason: expect.stringContaining('Deployment/my-milvus-standalone (my-milvus)'),
      }),
    ]);
  });

  it.each([
    ['fsGroup', { securityContext: { fsGroup: 999 } }],
    ['root', { securityContext: { runAsUser: 0 } }],
    ['root in the container', { containers: [{ name: 'standalone', image, securityContext: { runAsUser: 0 } }] }],
  ])('passes with %s', (_, pod) => {
    expect(evaluateDataOwner([standalone(pod)], to3)).toEqual([expect.objectContaining({ state: 'pass' })]);
  });

  it('is skipped without a volume claim, and within 2.6 or 3.0', () => {
    expect(evaluateDataOwner([deployment('standalone', { image })], to3)).toEqual([]);
    expect(evaluateDataOwner([standalone()], { ...to3, to: version('2.6.23') })).toEqual([]);
    expect(evaluateDataOwner([standalone()], { ...to3, from: version('3.0.0') })).toEqual([]);
  });
});
