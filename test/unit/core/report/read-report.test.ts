import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Event } from '../../../../src/core/model/event.js';
import type { Component } from '../../../../src/core/model/component.js';
import type { Report } from '../../../../src/core/report/report.js';
import type { ComponentRow } from '../../../../src/core/report/components.js';
import { FakeMigration } from '../../../support/fake-migration.js';
import { inputs } from '../../../support/inputs.js';
import { runOn } from '../../../support/tools.js';
import * as runs from '../../../support/events.js';
import { heldFor } from '../../../support/held.js';
import {
  begin,
  beginUpgrade,
  component,
  end,
  helmUpgrade,
  newImage,
  observationOf,
  oldImage,
  waitReady,
  stages,
  subject,
} from '../../../support/events.js';
import { readReport } from '../../../../src/core/report/read-report.js';

function report(events: readonly Event[]): Report {
  return readReport(events, subject);
}

/** The row of one Deployment whose upgrade is requested at second 0, with the observed states at these seconds. */
function rowOf(
  first: Component | null,
  observation: readonly (readonly [number, Component])[],
  lastsSeconds = 60,
): ComponentRow {
  const story = begin(first ? [first] : []).emit(
    { type: 'step-started', step: helmUpgrade },
    { type: 'step-applied', step: helmUpgrade },
  );
  let clock = 0;
  for (const [at, each] of observation) {
    story.later(at - clock).change(each);
    clock = at;
  }
  return report(end(story.later(lastsSeconds - clock), 'succeeded')).components[0]!;
}

describe('readReport', () => {
  it('contains the source version, the target version and the running version', () => {
    expect(report(runs.succeeded())).toMatchObject({
      outcome: 'succeeded',
      fromVersion: '2.2.12',
      toVersion: '2.2.16',
      runningVersions: ['2.2.16'],
      chart: { from: '4.0.29', to: '4.0.34' },
      strategy: 'helm-upgrade',
      image: newImage,
      startedAt: '2026-01-15T03:00:00.000Z',
      tookSeconds: 91,
      topology: 'separate-coordinators',
      messageQueue: 'kafka',
      etcd: { rootPath: 'by-dev' },
    });
  });

  it('lists both versions while the upgrade is incomplete', () => {
    expect(report(runs.failed()).runningVersions).toEqual(['2.2.12', '2.2.16']);
  });

  it.each([
    ['planned', runs.planned, false],
    ['refused', runs.refused, false],
    ['unchanged', runs.unchanged, false],
    ['failed', runs.failed, true],
    ['succeeded', runs.succeeded, true],
  ] as const)('states whether a run that %s requested a change of the cluster', (outcome, buildEvents, changed) => {
    expect(report(buildEvents())).toMatchObject({ outcome, changed });
  });

  it('reports that a run which only waited for an earlier one changed nothing', () => {
    const story = begin([stages.surging('proxy')]).emit(
      { type: 'step-skipped', step: helmUpgrade },
      { type: 'step-started', step: waitReady },
    );
    expect(report(story.events).changed).toBe(false);
  });

  it('describes the last observation of the installation, and the source version of the first one', () => {
    const story = begin().emit({
      type: 'observed',
      observation: observationOf([stages.done('mixcoord')], { topology: 'mixcoord' }),
    });
    expect(report(story.events)).toMatchObject({
      topology: 'mixcoord',
      fromVersion: '2.2.12',
      runningVersions: ['2.2.16'],
    });
  });

  it('counts an interrupted run as cancelled, and a failed one as failed', () => {
    expect(report(beginUpgrade().events).outcome).toBe('cancelled');
    const problem = { what: '', why: '', remedy: '' };
    expect(
      report(beginUpgrade().emit({ type: 'failed', problem: { ...problem, code: 'step-stalled' } }).events).outcome,
    ).toBe('failed');
    expect(
      report(beginUpgrade().emit({ type: 'failed', problem: { ...problem, code: 'cancelled' } }).events).outcome,
    ).toBe('cancelled');
  });

  it('works without an observation', () => {
    expect(report([])).toMatchObject({
      outcome: 'cancelled',
      fromVersion: null,
      plan: null,
      components: [],
      tookSeconds: 0,
    });
  });

  it('never contains a user-supplied value, only its name', () => {
    for (const buildEvents of [runs.succeeded, runs.failed, runs.refused, runs.planned, runs.unchanged])
      expect(JSON.stringify(report(buildEvents()))).not.toContain(runs.SECRET);
    expect(report(runs.planned()).plan?.steps[0]?.valueNames).toContain('minio.rootPassword');
  });

  it('contains the last plan, because that one was run', () => {
    const story = begin().emit(
      { type: 'plan-created', plan: runs.plan() },
      { type: 'plan-created', plan: runs.plan({ image: 'other/milvus:v2.2.16' }) },
    );
    expect(report(story.events).image).toBe('other/milvus:v2.2.16');
  });

  it('can be written and parsed as JSON', () => {
    const first = report(runs.failed());
    expect(JSON.parse(JSON.stringify(first))).toEqual(first);
  });
});

describe('the steps of a report', () => {
  it('have the result and the duration of each step', () => {
    const steps = report(runs.succeeded()).steps.map(({ id, state, tookSeconds }) => [id, state, tookSeconds]);
    expect(steps).toEqual([
      [helmUpgrade.id, 'complete', 3],
      [waitReady.id, 'complete', 86],
    ]);
  });

  it('mark the step in progress as failed if the run failed', () => {
    expect(report(runs.failed()).steps.at(-1)).toMatchObject({ id: waitReady.id, state: 'failed', tookSeconds: 570 });
  });

  it('mark an interrupted step as running', () => {
    const cancelled = { code: 'cancelled', what: '', why: '', remedy: '' } as const;
    const steps = report(end(beginUpgrade().later(10).emit({ type: 'failed', problem: cancelled }), 'cancelled')).steps;
    expect(steps.at(-1)).toMatchObject({ state: 'running', endedAt: null, tookSeconds: 10 });
  });

  it('mark a step that was already complete as skipped', () => {
    expect(report(begin().emit({ type: 'step-skipped', step: helmUpgrade }).events).steps[0]).toMatchObject({
      state: 'skipped',
      tookSeconds: 0,
    });
  });

  it('list what they waited for once, however often it was repeated', () => {
    const wait = (waitingFor: string, sinceSeconds: number) =>
      ({ type: 'step-waiting', step: waitReady, waitingFor, sinceSeconds }) as const;
    const story = beginUpgrade()
      .emit(wait('proxy', 1))
      .later(30)
      .emit(wait('proxy', 31))
      .later(1)
      .emit(wait('querynode', 32));
    expect(
      report(story.events)
        .steps.at(-1)
        ?.waiting.map((line) => line.waitingFor),
    ).toEqual(['proxy', 'querynode']);
  });
});

describe('the row of a Deployment', () => {
  it('contains old and new image, and the duration from the request until it was ready', () => {
    const row = rowOf(stages.old('proxy'), [
      [2, stages.surging('proxy')],
      [9, stages.draining('proxy')],
      [21, stages.done('proxy')],
    ]);
    expect(row).toMatchObject({
      oldImage,
      newImage,
      tookSeconds: 21,
      unavailableSeconds: 0,
      result: 'upgraded',
      cause: '',
    });
    expect(row.spans.map((span) => span.state)).toEqual(['rolling', 'draining']);
  });

  it('counts from the start of its turn if a rolling upgrade has paused it until then', () => {
    const pauseRecord = { pauseRecord: heldFor('2.2.16', 'paused'), paused: true };
    const waiting = component('proxy', {
      ...pauseRecord,
      templateImage: newImage,
      podImages: [oldImage],
      updated: 0,
      outdated: 1,
    });
    const row = rowOf(stages.old('proxy'), [
      [2, component('proxy', pauseRecord)],
      [3, waiting],
      [20, stages.surging('proxy')],
      [26, stages.done('proxy')],
    ]);
    expect(row).toMatchObject({ tookSeconds: 6, unavailableSeconds: 0, result: 'upgraded' });
    expect(row.spans.map(({ state, from, to }) => [state, from.slice(17, 19), to.slice(17, 19)])).toEqual([
      ['rolling', '20', '26'],
    ]);
  });

  it('does not count the restoring of its settings at the end of a rolling upgrade', () => {
    const row = rowOf(stages.old('proxy'), [
      [2, stages.surging('proxy')],
      [9, stages.done('proxy')],
      [40, component('proxy', { templateImage: newImage, settledSpec: false })],
      [41, stages.done('proxy')],
    ]);
    expect(row).toMatchObject({ tookSeconds: 9, result: 'upgraded' });
  });

  it('counts until the pods that left it are gone, and not until it is observed again', () => {
    const left = (counts: { outdated: number; terminating: number }): Component =>
      component('proxy', {
        deployment: '',
        templateImage: '',
        desired: 0,
        updated: 0,
        ready: 0,
        available: 0,
        ...counts,
      });
    const row = rowOf(stages.old('proxy'), [
      [2, stages.surging('proxy')],
      [8, left({ outdated: 1, terminating: 0 })],
      [9, stages.done('proxy')],
      [11, left({ outdated: 0, terminating: 1 })],
      [12, left({ outdated: 0, terminating: 0 })],
      [40, stages.done('proxy')],
    ]);
    expect(row).toMatchObject({ tookSeconds: 12, unavailableSeconds: 0, result: 'upgraded' });
  });

  it('sums up the time in which no pod was ready', () => {
    const row = rowOf(stages.old('proxy'), [
      [2, stages.down('proxy')],
      [5, stages.surging('proxy')],
      [10, stages.down('proxy')],
      [14, stages.done('proxy')],
    ]);
    expect(row.unavailableSeconds).toBe(7);
    expect(row.spans.map((span) => span.state)).toEqual(['unavailable', 'rolling', 'unavailable']);
  });

  it('counts the time in which it was stopped, except if it is meant to have no pods or is removed', () => {
    const stopped = component('proxy', { desired: 0, updated: 0, ready: 0, available: 0, podImages: [] });
    const gone = component('proxy', { desired: 0, ready: 0, podImages: [], templateImage: '' });
    const back: [number, Component][] = [
      [2, stopped],
      [20, stages.down('proxy')],
      [25, stages.done('proxy')],
    ];
    expect(rowOf(stages.old('proxy'), back).unavailableSeconds).toBe(23);
    expect(rowOf(stages.old('proxy'), [[2, stopped]], 10).unavailableSeconds).toBe(8);
    expect(rowOf(stopped, [[2, stopped]], 10).unavailableSeconds).toBe(0);
    expect(
      rowOf(
        stages.old('proxy'),
        [
          [2, stopped],
          [4, gone],
        ],
        10,
      ).unavailableSeconds,
    ).toBe(0);
    // A proxy that was removed from its Service terminates without a Deployment, next to one that serves.
    const leaving = component('proxy', { deployment: '', templateImage: '', desired: 0, ready: 0, terminating: 1 });
    const served = rowOf(stages.old('proxy'), [
      [2, leaving],
      [20, stages.done('proxy')],
    ]);
    expect(served.unavailableSeconds).toBe(0);
  });

  it('counts downtime until the end if it never recovered', () => {
    expect(rowOf(stages.old('proxy'), [[10, stages.down('proxy')]], 60)).toMatchObject({
      unavailableSeconds: 50,
      tookSeconds: null,
      result: 'waiting',
    });
  });

  it('counts no downtime before the request', () => {
    const story = begin([component('proxy', { ready: 0, available: 0 })]).later(30);
    const requested = story.emit({ type: 'step-applied', step: helmUpgrade }).later(4).change(stages.done('proxy'));
    expect(report(end(requested, 'succeeded')).components[0]).toMatchObject({ unavailableSeconds: 4, tookSeconds: 4 });
  });

  it('counts no downtime for a Deployment with 0 replicas', () => {
    const none = { desired: 0, updated: 0, ready: 0, available: 0, podImages: [] };
    expect(
      rowOf(component('proxy', none), [[3, component('proxy', { ...none, templateImage: newImage })]]),
    ).toMatchObject({
      unavailableSeconds: 0,
      result: 'stopped',
    });
  });

  it('uses the last time at which it became ready if it lost pods again', () => {
    const row = rowOf(stages.old('proxy'), [
      [2, stages.surging('proxy')],
      [5, stages.done('proxy')],
      [8, stages.down('proxy')],
      [12, stages.done('proxy')],
    ]);
    expect(row.tookSeconds).toBe(12);
  });

  it('is unchanged if only a pod was lost and replaced', () => {
    const row = rowOf(stages.old('proxy'), [
      [4, component('proxy', { ready: 0, available: 0 })],
      [8, stages.old('proxy')],
    ]);
    expect(row).toMatchObject({ result: 'unchanged', tookSeconds: null, unavailableSeconds: 4 });
  });

  it('is upgraded if it rolled with the same image, for a new chart', () => {
    const row = rowOf(stages.old('proxy'), [
      [2, component('proxy', { updated: 0, outdated: 1 })],
      [8, stages.old('proxy')],
    ]);
    expect(row).toMatchObject({ oldImage, newImage: oldImage, result: 'upgraded', tookSeconds: 8 });
  });

  it('counts restarts of this run separately from earlier ones, although removed pods take theirs along', () => {
    const row = rowOf(component('proxy', { restarts: 14 }), [
      [2, { ...stages.surging('proxy'), restarts: 14 }],
      [5, { ...stages.surging('proxy'), restarts: 15 }],
      [9, { ...stages.done('proxy'), restarts: 1 }],
      [20, { ...stages.done('proxy'), restarts: 2 }],
    ]);
    expect(row.restarts).toEqual({ duringRun: 2, total: 2 });
  });

  it('has no old image if the new version added the Deployment', () => {
    const story = beginUpgrade()
      .change(component('mixcoord', { templateImage: newImage, ready: 0, available: 0 }))
      .later(7)
      .change(stages.done('mixcoord'));
    const row = report(end(story, 'succeeded')).components.find((component) => component.role === 'mixcoord');
    expect(row).toMatchObject({ oldImage: null, result: 'upgraded', tookSeconds: 10 });
  });

  it('contains the running image, not that of the template, if a run resumes an incomplete upgrade', () => {
    const story = begin([stages.surging('proxy')]).emit(
      { type: 'step-skipped', step: helmUpgrade },
      { type: 'step-started', step: waitReady },
    );
    const row = report(end(story.later(6).change(stages.done('proxy')), 'succeeded')).components[0];
    expect(row).toMatchObject({ oldImage, newImage, result: 'upgraded', tookSeconds: 6 });
  });

  it('lists the same problem of several pods once, before the condition of the Deployment', () => {
    const waiting = ['a', 'b', 'c'].map((pod) => ({ pod, reason: 'ImagePullBackOff', message: 'not found' }));
    const row = rowOf(stages.old('proxy'), [
      [2, { ...stages.surging('proxy'), waiting, failure: 'ProgressDeadlineExceeded: too late' }],
    ]);
    expect(row).toMatchObject({
      result: 'failed',
      cause: 'ImagePullBackOff: not found (a and 2 more); ProgressDeadlineExceeded: too late',
    });
  });

  it('contains the progress if no cause is known', () => {
    expect(rowOf(stages.old('proxy'), [[2, stages.draining('proxy')]]).cause).toBe(
      'proxy: 1 of 1 ready, 1 terminating',
    );
    expect(rowOf(stages.old('proxy'), [[2, { ...stages.surging('proxy'), paused: true }]]).cause).toBe('paused');
  });

  it('is sorted by role', () => {
    const mixed = ['zilliz', 'standalone', 'proxy', 'querynode', 'mixcoord', 'rootcoord', 'attendant'].map(stages.old);
    expect(report(begin(mixed).events).components.map((component) => component.role)).toEqual([
      'rootcoord',
      'mixcoord',
      'querynode',
      'proxy',
      'standalone',
      'attendant',
      'zilliz',
    ]);
  });
});

describe('the row of a removed Deployment', () => {
  const leftPods = component('indexnode', {
    deployment: '',
    templateImage: '',
    podImages: [oldImage],
    desired: 0,
    updated: 0,
    ready: 0,
    available: 0,
    terminating: 1,
  });
  const gone = { ...leftPods, podImages: [], terminating: 0 };

  it('continues with its remaining pods', () => {
    const row = rowOf(stages.old('indexnode'), [
      [4, leftPods],
      [16, gone],
    ]);
    expect(row).toMatchObject({
      deployment: 'my-milvus-indexnode',
      oldImage,
      newImage: oldImage,
      result: 'removed',
      tookSeconds: 16,
      ready: 0,
      terminating: 0,
    });
    expect(row.spans.map((span) => span.state)).toEqual(['draining']);
  });

  it('does not count as ready if it is reported once more without pods', () => {
    const echo = { ...gone, deployment: 'my-milvus-indexnode' };
    expect(
      rowOf(stages.old('indexnode'), [
        [4, leftPods],
        [4, echo],
      ]),
    ).toMatchObject({ result: 'removed', terminating: 1 });
  });

  it('is removed if a later observation does not contain it', () => {
    const story = beginUpgrade()
      .later(9)
      .emit({ type: 'observed', observation: observationOf(runs.ROLES.slice(1).map(stages.done)) });
    const rows = report(end(story, 'succeeded')).components;
    expect(rows).toHaveLength(8);
    expect(rows[0]).toMatchObject({ role: 'rootcoord', result: 'removed', desired: 0, tookSeconds: 12 });
  });

  it('does not affect another Deployment of its role that still exists', () => {
    const story = begin([stages.old('querynode')]).emit({
      type: 'observed',
      observation: observationOf([stages.old('querynode'), { ...leftPods, role: 'querynode' }]),
    });
    expect(report(story.events).components.map(({ deployment, result }) => [deployment, result])).toEqual([
      ['', 'removed'],
      ['my-milvus-querynode', 'unchanged'],
    ]);
  });

  it('does not mix its pods with another Deployment of its role', () => {
    const other = component('querynode', { deployment: 'my-milvus-querynode-1' });
    const orphans = { ...leftPods, role: 'querynode' };
    const story = begin([stages.old('querynode')]).emit({
      type: 'observed',
      observation: observationOf([other, orphans]),
    });
    const rows = report(story.events).components;
    expect(rows.map(({ deployment, result }) => [deployment, result])).toEqual([
      ['my-milvus-querynode', 'removed'],
      ['my-milvus-querynode-1', 'unchanged'],
    ]);
  });
});

describe('the report of a run that rolled back', () => {
  it('contains both plans, and ends the failed step at the start of the rollback', () => {
    const { steps, plan, rollback, components, runningVersions, problem } = report(runs.rolledBack());
    expect(plan?.to).toBe('2.2.16');
    expect(rollback).toMatchObject({ strategy: 'helm-rollback', to: '2.2.12', chart: { to: '4.0.29' } });
    expect(steps.map(({ id, state, tookSeconds }) => [id.split('@')[1], state, tookSeconds])).toEqual([
      ['2.2.16+chart-4.0.34', 'complete', 3],
      ['2.2.16', 'failed', 97],
      ['revision-6', 'complete', 2],
      ['revision-6', 'complete', 24],
    ]);
    expect(new Set(components.map((component) => component.result))).toEqual(new Set(['rolled-back']));
    expect(runningVersions).toEqual(['2.2.12']);
    expect(problem?.code).toBe('step-stalled');
  });
});

describe('docs/report-schema.json', () => {
  const schema = JSON.parse(
    readFileSync(new URL('../../../../docs/report-schema.json', import.meta.url), 'utf8'),
  ) as object;
  const validate = new Ajv2020({
    allErrors: true,
    strict: true,
    allowUnionTypes: true,
    validateFormats: false,
  }).compile(schema);
  const stories = [
    runs.succeeded,
    runs.unchanged,
    runs.planned,
    runs.refused,
    runs.failed,
    runs.rolledBack,
    () => [],
    () => beginUpgrade().events,
  ];

  it.each(stories.map((buildEvents, at) => [at, buildEvents] as const))(
    'describes the report of story %i',
    (_at, buildEvents) => {
      const written: unknown = JSON.parse(JSON.stringify(report(buildEvents())));
      expect({ valid: validate(written), errors: validate.errors }).toEqual({ valid: true, errors: null });
    },
  );

  it('describes the reports of a migration and of its rollback', async () => {
    const cluster = new FakeMigration();
    for (const requested of [{ 'target-version': '2.2.2' }, { operation: 'rollback', 'target-version': '' }]) {
      const { events } = await runOn(cluster, inputs({ strategy: 'auto', ...requested }));
      const written: unknown = JSON.parse(JSON.stringify(report(events)));
      expect({ valid: validate(written), errors: validate.errors }).toEqual({ valid: true, errors: null });
    }
  });

  it('accepts only schema version 2, the one with the renamed fields', () => {
    expect(report(runs.failed()).schemaVersion).toBe(2);
    expect(validate({ ...report(runs.failed()), schemaVersion: 1 })).toBe(false);
  });

  it('rejects fields that a report does not have', () => {
    expect(validate({ ...report(runs.failed()), password: 'x' })).toBe(false);
    expect(validate({ ...report(runs.failed()), outcome: 'fine' })).toBe(false);
  });
});
