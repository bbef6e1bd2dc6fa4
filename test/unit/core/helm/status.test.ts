import { describe, expect, it } from '@jest/globals';
import type { Cause } from '../../../../src/core/model/cause.js';
import type { Component } from '../../../../src/core/model/component.js';
import type { HelmObservation } from '../../../../src/core/helm/observation.js';
import type { HelmStep } from '../../../../src/core/helm/step.js';
import { helmObservation } from '../../../support/observations.js';
import { SecretValues, mergeValues } from '../../../../src/core/model/values.js';
import { evaluateHelmStep as evaluate } from '../../../../src/core/helm/status.js';
import { version } from '../../../../src/core/model/version.js';
import { component, newImage, observationOf } from '../../../support/events.js';

const image = 'milvusdb/milvus:v2.2.16';
const settled = component('proxy', { templateImage: image, desired: 2, updated: 2, ready: 2, available: 2 });
const waitReady: HelmStep = {
  kind: 'wait-ready',
  id: 'wait-ready',
  timeoutSeconds: 60,
  image,
  version: version('2.2.16'),
};
const values = { image: { all: { tag: 'v2.2.16' } } };
const upgrade: HelmStep = {
  kind: 'helm-upgrade',
  id: 'helm-upgrade',
  timeoutSeconds: 60,
  chart: { kind: 'directory', reference: './chart' },
  chartVersion: '4.0.34',
  image,
  values: new SecretValues(values),
};

const rollback: HelmStep = {
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
}: Seen = {}): HelmObservation {
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
  return helmObservation({
    takenAt: '',
    release: { name: 'my', namespace: 'default', latest, deployed: latest, startedBy: '' },
    components: [{ ...settled, ...component }],
    causes,
  });
}

describe('the status of a settle step', () => {
  it('is done if every pod is new and ready and no old pod is left', () => {
    expect(evaluate(waitReady, observation()).state).toBe('complete');
  });

  const moving: readonly [string, Partial<Component>, string][] = [
    ['the controller has not observed the new spec', { settledSpec: false }, 'proxy'],
    ['a new pod does not exist yet', { updated: 1 }, 'proxy (2 of 2 ready'],
    ['a new pod is not ready', { ready: 1 }, '1 of 2 ready'],
    ['a ready pod is not available yet', { available: 1 }, '1 of 2 available'],
    ['a new pod restarts repeatedly', { ready: 1, restarts: 5 }, '5 restarts'],
    ['an old pod still serves', { outdated: 1 }, '1 old'],
    ['an old pod still terminates', { terminating: 1 }, '1 terminating'],
    ['a pod runs another version', { podImages: [image, 'milvusdb/milvus:v2.2.12'] }, 'on v2.2.12'],
    ['the template of the Deployment has another version', { templateImage: 'milvusdb/milvus:v2.2.12' }, 'on v2.2.12'],
    [
      'an image cannot be pulled',
      { ready: 1, waiting: [{ pod: 'p', reason: 'ImagePullBackOff', message: '' }] },
      'ImagePullBackOff',
    ],
  ];
  it.each(moving)('is moving while %s', (_, component, waitingFor) => {
    expect(evaluate(waitReady, observation({ component }))).toEqual({
      state: 'in-progress',
      waitingFor: expect.stringContaining(waitingFor),
    });
  });

  it('is moving while a Deployment of the release does not exist yet', () => {
    expect(evaluate(waitReady, observation({ deployments: ['my-milvus-proxy', 'my-milvus-mixcoord'] }))).toEqual({
      state: 'in-progress',
      waitingFor: 'my-milvus-mixcoord (not created yet)',
    });
  });

  it('is stuck if the Deployment has failed, with the reason of the pod', () => {
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

  it('is stuck for a certain cause, with a message that begins with its code', () => {
    expect(evaluate(waitReady, observation({ component: { ready: 1 }, causes: [cause] }))).toEqual({
      state: 'stalled',
      reason: 'CRASH_LOOP at my-milvus-proxy, pod proxy-1: ended 4 times, last with exit code 134',
      causes: [cause],
    });
  });

  it('is moving for an uncertain cause, which is reported', () => {
    const uncertain = { ...cause, certain: false };
    expect(evaluate(waitReady, observation({ component: { ready: 1 }, causes: [uncertain] }))).toMatchObject({
      state: 'in-progress',
      causes: [uncertain],
    });
  });

  it('is done for a ready Deployment, whatever causes it has', () => {
    expect(evaluate(waitReady, observation({ causes: [cause] })).state).toBe('complete');
  });

  it('has the specific cause before the condition of the Deployment and other causes', () => {
    const deadline: Cause = { ...cause, code: 'PROGRESS_DEADLINE', pod: '', evidence: 'timed out' };
    const probe: Cause = { ...cause, code: 'PROBE_FAILING', certain: false, evidence: 'statuscode: 500' };
    const status = evaluate(waitReady, observation({ component: { ready: 1 }, causes: [deadline, probe] }));
    expect(status).toMatchObject({
      state: 'stalled',
      reason: 'PROBE_FAILING at my-milvus-proxy, pod proxy-1: statuscode: 500 (also PROGRESS_DEADLINE my-milvus-proxy)',
      causes: [{ code: 'PROBE_FAILING' }, { code: 'PROGRESS_DEADLINE' }],
    });
  });

  it('is stuck for a paused Deployment, with the command that resumes it', () => {
    expect(evaluate(waitReady, observation({ component: { paused: true, updated: 0 } }))).toEqual({
      state: 'stalled',
      reason: expect.stringContaining('kubectl rollout resume deployment/my-milvus-proxy'),
    });
  });

  it('is done if one of two components has 0 replicas, and stuck if nothing runs', () => {
    const none = component('proxy', {
      desired: 0,
      updated: 0,
      ready: 0,
      available: 0,
      podImages: [],
      templateImage: newImage,
    });
    const serving = component('querynode', { templateImage: newImage });
    expect(evaluate(waitReady, observationOf([none, serving])).state).toBe('complete');
    expect(evaluate(waitReady, observationOf([none]))).toEqual({
      state: 'stalled',
      reason: 'Milvus is stopped: its Deployment has 0 replicas',
    });
  });
});

describe('the status of a helm-upgrade step', () => {
  it.each<[string, Seen, string]>([
    ['is done if Helm has deployed chart and values, and the Deployments have the image', {}, 'complete'],
    ['is done if the release has additional user-supplied values', { values: { proxy: { replicas: 3 } } }, 'complete'],
    ['is todo with another chart', { chartVersion: '4.0.29' }, 'pending'],
    ['is todo with another value', { values: { image: { all: { tag: 'v2.2.12' } } } }, 'pending'],
    ['is todo after a failed revision', { status: 'failed' }, 'pending'],
    [
      'is todo if a Deployment was changed without Helm',
      { component: { templateImage: 'milvusdb/milvus:v2.2.12' } },
      'pending',
    ],
    ['is moving while the release is pending', { status: 'pending-upgrade' }, 'in-progress'],
  ])('%s', (_, state, expected) => {
    expect(evaluate(upgrade, observation(state)).state).toBe(expected);
  });
});

describe('the status of a step after another client created a revision', () => {
  const foreign = (observed: HelmObservation): HelmObservation => ({
    ...observed,
    release: { ...observed.release!, isForeign: true },
  });

  it.each([upgrade, waitReady])('is stuck at once, with revision, chart and state: %p', (step) => {
    expect(evaluate(step, foreign(observation()))).toEqual({
      state: 'stalled',
      reason: 'another client created revision 2 of release my during this run (chart milvus 4.0.34, deployed)',
    });
  });

  it('is not stuck for a rollback, because Milvus may be stopped until it is complete', () => {
    expect(evaluate(rollback, foreign(observation())).state).not.toBe('stalled');
  });
});

describe('the status of a helm-rollback step', () => {
  it.each<[string, Seen, string]>([
    ['is done if the newest revision has its chart and values, and the Deployments have the old image', {}, 'complete'],
    ['is todo with another chart', { chartVersion: '4.0.29' }, 'pending'],
    ['is todo while a value of the upgrade is left', { values: { proxy: { replicas: 3 } } }, 'pending'],
    ['is todo with another value', { values: { image: { all: { tag: 'v2.2.12' } } } }, 'pending'],
    ['is todo after a failed revision', { status: 'failed' }, 'pending'],
    ['is todo if the upgrade left the release pending', { status: 'pending-upgrade' }, 'pending'],
    [
      'is todo while a Deployment has another image',
      { component: { templateImage: 'milvusdb/milvus:v2.2.12' } },
      'pending',
    ],
    [
      'is done while a Deployment that the newer chart added still terminates',
      { component: { templateImage: 'other:v1' }, deployments: [] },
      'complete',
    ],
    ['is moving while the rollback of Helm is pending', { status: 'pending-rollback' }, 'in-progress'],
  ])('%s', (_, state, expected) => {
    expect(evaluate(rollback, observation(state)).state).toBe(expected);
  });
});
