import { describe, expect, it } from '@jest/globals';
import type { V1Deployment, V1ManagedFieldsEntry } from '@kubernetes/client-node';
import { formatPauseRecord, PAUSE_ANNOTATION } from '../../../../src/core/rolling/pause-record.js';
import { evaluateHelmStep } from '../../../../src/core/helm/status.js';
import { ForeignWrites } from '../../../../src/kubernetes/observe/foreign-writes.js';
import { heldFor } from '../../../support/held.js';
import { observationOf, waitReady } from '../../../support/events.js';

interface Written {
  readonly image?: string;
  readonly replicas?: number;
  readonly paused?: boolean;
  readonly state?: 'paused' | 'resumed';
  readonly writers?: readonly V1ManagedFieldsEntry[];
  readonly uid?: string;
}

const SECONDS = (seconds: number): Date => new Date(Date.UTC(2026, 0, 1, 12, 0, seconds));

function entry(
  manager: string,
  seconds: number,
  fields: object = { 'f:template': {} },
  subresource?: string,
): V1ManagedFieldsEntry {
  return {
    manager,
    operation: 'Update',
    apiVersion: 'apps/v1',
    time: SECONDS(seconds),
    fieldsV1: { 'f:spec': fields },
    ...(subresource && { subresource }),
  };
}

function deployment(written: Written): V1Deployment {
  const { image = 'milvusdb/milvus:v2.2.16', replicas = 1, paused, state, writers = [], uid = 'a' } = written;
  const annotations = state ? { [PAUSE_ANNOTATION]: formatPauseRecord(heldFor('v2.2.16', state)) } : {};
  const metadata = {
    name: 'my-milvus-proxy',
    uid,
    labels: { component: 'proxy' },
    annotations,
    managedFields: [...writers],
  };
  const template = { spec: { containers: [{ name: 'proxy', image }] } };
  return { metadata, spec: { selector: {}, replicas, template, ...(paused && { paused }) } };
}

const HELM = entry('helm', 0);

/** What is reported after the second of two observations with the lock held. */
function between(before: Written, now: Written): ReturnType<ForeignWrites['see']> {
  const writes = new ForeignWrites('my');
  writes.begin([deployment({ writers: [HELM], ...before })]);
  return writes.see([deployment({ writers: [HELM], ...now })]);
}

describe('a change of a Milvus Deployment during a run', () => {
  it('is reported with its field, the manager and the time if another client made it', () => {
    expect(between({}, { image: 'milvusdb/milvus:v2.2.12', writers: [HELM, entry('kubectl-set', 9)] })).toEqual([
      {
        deployment: 'my-milvus-proxy',
        changes: ['spec.template.spec.containers[0].image: milvusdb/milvus:v2.2.16 → milvusdb/milvus:v2.2.12'],
        manager: 'kubectl-set',
        at: '2026-01-01T12:00:09Z',
      },
    ]);
  });

  it('is reported if a client that had changed the Deployment before the run changes it again', () => {
    const before = { writers: [entry('argocd-controller', 1)] };
    const now = { image: 'other:v2.2.12', writers: [entry('argocd-controller', 9)] };
    expect(between(before, now)).toMatchObject([{ manager: 'argocd-controller' }]);
  });

  it('names only fields of the other client if this run has changed others at the same time', () => {
    const fields = {
      'f:template': { 'f:spec': { 'f:containers': { 'k:{"name":"proxy"}': { '.': {}, 'f:image': {} } } } },
    };
    const writers = [HELM, entry('milvus-upgrade', 8, { 'f:paused': {} }), entry('kubectl-set', 9, fields)];
    const before: Written = { paused: true, state: 'paused' };
    expect(between(before, { state: 'resumed', image: 'other:v1', writers })).toMatchObject([
      { changes: ['spec.template.spec.containers[0].image: milvusdb/milvus:v2.2.16 → other:v1'] },
    ]);
  });

  it('is reported without a manager if a paused Deployment was resumed, which leaves no entry', () => {
    expect(between({ paused: true, state: 'paused' }, { state: 'paused' })).toEqual([
      { deployment: 'my-milvus-proxy', changes: ['spec.paused: true → nothing'], manager: '', at: '' },
    ]);
  });

  it('is reported if a resumed Deployment was paused', () => {
    const now = { state: 'resumed', paused: true, writers: [HELM, entry('kubectl-rollout', 9, { 'f:paused': {} })] };
    expect(between({ state: 'resumed' }, now as Written)).toMatchObject([
      { changes: ['spec.paused: nothing → true'], manager: 'kubectl-rollout' },
    ]);
  });

  it('stays reported after a later write of the run', () => {
    const writes = new ForeignWrites('my');
    writes.begin([deployment({ writers: [HELM] })]);
    writes.see([deployment({ image: 'other:v1', writers: [HELM, entry('kubectl-set', 9)] })]);
    expect(writes.see([deployment({ writers: [entry('helm', 12)] })])).toHaveLength(1);
  });

  it('does not quote values that may be secret', () => {
    const writes = new ForeignWrites('my');
    const withEnv = (value: string, writers: readonly V1ManagedFieldsEntry[]): V1Deployment => {
      const made = deployment({ writers });
      made.spec!.template.spec!.containers[0]!.env = [{ name: 'MINIO_SECRET', value }];
      return made;
    };
    writes.begin([withEnv('first-secret', [HELM])]);
    expect(JSON.stringify(writes.see([withEnv('second-secret', [HELM, entry('kubectl-edit', 9)])]))).not.toContain(
      'secret"',
    );
  });

  it.each<[string, Written, Written]>([
    ['Helm made it', {}, { image: 'other:v1', writers: [entry('helm', 9)] }],
    ['this action made it', {}, { paused: true, state: 'paused', writers: [HELM, entry('milvus-upgrade', 9)] }],
    ['only the replicas changed', {}, { replicas: 3, writers: [HELM, entry('kubectl', 9, { 'f:replicas': {} })] }],
    ['an autoscaler made it', {}, { replicas: 3, writers: [HELM, entry('hpa', 9, {}, 'scale')] }],
    ['only labels changed', {}, { writers: [HELM, entry('argocd-controller', 9)] }],
    ['it was made before the run', { writers: [entry('kubectl-set', 3)] }, { writers: [entry('kubectl-set', 3)] }],
    ['the run found it as it is', { state: 'paused' }, { state: 'paused', image: 'other:v1' }],
    ['the Deployment is another one', {}, { uid: 'b', image: 'other:v1', writers: [entry('kubectl-create', 9)] }],
  ])('is not reported if %s', (_, before, now) => {
    expect(between(before, now)).toEqual([]);
  });

  it('is not reported before the lock is held', () => {
    expect(new ForeignWrites('my').see([deployment({ writers: [entry('kubectl-set', 9)] })])).toEqual([]);
  });
});

describe('the status of a step after another client changed a Deployment', () => {
  const write = { deployment: 'my-milvus-proxy', manager: 'kubectl-rollout', at: '2026-01-01T12:00:09Z' };

  it('is stalled at once, with the fields, the client and the time', () => {
    const observation = observationOf([], { foreignWrites: [{ ...write, changes: ['spec.paused: true → nothing'] }] });
    expect(evaluateHelmStep(waitReady, observation)).toEqual({
      state: 'stalled',
      reason:
        'another client ("kubectl-rollout", at 2026-01-01T12:00:09Z) changed Deployment my-milvus-proxy during this run: spec.paused: true → nothing',
    });
  });

  it('names at most four fields, and the other Deployments', () => {
    const changes = ['a', 'b', 'c', 'd', 'e'].map((name) => `spec.${name}`);
    const other = { ...write, deployment: 'my-milvus-querynode', changes };
    const status = evaluateHelmStep(waitReady, observationOf([], { foreignWrites: [{ ...write, changes }, other] }));
    expect(status).toMatchObject({
      reason: expect.stringMatching(/spec\.d and 1 more fields; also changed: my-milvus-querynode$/),
    });
  });
});
