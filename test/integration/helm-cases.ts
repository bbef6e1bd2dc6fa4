// Real Helm installations that were handled wrongly once, reduced to the smallest input: each with the message that the
// product gives now. docs/verification/helm-cases.md is generated from them.
import { evaluateDataOwner } from '../../src/core/checks/data-owner.js';
import { evaluateDependencies } from '../../src/core/checks/dependency-images.js';
import { evaluateTargetImage } from '../../src/core/checks/target-image.js';
import { evaluateUnknownValues } from '../../src/core/checks/unknown-values.js';
import { describeChanges } from '../../src/core/checks/manifest-changes.js';
import { pairObjects } from '../../src/core/checks/manifest.js';
import { findPins } from '../../src/core/helm/pins.js';
import { halfDoneDowngrade } from '../../src/core/knowledge/downgrade.js';
import { WITHOUT_SESSION } from '../../src/core/knowledge/session-roles.js';
import { readConfiguration } from '../../src/core/model/milvus-configuration.js';
import { imageForVersion, version, whyNoImage } from '../../src/core/model/version.js';
import { evaluateHelmStep } from '../../src/core/helm/status.js';
import type { CheckResult } from '../../src/core/model/check-result.js';
import type { Manager } from '../../src/core/model/manager.js';
import {
  begin,
  component,
  end,
  helmUpgrade,
  newImage,
  observationOf,
  stages,
  subject,
  waitReady,
} from '../support/events.js';
import { chartChangesOf } from '../../src/core/platforms/registry.js';
import { readReport } from '../../src/core/report/read-report.js';
import { FakeCluster, type FakeOptions } from '../support/fake-cluster.js';
import { inputs } from '../support/inputs.js';
import { deployment, object } from '../support/objects.js';
import { ofType, runOn, type RunResult } from '../support/tools.js';

export interface HelmCase {
  readonly id: string;
  readonly installation: string;
  /** What the product says now: one text per message. */
  readonly messages: () => Promise<readonly string[]> | readonly string[];
}

type Given = Parameters<typeof inputs>[0];

function plan(from: string, options: FakeOptions, given: Given): Promise<RunResult> {
  return runOn(new FakeCluster(from, options), inputs({ operation: 'plan', strategy: 'auto', ...given }));
}

const failed = (result: RunResult): string[] =>
  ofType(result, 'plan-refused').flatMap(({ failedChecks }) => failedChecks.map(describe));
const describe = ({ id, state, reason, remedy }: CheckResult): string =>
  [`${state} \`${id}\`: ${reason}.`, remedy].filter(Boolean).join(' ');
const checkOf = (result: RunResult, id: string): string[] =>
  ofType(result, 'plan-created').flatMap(({ plan: { checks } }) =>
    checks.filter((check) => check.id === id).map(describe),
  );

async function withoutRelease(managers: readonly Manager[]): Promise<readonly string[]> {
  const cluster = new FakeCluster('2.5.16', { withoutRelease: { deployments: ['my-milvus-proxy'], managers } });
  const { problem } = await runOn(cluster, inputs({ 'target-version': '2.5.27' }));
  return [`${problem?.what}: ${problem?.why}. ${problem?.remedy}`];
}

const SEPARATE = { mixCoordinator: { enabled: false }, rootCoordinator: { enabled: true } };
const CHARTS_24 = ['4.1.36=2.4.5', '4.2.20=2.4.16', '4.2.25=2.4.17', '4.2.58=2.5.16'].map((row) => {
  const [chart = '', appVersion = ''] = row.split('=');
  return { version: chart, appVersion };
});
const minio = (image: string) =>
  object('Deployment', 'my-minio', { spec: { template: { spec: { containers: [{ name: 'minio', image }] } } } });

function reasonOf(state: ReturnType<typeof evaluateHelmStep>): string[] {
  return state.state === 'stalled' ? [`step stalled: ${state.reason}`] : [state.state];
}

export const HELM_CASES: readonly HelmCase[] = [
  {
    id: 'H1',
    installation: 'release of the chart `stack` 1.1.0 with Milvus as a dependency, and the Milvus chart as `chart`',
    messages: async () =>
      failed(
        await plan(
          '2.5.4',
          {
            chartName: 'stack',
            chartVersion: '1.1.0',
            dependency: { key: 'milvus', version: '4.2.37', rendered: '4.2.37' },
            charts: [{ name: 'milvus', version: '4.2.58', appVersion: '2.5.16' }],
          },
          { 'target-version': '2.5.27', set: 'cluster.enabled=false' },
        ),
      ),
  },
  {
    id: 'H2',
    installation: 'a chart whose templates do not use `image.all`',
    messages: () => {
      const labels = { 'app.kubernetes.io/instance': 'my', component: 'proxy' };
      const made = deployment('proxy');
      const own = { ...made, metadata: { ...made.metadata, labels } };
      return evaluateTargetImage([own], { release: 'my', image: 'milvusdb/milvus:v2.2.16' }).map(describe);
    },
  },
  {
    id: 'H3 (a)',
    installation: 'no Helm record; Deployments of an Argo CD Application',
    messages: () => withoutRelease([{ tool: 'argocd', name: 'vectors', namespace: '' }]),
  },
  {
    id: 'H3 (b)',
    installation: 'no Helm record; Deployments of the Milvus operator',
    messages: () => withoutRelease([{ tool: 'milvus-operator', name: 'my', namespace: '' }]),
  },
  {
    id: 'H3 (c)',
    installation: 'no Helm record; Deployments without a manager (`helm template`, kustomize)',
    messages: () => withoutRelease([]),
  },
  {
    id: 'H4',
    installation: 'release of a Flux HelmRelease',
    messages: async () =>
      failed(
        await plan(
          '2.2.12',
          { managers: [{ tool: 'flux-helm', name: 'vectors', namespace: 'gitops' }] },
          { 'target-version': '2.2.16' },
        ),
      ),
  },
  {
    id: 'H5 (a)',
    installation: 'another client creates a revision while the run waits',
    messages: () => {
      const seen = observationOf([]);
      const release = { ...seen.release!, isForeign: true };
      return reasonOf(evaluateHelmStep(waitReady, { ...seen, release }));
    },
  },
  {
    id: 'H5 (b)',
    installation: 'another client resumes a paused Deployment while the run waits',
    messages: () => {
      const change = { deployment: 'my-milvus-proxy', changes: ['spec.paused: true → nothing'], manager: '', at: '' };
      return reasonOf(evaluateHelmStep(waitReady, observationOf([], { foreignWrites: [change] })));
    },
  },
  {
    id: 'H6',
    installation: 'standalone of 2.6 whose default.yaml has the key `mq` twice',
    messages: () => {
      const text = 'etcd:\n  endpoints: [e:2379]\nmq:\n  type: rocksmq\nmq:\n  type: woodpecker\n';
      const read = readConfiguration({ 'default.yaml': text }, 'standalone', version('2.6.15'));
      return [`message queue ${read.messageQueue}, etcd ${read.etcd.endpoints.join(', ')}`];
    },
  },
  {
    id: 'H7',
    installation: 'standalone with the configuration of the image: `mq.type: default`, `pulsar.address: localhost`',
    messages: () =>
      ['2.5.16', '2.6.15'].map((running) => {
        const files = { 'milvus.yaml': 'mq:\n  type: default\npulsar:\n  address: localhost\n' };
        return `${running}: message queue ${readConfiguration(files, 'standalone', version(running)).messageQueue}`;
      }),
  },
  {
    id: 'H8',
    installation: 'PersistentVolumeClaim without a namespace before, with the namespace of the release after',
    messages: () => {
      const claim = (namespace: object, storageClassName: string) =>
        object('PersistentVolumeClaim', 'milvus', { metadata: { ...namespace }, spec: { storageClassName } });
      const pairs = pairObjects([claim({}, 'a')], [claim({ namespace: 'default' }, 'b')], 'default');
      return describeChanges(pairs).map(({ action, kind, name }) => `${action} ${kind}/${name}`);
    },
  },
  {
    id: 'H9',
    installation: '2.4.24 with separate coordinators, target 2.5.27, and the five values that `topology-first` names',
    messages: async () => {
      const off = ['root', 'query', 'index', 'data'].map((name) => `${name}Coordinator.enabled=false`);
      const values = { cluster: { enabled: true }, ...SEPARATE };
      const options = { chartVersion: '4.2.20', values, charts: CHARTS_24 };
      const set = ['mixCoordinator.enabled=true', ...off].join('\n');
      const result = await plan('2.4.24', options, { 'target-version': '2.5.27', set });
      const [created] = ofType(result, 'plan-created');
      return [`${created?.plan.strategy}: ${created?.plan.steps.map(({ id }) => id).join(', ')}`];
    },
  },
  {
    id: 'H10',
    installation: '`image.all.pullSecrets`, which only the templates of the chart read',
    messages: () => {
      const chart = { defaults: { image: { all: { tag: '' } } }, templates: ['{{ .Values.image.all.pullSecrets }}'] };
      return evaluateUnknownValues({ image: { all: { pullSecrets: ['r'] } } }, { ...chart, subcharts: [] }).map(
        describe,
      );
    },
  },
  {
    id: 'H11',
    installation: 'tags of mirrors, variants, digests and builds, target 2.5.27',
    messages: () =>
      ['h/milvus:2.5.16', 'milvus:v2.5.16-debug', 'milvus:v2.5.16@sha256:ab', 'milvus:v2.5.16-fips'].map((image) => {
        const why = whyNoImage(image, version('2.5.27'));
        return why === '' ? `${image} → ${imageForVersion(image, version('2.5.27'))}` : `refused: ${why}`;
      }),
  },
  {
    id: 'H12',
    installation: 'MinIO as a Deployment, whose repository the new chart changes',
    messages: () => {
      const image = (repository: string) => ({ minio: { enabled: true, image: { repository, tag: 'T' } } });
      const pins = findPins(image('minio/minio'), image('quay.io/minio/minio'), {});
      const pair = { before: minio('minio/minio:T'), after: minio('quay.io/minio/minio:T') };
      return [
        ...pins.map(({ path, value }) => `pinned: ${path}=${String(value)}`),
        ...evaluateDependencies([pair]).map(describe),
      ];
    },
  },
  {
    id: 'H13',
    installation: 'standalone with RocksMQ and a leftover `pulsar.enabled: true`, target 2.4.24',
    messages: async () => {
      const values = { cluster: { enabled: false }, pulsar: { enabled: true } };
      const options = { topology: 'standalone', messageQueue: 'rocksmq', chartVersion: '4.1.36', values } as const;
      const result = await plan('2.4.5', { ...options, charts: CHARTS_24 }, { 'target-version': '2.4.24' });
      return ofType(result, 'plan-created')
        .map(({ plan: created }) => chartChangesOf(created).chart)
        .map((chart) => `chart ${chart?.to}: ${chart?.why}`);
    },
  },
  {
    id: 'H14',
    installation: 'standalone with a volume, 2.6.22 → 3.0.2, `securityContext: {}`',
    messages: () => {
      const image = 'milvusdb/milvus:v3.0.2';
      const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'my-milvus' } }];
      const move = { from: version('2.6.22'), to: version('3.0.2'), image };
      return evaluateDataOwner([deployment('standalone', { image, pod: { volumes } })], move).map(describe);
    },
  },
  {
    id: 'H15',
    installation: '2.3.13 with separate coordinators, target 2.6.22, `hops: one`',
    messages: async () =>
      failed(
        await plan(
          '2.3.13',
          { chartVersion: '4.1.28', charts: [{ version: '5.0.19', appVersion: '2.6.15' }, ...CHARTS_24] },
          { 'target-version': '2.6.22', hops: 'one' },
        ),
      ),
  },
  {
    id: 'H16',
    installation: 'a plan across a minor version, 2.2.16 → 2.3.5',
    messages: async () =>
      checkOf(await plan('2.2.16', { chartVersion: '4.0.34' }, { 'target-version': '2.3.5' }), 'rollback'),
  },
  {
    id: 'H17',
    installation: 'rolling upgrade 2.2.16 → 2.3.5 with separate coordinators',
    messages: () =>
      WITHOUT_SESSION.map(({ role, since, why }) => `the session of ${role} is not awaited from ${since} on: ${why}`),
  },
  {
    id: 'H18',
    installation: 'pods of 2.2.16 and 2.3.5, target 2.2.16',
    messages: () =>
      halfDoneDowngrade({ from: version('2.2.16'), to: version('2.2.16'), newest: version('2.3.5') }).map(describe),
  },
  {
    id: 'H19',
    installation: 'a rolling upgrade in which the proxy goes first, and its settings are restored at the end',
    messages: () => {
      const story = begin([stages.old('proxy')]).emit(
        { type: 'step-started', step: helmUpgrade },
        { type: 'step-applied', step: helmUpgrade },
      );
      story.later(2).change(stages.surging('proxy')).later(12).change(stages.done('proxy'));
      story.later(90).change(component('proxy', { templateImage: newImage, settledSpec: false }));
      story.later(1).change(stages.done('proxy'));
      const { components } = readReport(end(story, 'succeeded'), subject);
      return components.map(({ role, tookSeconds }) => `${role}: took ${tookSeconds} s of the 105 s of the run`);
    },
  },
];
