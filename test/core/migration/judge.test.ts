// When the steps of a migration are done, where the story of test/migration.test.ts does not go.
import { describe, expect, it } from '@jest/globals';
import type { MigrationSeen } from '../../../src/core/migration/seen.js';
import type { Observation } from '../../../src/core/observation.js';
import type { MakeReadyStep, StopStep } from '../../../src/core/migration/step-kinds.js';
import { judge, type Verdict } from '../../../src/core/verdict.js';
import { component, observation } from '../../fakes/events.js';
import { session } from '../../fakes/fake-migration.js';

const JOURNAL = { from: '2.1.4', to: '2.2.2', image: 'milvusdb/milvus:v2.1.4', revision: 1, rootPath: 'by-dev', replicas: {}, closed: false };
const READY: MakeReadyStep = { kind: 'make-ready', id: 'make-ready/my', timeoutSeconds: 60, journal: JOURNAL, mayBeBlind: false };
const STOP: StopStep = { kind: 'stop', id: 'stop/my', timeoutSeconds: 60, revoke: false, mayBeBlind: false };
const [NOW, EARLIER] = ['2026-01-01T00:02:00.000Z', '2026-01-01T00:00:00.000Z'];
const MIGRATION: MigrationSeen = {
  journal: { ...JOURNAL, run: 'r', since: EARLIER },
  jobs: [],
  keeper: { state: 'ready', because: '' },
  stoppedSince: '',
  strangersSince: '',
  gone: [],
  hasServed: false,
};
const pod = { name: 'p', address: '10.0.0.1', isNew: true, ready: true, readySince: '', terminating: false };
const STOPPED = component('proxy', { wanted: 0, ready: 0, podImages: [], terminating: 0, pods: [] });
const LEFT = [session('proxy', 1, '10.0.0.1:19530')];

function seen(migration: Partial<MigrationSeen>, more: Partial<Observation> = {}): Observation {
  return { ...observation([component('proxy', { pods: [pod] })]), takenAt: NOW, sessions: { seen: LEFT }, migration: { ...MIGRATION, ...migration }, ...more };
}

const moving = (waitingFor: string): object => ({ state: 'moving', waitingFor: expect.stringContaining(waitingFor) });
const stuck = (because: string): object => ({ state: 'stuck', because: expect.stringContaining(because) });
const FOREIGN = { sessions: { seen: [...LEFT, session('proxy', 2, '10.9.9.9:19530')] } };

describe('what is made ready while Milvus serves', () => {
  it.each<[string, Observation, object]>([
    ['is asked for while there is no journal', seen({ journal: null }), { state: 'todo' }],
    ['is asked for while nothing keeps the volume', seen({ keeper: { state: 'none', because: '' } }), { state: 'todo' }],
    ['waits for the volume, and says why', seen({ keeper: { state: 'starting', because: 'no class' } }), moving('the image of the migration tool: no class')],
    ['ends the run when the tool cannot be started', seen({ keeper: { state: 'failed', because: 'exit code 1' } }), stuck('exit code 1')],
    ['waits for a session of no pod here', seen({ strangersSince: NOW }, FOREIGN), moving('proxy at 10.9.9.9:19530')],
    [
      'names another Milvus on the same root path',
      seen({ strangersSince: EARLIER }, FOREIGN),
      stuck('another Milvus uses this root path in etcd: proxy at 10.9.9.9:19530'),
    ],
    [
      'takes the session of a migration tool for no Milvus',
      seen({ strangersSince: EARLIER }, { sessions: { seen: [...LEFT, session('migration', 2, '')] } }),
      { state: 'done' },
    ],
    ['waits until sessions can be seen', seen({}, { sessions: { seen: null, why: 'no right' } }), moving('no right')],
    ['is done', seen({}), { state: 'done' }],
  ])('%s', (_, at, verdict) => {
    expect(judge(READY, at)).toEqual(expect.objectContaining(verdict));
  });
});

describe('a stop', () => {
  const gone = { components: [STOPPED] };
  it.each<[string, Partial<StopStep>, Observation, object]>([
    ['is asked for while a Deployment wants pods', {}, seen({}), { state: 'todo' }],
    ['waits for sessions to run out', {}, seen({ stoppedSince: NOW }, gone), moving('sessions in etcd to run out: proxy at 10.0.0.1:19530')],
    ['ends those of pods that are gone, where that is wanted', { revoke: true }, seen({ stoppedSince: NOW, gone: ['10.0.0.1'] }, gone), { state: 'todo' }],
    ['ends none of a pod that was never seen', { revoke: true }, seen({ stoppedSince: NOW, gone: ['10.0.0.2'] }, gone), moving('to run out')],
    ['does not go on over a session that is renewed', {}, seen({ stoppedSince: EARLIER }, gone), stuck('still renews its session after 120 s')],
    ['waits while sessions cannot be seen', {}, seen({ stoppedSince: EARLIER }, { ...gone, sessions: { seen: null, why: 'lost' } }), moving('lost')],
    [
      'that may be blind waits for every lease',
      { mayBeBlind: true },
      seen({ stoppedSince: NOW }, { ...gone, sessions: { seen: null, why: 'lost' } }),
      moving('within 75 s'),
    ],
    [
      'that may be blind is done when every lease has run out',
      { mayBeBlind: true },
      seen({ stoppedSince: EARLIER }, { ...gone, sessions: { seen: null, why: '' } }),
      { state: 'done' },
    ],
    [
      'waits for the session of a migration tool that was killed',
      {},
      seen({ stoppedSince: EARLIER }, { ...gone, sessions: { seen: [session('migration', 1, '')] } }),
      moving('to run out: migration'),
    ],
    ['is done when none is left', {}, seen({ stoppedSince: NOW }, { ...gone, sessions: { seen: [] } }), { state: 'done' }],
  ])('%s', (_, step, at, verdict) => {
    expect<Verdict>(judge({ ...STOP, ...step }, at)).toEqual(expect.objectContaining(verdict));
  });
});
