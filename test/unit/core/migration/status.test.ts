// When the steps of a migration are complete, in cases that test/integration/migration.test.ts does not cover.
import { describe, expect, it } from '@jest/globals';
import type { RevisionPart } from '../../../../src/core/helm/journal.js';
import type { MigrationObservation } from '../../../../src/core/migration/observation.js';
import type { HelmObservation } from '../../../../src/core/helm/observation.js';
import type { PrepareStep, ScaleDownStep } from '../../../../src/core/migration/step.js';
import { evaluateHelmStep as evaluate } from '../../../../src/core/helm/status.js';
import { component, observationOf } from '../../../support/events.js';
import { session } from '../../../support/fake-migration.js';
import type { StepStatus } from '../../../../src/core/model/step-status.js';

type Migration = MigrationObservation<RevisionPart>;
const JOURNAL = {
  from: '2.1.4',
  to: '2.2.2',
  image: 'milvusdb/milvus:v2.1.4',
  revision: 1,
  rootPath: 'by-dev',
  replicas: {},
  closed: false,
};
const READY: PrepareStep<RevisionPart> = {
  kind: 'prepare',
  id: 'prepare/my',
  timeoutSeconds: 60,
  journal: JOURNAL,
  mayBeBlind: false,
};
const STOP: ScaleDownStep = {
  kind: 'scale-down',
  id: 'scale-down/my',
  timeoutSeconds: 60,
  revoke: false,
  mayBeBlind: false,
};
const [NOW, EARLIER] = ['2026-01-01T00:02:00.000Z', '2026-01-01T00:00:00.000Z'];
const MIGRATION: Migration = {
  journal: { ...JOURNAL, run: 'r', since: EARLIER },
  jobs: [],
  keeper: { state: 'ready', reason: '' },
  stoppedSince: '',
  foreignSessionsSince: '',
  gone: [],
  hasServed: false,
};
const pod = { name: 'p', address: '10.0.0.1', isNew: true, ready: true, readySince: '', terminating: false };
const STOPPED = component('proxy', { desired: 0, ready: 0, podImages: [], terminating: 0, pods: [] });
const LEFT = [session('proxy', 1, '10.0.0.1:19530')];

function observation(migration: Partial<Migration>, more: Partial<HelmObservation> = {}): HelmObservation {
  return {
    ...observationOf([component('proxy', { pods: [pod] })]),
    takenAt: NOW,
    sessions: { list: LEFT },
    migration: { ...MIGRATION, ...migration },
    ...more,
  };
}

const moving = (waitingFor: string): object => ({
  state: 'in-progress',
  waitingFor: expect.stringContaining(waitingFor),
});
const stuck = (reason: string): object => ({ state: 'stalled', reason: expect.stringContaining(reason) });
const FOREIGN = { sessions: { list: [...LEFT, session('proxy', 2, '10.9.9.9:19530')] } };

describe('the step make-ready', () => {
  it.each<[string, HelmObservation, object]>([
    ['is pending without a journal', observation({ journal: null }), { state: 'pending' }],
    [
      'is pending without a keeper of the volume',
      observation({ keeper: { state: 'none', reason: '' } }),
      { state: 'pending' },
    ],
    [
      'waits for the volume, and reports why',
      observation({ keeper: { state: 'starting', reason: 'no class' } }),
      moving('the image of the migration tool: no class'),
    ],
    [
      'is stalled if the tool cannot be started',
      observation({ keeper: { state: 'failed', reason: 'exit code 1' } }),
      stuck('exit code 1'),
    ],
    [
      'waits for a session of another installation to expire',
      observation({ foreignSessionsSince: NOW }, FOREIGN),
      moving('proxy at 10.9.9.9:19530'),
    ],
    [
      'is stalled by another Milvus with the same root path',
      observation({ foreignSessionsSince: EARLIER }, FOREIGN),
      stuck('another Milvus uses this root path in etcd: proxy at 10.9.9.9:19530'),
    ],
    [
      'ignores the session of a migration tool',
      observation({ foreignSessionsSince: EARLIER }, { sessions: { list: [...LEFT, session('migration', 2, '')] } }),
      { state: 'complete' },
    ],
    [
      'waits until sessions are readable',
      observation({}, { sessions: { list: null, why: 'no right' } }),
      moving('no right'),
    ],
    ['is complete otherwise', observation({}), { state: 'complete' }],
  ])('%s', (_, at, status) => {
    expect(evaluate(READY, at)).toEqual(expect.objectContaining(status));
  });
});

describe('the step stop', () => {
  const gone = { components: [STOPPED] };
  it.each<[string, Partial<ScaleDownStep>, HelmObservation, object]>([
    ['is pending while a Deployment has replicas', {}, observation({}), { state: 'pending' }],
    [
      'waits for sessions to expire',
      {},
      observation({ stoppedSince: NOW }, gone),
      moving('etcd sessions to expire: proxy at 10.0.0.1:19530'),
    ],
    [
      'revokes the sessions of removed pods if this is requested',
      { revoke: true },
      observation({ stoppedSince: NOW, gone: ['10.0.0.1'] }, gone),
      { state: 'pending' },
    ],
    [
      'does not revoke the session of a pod that was never observed',
      { revoke: true },
      observation({ stoppedSince: NOW, gone: ['10.0.0.2'] }, gone),
      moving('to expire'),
    ],
    [
      'is stalled by a session that is still renewed',
      {},
      observation({ stoppedSince: EARLIER }, gone),
      stuck('still renews its session after 120 s'),
    ],
    [
      'waits while sessions are unreadable',
      {},
      observation({ stoppedSince: EARLIER }, { ...gone, sessions: { list: null, why: 'lost' } }),
      moving('lost'),
    ],
    [
      'waits for every lease to expire if the session check is skipped',
      { mayBeBlind: true },
      observation({ stoppedSince: NOW }, { ...gone, sessions: { list: null, why: 'lost' } }),
      moving('within 75 s'),
    ],
    [
      'is complete after every lease has expired if the session check is skipped',
      { mayBeBlind: true },
      observation({ stoppedSince: EARLIER }, { ...gone, sessions: { list: null, why: '' } }),
      { state: 'complete' },
    ],
    [
      'waits for the session of a killed migration tool',
      {},
      observation({ stoppedSince: EARLIER }, { ...gone, sessions: { list: [session('migration', 1, '')] } }),
      moving('to expire: migration'),
    ],
    [
      'is complete if no session is left',
      {},
      observation({ stoppedSince: NOW }, { ...gone, sessions: { list: [] } }),
      { state: 'complete' },
    ],
  ])('%s', (_, step, at, status) => {
    expect<StepStatus>(evaluate({ ...STOP, ...step }, at)).toEqual(expect.objectContaining(status));
  });
});
