import { describe, expect, it } from '@jest/globals';
import type { Cause } from '../../src/core/causes.js';
import type { Component } from '../../src/core/component.js';
import type { Observation } from '../../src/core/observation.js';
import type { Step } from '../../src/core/steps.js';
import { SecretValues, mergeValues } from '../../src/core/values.js';
import { evaluate } from '../../src/core/verdict.js';
import { version } from '../../src/core/version.js';
import { component, newImage, observationOf } from '../fakes/events.js';

const image = 'milvusdb/milvus:v2.2.16';
const settled: Component = {
  role: 'proxy',
  deployment: 'my-milvus-proxy',
  templateImage: image,
  podImages: [image],
  desired: 2,
  updated: 2,
  ready: 2,
  available: 2,
  outdated: 0,
  terminating: 0,
  restarts: 0,
  waiting: [],
  settledSpec: true,
  paused: false,
  failure: '',
};
const waitReady: Step = { kind: 'wait-ready', id: 'wait-ready', timeoutSeconds: 60, image, version: version('2.2.16') };
const values = { image: { all: { tag: 'v2.2.16' } } };
const upgrade: Step = {
  kind: 'helm-upgrade',
  id: 'helm-upgrade',
  timeoutSeconds: 60,
  chart: { kind: 'directory', reference: './chart' },
  chartVersion: '4.0.34',
  image,
  values: new SecretValues(values),
};

const rollback: Step = {
  kind: 'helm-rollback',
  id: 'helm-rollback',
  timeoutSeconds: 60,
  revision: 1,
  chartVersion: '4.0.34',
  image,
  values: new SecretValues(values),
};

interface Seen {
  readonly component?: Partial<Component>;
  readonly status?: 'deployed' | 'failed' | 'pending-upgrade' | 'pending-rollback';
  readonly chartVersion?: string;
  readonly values?: object;
  readonly deployments?: readonly string[];
  readonly causes?: readonly Cause[];
}

function observation({
  component = {},
  status = 'deployed',
  chartVersion = '4.0.34',
  values: extra = {},
  deployments = ['my-milvus-proxy'],
  causes = [],
}: Seen = {}): Observation {
  const given = new SecretValues(mergeValues(values, extra as Record<string, unknown>));
  const latest = {
    revision: 2,
    status,
    chartName: 'milvus',
    chartVersion,
    appVersion: '',
    updatedAt: '',
    description: '',
    values: given,
    computedValues: given,
    deployments,
  };
  return {
    takenAt: '',
    release: { name: 'my', namespace: 'default', latest, deployed: latest, startedBy: '' },
    components: [{ ...settled, ...component }],
    causes,
    topology: 'separate-coordinators',
    messageQueue: 'kafka',
    metastore: 'etcd',
    etcd: { endpoints: [], rootPath: 'by-dev' },
  };
}

describe('the verdict on settle', () => {
  it('is done when every pod is new, ready and alone', () => {
    expect(evaluate(waitReady, observation()).state).toBe('complete');
  });

  const moving: readonly [string, Partial<Component>, string][] = [
    ['the controller has not seen the new spec', { settledSpec: false }, 'proxy'],
    ['a new pod is not there yet', { updated: 1 }, 'proxy (2 of 2 ready'],
    ['a new pod is not ready', { ready: 1 }, '1 of 2 ready'],
    ['a ready pod is not available yet', { available: 1 }, '1 of 2 available'],
    ['a new pod restarts and restarts', { ready: 1, restarts: 5 }, '5 restarts'],
    ['an old pod still serves', { outdated: 1 }, '1 old'],
    ['an old pod still terminates', { terminating: 1 }, '1 terminating'],
    ['a pod runs another version', { podImages: [image, 'milvusdb/milvus:v2.2.12'] }, 'on v2.2.12'],
    ['the Deployment still asks for another version', { templateImage: 'milvusdb/milvus:v2.2.12' }, 'on v2.2.12'],
    ['an image cannot be pulled', { ready: 1, waiting: [{ pod: 'p', reason: 'ImagePullBackOff', message: '' }] }, 'ImagePullBackOff'],
  ];
  it.each(moving)('waits while %s', (_, component, waitingFor) => {
    expect(evaluate(waitReady, observation({ component }))).toEqual({ state: 'in-progress', waitingFor: expect.stringContaining(waitingFor) });
  });

  it('waits for a Deployment of the release that is not there yet', () => {
    expect(evaluate(waitReady, observation({ deployments: ['my-milvus-proxy', 'my-milvus-mixcoord'] }))).toEqual({
      state: 'in-progress',
      waitingFor: 'my-milvus-mixcoord (not there yet)',
    });
  });

  it('is stuck when Kubernetes has given up, with the reason of the pod', () => {
    const component = {
      ready: 1,
      failure: 'ProgressDeadlineExceeded: too late',
      waiting: [{ pod: 'proxy-1', reason: 'CrashLoopBackOff', message: 'back-off' }],
    };
    expect(evaluate(waitReady, observation({ component }))).toEqual({
      state: 'stalled',
      reason: expect.stringMatching(/ProgressDeadlineExceeded.*proxy-1: CrashLoopBackOff: back-off/),
    });
  });

  const cause: Cause = {
    code: 'CRASH_LOOP',
    certain: true,
    deployment: 'my-milvus-proxy',
    pod: 'proxy-1',
    since: '2026-01-15T03:00:00.000Z',
    evidence: 'ended 4 times, last with exit code 134',
    hint: 'Read the log.',
  };

  it('is stuck at a certain cause, and begins with its code', () => {
    expect(evaluate(waitReady, observation({ component: { ready: 1 }, causes: [cause] }))).toEqual({
      state: 'stalled',
      reason: 'CRASH_LOOP at my-milvus-proxy, pod proxy-1: ended 4 times, last with exit code 134',
      causes: [cause],
    });
  });

  it('waits at a cause that may heal by itself, and tells it', () => {
    const uncertain = { ...cause, certain: false };
    expect(evaluate(waitReady, observation({ component: { ready: 1 }, causes: [uncertain] }))).toMatchObject({ state: 'in-progress', causes: [uncertain] });
  });

  it('is done whatever stood at a Deployment that has come to rest', () => {
    expect(evaluate(waitReady, observation({ causes: [cause] })).state).toBe('complete');
  });

  it('tells the specific cause before the word of the Deployment, and what else stands', () => {
    const deadline: Cause = { ...cause, code: 'PROGRESS_DEADLINE', pod: '', evidence: 'timed out' };
    const probe: Cause = { ...cause, code: 'PROBE_FAILING', certain: false, evidence: 'statuscode: 500' };
    const status = evaluate(waitReady, observation({ component: { ready: 1 }, causes: [deadline, probe] }));
    expect(status).toMatchObject({
      state: 'stalled',
      reason: 'PROBE_FAILING at my-milvus-proxy, pod proxy-1: statuscode: 500 (also PROGRESS_DEADLINE my-milvus-proxy)',
      causes: [{ code: 'PROBE_FAILING' }, { code: 'PROGRESS_DEADLINE' }],
    });
  });

  it('is stuck at a paused Deployment, with the command that resumes it', () => {
    expect(evaluate(waitReady, observation({ component: { paused: true, updated: 0 } }))).toEqual({
      state: 'stalled',
      reason: expect.stringContaining('kubectl rollout resume deployment/my-milvus-proxy'),
    });
  });

  it('is done where one component of two is scaled to zero, and stuck where nothing runs', () => {
    const none = component('proxy', { desired: 0, updated: 0, ready: 0, available: 0, podImages: [], templateImage: newImage });
    const serving = component('querynode', { templateImage: newImage });
    expect(evaluate(waitReady, observationOf([none, serving])).state).toBe('complete');
    expect(evaluate(waitReady, observationOf([none]))).toEqual({ state: 'stalled', reason: 'Milvus is stopped: its Deployment has 0 replicas' });
  });
});

describe('the verdict on helm-upgrade', () => {
  it.each<[string, Seen, string]>([
    ['is done when Helm has deployed chart and values, and the Deployments have the image', {}, 'complete'],
    ['is done although the release has further values of the user', { values: { proxy: { replicas: 3 } } }, 'complete'],
    ['is todo with another chart', { chartVersion: '4.0.29' }, 'pending'],
    ['is todo with another value', { values: { image: { all: { tag: 'v2.2.12' } } } }, 'pending'],
    ['is todo after a failed revision', { status: 'failed' }, 'pending'],
    ['is todo when a Deployment was changed behind Helm’s back', { component: { templateImage: 'milvusdb/milvus:v2.2.12' } }, 'pending'],
    ['waits while Helm holds the release', { status: 'pending-upgrade' }, 'in-progress'],
  ])('%s', (_, state, expected) => {
    expect(evaluate(upgrade, observation(state)).state).toBe(expected);
  });
});

describe('the verdict on a revision that another client created during the run', () => {
  const foreign = (observationOf: Observation): Observation => ({ ...observationOf, release: { ...observationOf.release!, isForeign: true } });

  it.each([upgrade, waitReady])('is stuck at once, with revision, chart and state: %p', (step) => {
    expect(evaluate(step, foreign(observation()))).toEqual({
      state: 'stalled',
      reason: 'another client created revision 2 of release my during this run (chart milvus 4.0.34, deployed)',
    });
  });

  it('does not stop a rollback, since Milvus may be stopped until it is complete', () => {
    expect(evaluate(rollback, foreign(observation())).state).not.toBe('stalled');
  });
});

describe('the verdict on helm-rollback', () => {
  it.each<[string, Seen, string]>([
    ['is done when the newest revision has its chart and values, and the Deployments the old image', {}, 'complete'],
    ['is todo with another chart', { chartVersion: '4.0.29' }, 'pending'],
    ['is todo while a value of the upgrade is left', { values: { proxy: { replicas: 3 } } }, 'pending'],
    ['is todo with another value', { values: { image: { all: { tag: 'v2.2.12' } } } }, 'pending'],
    ['is todo after a failed revision', { status: 'failed' }, 'pending'],
    ['is todo when the upgrade left the release pending', { status: 'pending-upgrade' }, 'pending'],
    ['is todo while a Deployment asks for another image', { component: { templateImage: 'milvusdb/milvus:v2.2.12' } }, 'pending'],
    ['is done although a Deployment that the newer chart added still ends', { component: { templateImage: 'other:v1' }, deployments: [] }, 'complete'],
    ['waits while Helm goes back', { status: 'pending-rollback' }, 'in-progress'],
  ])('%s', (_, state, expected) => {
    expect(evaluate(rollback, observation(state)).state).toBe(expected);
  });
});
