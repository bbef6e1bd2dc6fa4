// Example runs as lists of events, for the tests of everything that reads events.
import type { Event, EventDraft } from '../../src/core/model/event.js';
import type { Component } from '../../src/core/model/component.js';
import type { CheckResult } from '../../src/core/model/check-result.js';
import type { ReportSubject } from '../../src/core/report/report.js';
import { SecretValues } from '../../src/core/model/values.js';
import { version } from '../../src/core/model/version.js';
import type { HelmObservation, Release } from '../../src/core/helm/observation.js';
import { helmObservation } from './observations.js';
import type { HelmPlan, HelmRollbackStep, HelmUpgradeStep, WaitReadyStep } from '../../src/core/helm/step.js';

export const oldImage = 'milvusdb/milvus:v2.2.12';
export const newImage = 'milvusdb/milvus:v2.2.16';
/** Must never appear in any output. */
export const SECRET = 'hunter2-of-minio';

export const subject: ReportSubject = {
  platform: 'helm',
  release: 'my',
  namespace: 'milvus-prod',
  targetVersion: '2.2.16',
  operation: 'upgrade',
};

/** Collects events; the clock advances only explicitly. */
export class Story {
  readonly events: Event[] = [];
  #milliseconds = Date.UTC(2026, 0, 15, 3, 0, 0);
  later(seconds: number): this {
    this.#milliseconds += seconds * 1000;
    return this;
  }
  emit(...drafts: readonly EventDraft[]): this {
    const at = new Date(this.#milliseconds).toISOString();
    this.events.push(...drafts.map((draft) => ({ at, ...draft }) as Event));
    return this;
  }
  change(...components: readonly Component[]): this {
    return this.emit(...components.map((component) => ({ type: 'component-changed', component }) as const));
  }
}

/** A settled component with one pod of the old version. */
export function component(role: string, over: Partial<Component> = {}): Component {
  return {
    role,
    deployment: `my-milvus-${role}`,
    templateImage: oldImage,
    podImages: [over.templateImage ?? oldImage],
    desired: 1,
    updated: 1,
    ready: 1,
    available: 1,
    outdated: 0,
    terminating: 0,
    restarts: 0,
    waiting: [],
    settledSpec: true,
    paused: false,
    failure: '',
    ...over,
  };
}

/** The stages of one Deployment's rollout. */
export const stages = {
  old: (role: string): Component => component(role),
  surging: (role: string): Component =>
    component(role, { templateImage: newImage, podImages: [oldImage, newImage], outdated: 1 }),
  down: (role: string): Component =>
    component(role, { templateImage: newImage, podImages: [newImage], ready: 0, available: 0 }),
  draining: (role: string): Component =>
    component(role, { templateImage: newImage, podImages: [oldImage, newImage], terminating: 1 }),
  done: (role: string): Component => component(role, { templateImage: newImage }),
};

export const ROLES = [
  'rootcoord',
  'datacoord',
  'querycoord',
  'indexcoord',
  'datanode',
  'indexnode',
  'querynode',
  'proxy',
];

export function observationOf(components: readonly Component[], over: Partial<HelmObservation> = {}): HelmObservation {
  return helmObservation({
    takenAt: '2026-01-15T03:00:00.000Z',
    release: release(components),
    components,
    etcd: { endpoints: ['my-etcd-0.my-etcd-headless:2379', 'my-etcd-1.my-etcd-headless:2379'], rootPath: 'by-dev' },
    ...over,
  });
}

function release(components: readonly Component[]): Release {
  const values = new SecretValues({ minio: { rootPassword: SECRET } });
  const latest = {
    revision: 6,
    status: 'deployed',
    chartName: 'milvus',
    chartVersion: '4.0.29',
    appVersion: '2.2.12',
    updatedAt: '2025-11-02T10:00:00.000Z',
    description: 'Upgrade complete',
    values,
    computedValues: values,
    deployments: components.map((component) => component.deployment),
  } as const;
  return { name: 'my', namespace: 'milvus-prod', latest, deployed: latest, startedBy: '' };
}

export const helmUpgrade: HelmUpgradeStep = {
  kind: 'helm-upgrade',
  id: 'helm-upgrade/my@2.2.16+chart-4.0.34',
  timeoutSeconds: 1800,
  chart: { kind: 'repository', reference: 'milvus/milvus', url: 'https://zilliztech.github.io/milvus-helm/' },
  chartVersion: '4.0.34',
  image: newImage,
  values: new SecretValues({
    minio: { rootPassword: SECRET },
    image: { all: { repository: 'milvusdb/milvus', tag: 'v2.2.16' } },
  }),
};

export const waitReady: WaitReadyStep = {
  kind: 'wait-ready',
  id: 'wait-ready/my@2.2.16',
  timeoutSeconds: 1800,
  image: newImage,
  version: version('2.2.16'),
};

export function plan(over: Partial<HelmPlan> = {}): HelmPlan {
  return {
    platform: 'helm',
    strategy: 'helm-upgrade',
    from: version('2.2.12'),
    to: version('2.2.16'),
    image: newImage,
    chart: { from: '4.0.29', to: '4.0.34', why: 'the newest chart of the 2.2 line' },
    hops: [
      {
        from: version('2.2.12'),
        to: version('2.2.16'),
        pathKind: 'plain',
        rollingPossible: false,
        why: 'patch releases of 2.2 read the same metadata',
        source: 'milvus.io/docs/v2.2.x/upgrade_milvus_cluster-helm.md',
        outline: [],
      },
    ],
    steps: [helmUpgrade, waitReady],
    settings: [],
    pins: [
      {
        path: 'queryNode.replicas',
        value: 1,
        newDefault: 3,
        why: 'the number of pods is not changed by an upgrade',
        source: 'zilliztech/milvus-helm 4.0.34 values.yaml',
      },
      {
        path: 'etcd.image.tag',
        value: '3.5.5-r2',
        newDefault: undefined,
        why: 'etcd is not upgraded together with Milvus',
        source: 'zilliztech/milvus-helm#12',
      },
    ],
    checks: [
      {
        id: 'advisory-2.2.14',
        state: 'warn',
        reason: 'bulk inserts may stall on 2.2.14',
        remedy: '',
        source: 'milvus-io/milvus#26634',
        skippable: false,
      },
      {
        id: 'release-failed',
        state: 'skipped',
        reason: 'revision 5 of release my is failed',
        remedy: '',
        source: 'helm history',
        skippable: true,
      },
    ],
    ...over,
  };
}

export const failedChecks: readonly CheckResult[] = [
  {
    id: 'deployment-unhealthy',
    state: 'fail',
    reason: 'my-milvus-querynode is not healthy before the upgrade (querynode: 0 of 1 ready, CrashLoopBackOff)',
    remedy: 'Fix this first; an upgrade would hide the cause. Skip this check if the upgrade is the fix.',
    source: 'the status of the Deployment',
    skippable: true,
  },
  {
    id: 'skips-minor',
    state: 'fail',
    reason: '2.2.12 → 2.6.15 leaps over 2.3, 2.4 and 2.5',
    remedy: 'Upgrade to 2.3.22, then 2.4.23, then 2.5.27, then 2.6.15.',
    source: 'milvus.io/docs/v2.6.x/upgrade_milvus_cluster-helm.md',
    skippable: true,
  },
  {
    id: 'stop-first',
    state: 'fail',
    reason: '2.6 needs the mixed coordinator',
    remedy: 'Set target-version: 2.5.16 first.',
    source: 'zilliztech/milvus-helm README',
    skippable: false,
  },
];

/** A run up to its first observation. */
export function begin(components: readonly Component[] = ROLES.map(stages.old)): Story {
  return new Story()
    .emit({ type: 'phase-started', phase: 'inputs' }, { type: 'phase-started', phase: 'observe' })
    .later(0.4)
    .emit({ type: 'observed', observation: observationOf(components) });
}

/** A run up to the end of its helm upgrade, which starts the rollout of every Deployment. */
export function beginUpgrade(): Story {
  return begin()
    .emit({ type: 'phase-started', phase: 'plan' })
    .later(1.6)
    .emit(
      { type: 'plan-created', plan: plan() },
      { type: 'phase-started', phase: 'run' },
      { type: 'step-started', step: helmUpgrade },
    )
    .emit({ type: 'step-applied', step: helmUpgrade })
    .later(3)
    .emit({
      type: 'command-ran',
      command: ['helm', 'upgrade', 'my', 'milvus/milvus', '--version', '4.0.34'],
      exitCode: 0,
      seconds: 2.8,
    })
    .change(...ROLES.map(stages.surging))
    .emit({ type: 'step-completed', step: helmUpgrade, tookSeconds: 3 }, { type: 'step-started', step: waitReady });
}

export function end(story: Story, outcome: Extract<Event, { type: 'ended' }>['outcome']): readonly Event[] {
  return story.emit({ type: 'phase-started', phase: 'result' }, { type: 'ended', outcome }).events;
}

export function succeeded(): readonly Event[] {
  const story = beginUpgrade();
  for (const role of ROLES.slice(0, 4)) story.later(4).change(stages.down(role)).later(3).change(stages.done(role));
  story.emit({ type: 'step-waiting', step: waitReady, waitingFor: 'datanode: 1 of 1 ready, 1 old', sinceSeconds: 28 });
  for (const role of ROLES.slice(4)) story.later(6).change(stages.draining(role));
  story.emit({
    type: 'step-waiting',
    step: waitReady,
    waitingFor: 'querynode: 1 of 1 ready, 1 terminating',
    sinceSeconds: 52,
  });
  for (const role of ROLES.slice(4)) story.later(8.5).change(stages.done(role));
  story.change({ ...stages.done('proxy'), restarts: 1 });
  return end(story.emit({ type: 'step-completed', step: waitReady, tookSeconds: 86 }), 'succeeded');
}

export function unchanged(): readonly Event[] {
  const nothing = plan({
    strategy: 'nothing',
    from: version('2.2.16'),
    hops: [],
    pins: [],
    checks: [],
    chart: { from: '4.0.34', to: '4.0.34', why: 'it is installed' },
  });
  return end(begin(ROLES.map(stages.done)).later(1).emit({ type: 'plan-created', plan: nothing }), 'unchanged');
}

export function planned(): readonly Event[] {
  return end(
    begin().emit({ type: 'phase-started', phase: 'plan' }).later(1).emit({ type: 'plan-created', plan: plan() }),
    'planned',
  );
}

export function refused(): readonly Event[] {
  const sick = component('querynode', {
    ready: 0,
    available: 0,
    restarts: 14,
    waiting: [{ pod: 'my-milvus-querynode-7d9c-abcde', reason: 'CrashLoopBackOff', message: '' }],
  });
  const story = begin([...ROLES.filter((role) => role !== 'querynode').map(stages.old), sick]).emit({
    type: 'phase-started',
    phase: 'plan',
  });
  return end(story.later(1).emit({ type: 'plan-refused', plan: null, failedChecks }), 'refused');
}

const pullProblem = 'Back-off pulling image "registry.example.com/milvus:v2.2.16": not found | <none>';

export function failed(): readonly Event[] {
  const story = beginUpgrade();
  for (const role of ROLES.slice(0, 6)) story.later(5).change(stages.done(role));
  const waiting = [{ pod: 'my-milvus-querynode-7d9c-abcde', reason: 'ImagePullBackOff', message: pullProblem }];
  const stuck = { ...stages.surging('querynode'), desired: 2, updated: 1, ready: 1, available: 1, waiting };
  story.change(stuck).emit({
    type: 'step-waiting',
    step: waitReady,
    waitingFor: 'querynode: 1 of 2 ready, 1 old, ImagePullBackOff',
    sinceSeconds: 31,
  });
  story.later(540).change({
    ...stuck,
    failure: 'ProgressDeadlineExceeded: ReplicaSet "my-milvus-querynode-7d9c" has timed out progressing.',
  });
  story.emit({ type: 'warned', message: 'the watch of pods was interrupted (410 Gone); resuming it' }).emit({
    type: 'failed',
    problem: {
      code: 'step-stalled',
      what: 'wait-ready/my@2.2.16 cannot continue',
      why: `querynode: 1 of 2 ready, 1 old, ImagePullBackOff. ProgressDeadlineExceeded (my-milvus-querynode-7d9c-abcde: ImagePullBackOff: ${pullProblem})`,
      remedy:
        'The installation was left in its current state. Fix the cause and run the action again: it resumes from there.',
    },
  });
  return end(story, 'failed');
}

const helmRollback: HelmRollbackStep = {
  kind: 'helm-rollback',
  id: 'helm-rollback/my@revision-6',
  timeoutSeconds: 1800,
  revision: 6,
  chartVersion: '4.0.29',
  image: oldImage,
  values: new SecretValues({ minio: { rootPassword: SECRET } }),
};

const settleBack: WaitReadyStep = {
  kind: 'wait-ready',
  id: 'wait-ready/my@revision-6',
  timeoutSeconds: 1800,
  image: oldImage,
  version: version('2.2.12'),
};

/** The plan of the rollback of `plan()`. */
export function planBack(): HelmPlan {
  const hop = {
    from: version('2.2.16'),
    to: version('2.2.12'),
    pathKind: 'plain',
    rollingPossible: true,
    why: 'within one minor an older patch starts',
    source: 'milvus-io/milvus#46451',
    outline: [],
  } as const;
  const chart = { from: '4.0.34', to: '4.0.29', why: 'the chart of revision 6' };
  return plan({
    strategy: 'helm-rollback',
    from: version('2.2.16'),
    to: version('2.2.12'),
    image: oldImage,
    chart,
    hops: [hop],
    steps: [helmRollback, settleBack],
    pins: [],
    checks: [],
  });
}

/** The proxy crashes with the new version, and the release is rolled back. */
export function rolledBack(): readonly Event[] {
  const story = beginUpgrade();
  for (const role of ROLES.slice(0, 7)) story.later(5).change(stages.done(role));
  const waiting = [
    {
      pod: 'my-milvus-proxy-7d9c-abcde',
      reason: 'CrashLoopBackOff',
      message: 'back-off 20s restarting failed container',
    },
  ];
  story.change({ ...stages.surging('proxy'), waiting, restarts: 4 });
  story
    .emit({ type: 'step-waiting', step: waitReady, waitingFor: 'proxy (CrashLoopBackOff, 1 old)', sinceSeconds: 35 })
    .later(60);
  const problem = {
    code: 'step-stalled',
    what: 'wait-ready/my@2.2.16 cannot continue',
    why: 'proxy: 1 of 1 ready, 1 old, CrashLoopBackOff',
    remedy:
      'The release was rolled back and runs milvusdb/milvus:v2.2.12 with chart 4.0.29 again. Fix the cause, which the diagnostics show, and run the action again.',
  } as const;
  const head = [
    'my-milvus-proxy-7d9c-abcde: Running; proxy (milvusdb/milvus:v2.2.16): CrashLoopBackOff, 4 restarts',
    '  event: BackOff: Back-off restarting failed container',
    '  proxy, before it restarted: panic: cannot reach <etcd> | ``` $x$ @octocat',
  ];
  story.emit({
    type: 'evidence-saved',
    directory: '/tmp/runner/milvus-upgrade-evidence/milvus-prod-my',
    files: ['events.txt', 'index.md'],
    head,
  });
  story
    .later(2)
    .emit(
      { type: 'rollback-started', plan: planBack(), reason: problem },
      { type: 'step-started', step: helmRollback },
      { type: 'step-applied', step: helmRollback },
    );
  story.later(2).emit({ type: 'command-ran', command: ['helm', 'rollback', 'my', '6'], exitCode: 0, seconds: 1.9 });
  const surgingBack = (role: string): Component => ({ ...stages.surging(role), templateImage: oldImage });
  story
    .change(...ROLES.map(surgingBack))
    .emit({ type: 'step-completed', step: helmRollback, tookSeconds: 2 }, { type: 'step-started', step: settleBack });
  for (const role of ROLES) story.later(3).change(stages.old(role));
  story.emit(
    { type: 'step-completed', step: settleBack, tookSeconds: 24 },
    { type: 'observed', observation: observationOf(ROLES.map(stages.old)) },
    { type: 'failed', problem },
  );
  return end(story, 'rolled-back');
}
