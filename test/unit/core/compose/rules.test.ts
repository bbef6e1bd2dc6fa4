// The checks of the current state of a project that refuse an upgrade.
import { describe, expect, it } from '@jest/globals';
import { planProjectUpgrade } from '../../../../src/core/compose/plan.js';
import { findProjectRoute } from '../../../../src/core/compose/route.js';
import { failedChecksOfProject } from '../../../../src/core/compose/rules.js';
import type {
  ComposeObservation,
  ProjectObservation,
  ServiceObservation,
} from '../../../../src/core/compose/observation.js';
import { SecretString } from '../../../../src/core/redaction/secret-string.js';
import { SecretValues } from '../../../../src/core/model/values.js';
import {
  containerObservation,
  observationOfProject,
  projectObservation,
  serviceObservation,
} from '../../../support/containers.js';
import { composeConfig } from '../../../support/configs.js';

interface Case {
  readonly config?: Parameters<typeof composeConfig>[0];
  readonly service?: Partial<ServiceObservation>;
  readonly project?: Partial<ProjectObservation>;
  readonly observation?: Partial<ComposeObservation>;
  readonly release?: string;
  /** The file has a second Milvus service, `base`. */
  readonly twice?: boolean;
}

function failedChecks({
  config: written = {},
  service = {},
  project: said = {},
  observation: observed = {},
  release = '2.2.12',
  twice = false,
}: Case): ReturnType<typeof failedChecksOfProject> {
  const image = `milvusdb/milvus:v${release}`;
  const text = new SecretString(
    `services: {standalone: {image: "${image}"}${twice ? `, base: {image: "${image}"}` : ''}}`,
  );
  const own = serviceObservation({ image, containers: [containerObservation({ image })], ...service });
  const project = projectObservation({
    files: [{ kind: 'compose', path: 'docker-compose.yml', text }],
    services: [own],
    ...said,
  });
  const [config, observation] = [composeConfig(written), observationOfProject(project, observed)];
  const route = findProjectRoute(config, observation);
  if (!route) throw new Error('the running version is unknown');
  return failedChecksOfProject({ config, observation, route });
}

const ended = containerObservation({ state: 'exited' });
const notes = { run: 'r', since: 's', from: '2.2.12', to: '2.2.16', images: {}, files: [] };
const queue = { config: { 'target-version': '2.6.1' }, release: '2.5.10' };
const journal = {
  run: 'r',
  since: 's',
  from: '2.1.4',
  to: '2.2.16',
  image: 'x',
  rootPath: 'by-dev',
  replicas: {},
  closed: false,
};
const migration = {
  journal,
  jobs: [],
  keeper: { state: 'ready', reason: '' },
  stoppedSince: '',
  foreignSessionsSince: '',
  gone: [],
  hasServed: false,
} as const;

describe('an upgrade of a project', () => {
  it.each<[string, Case, readonly string[]]>([
    ['no check fails', {}, []],
    ['source-version is another version', { config: { 'source-version': '2.2.11' } }, ['source-version-differs']],
    ['the strategy is only for Kubernetes', { config: { strategy: 'rolling' } }, ['strategy-does-not-fit']],
    ['the path needs no migration', { config: { strategy: 'migrate' } }, ['strategy-does-not-fit']],
    ['the image is pinned by a digest', { release: '2.2.12@sha256:0123' }, ['image-needed']],
    ['the tag has an unknown suffix', { release: '2.2.12-fips' }, ['image-needed']],
    [
      'the image of the target is set',
      { release: '2.2.12-fips', config: { image: 'milvusdb/milvus:v2.2.16-fips' } },
      [],
    ],
    [
      'the image of the target is set with a digest',
      { release: '2.2.12@sha256:01', config: { image: 'milvusdb/milvus:v2.2.16@sha256:23' } },
      [],
    ],
    [
      'the container runs another image',
      { service: { containers: [containerObservation({ image: 'acme/milvus:v2.2.12' })] } },
      ['running-image-differs'],
    ],
    [
      'Compose reads another image than this action',
      { service: { image: 'milvusdb/milvus:v2.2.11' } },
      ['image-not-editable'],
    ],
    ['no file sets the image', { project: { files: [] } }, ['image-not-editable']],
    ['there is no container', { service: { containers: [] } }, ['project-not-up']],
    [
      'only other services have a container',
      {
        project: { services: [serviceObservation({ containers: [] }), serviceObservation({ name: 'etcd', role: '' })] },
      },
      ['project-not-up'],
    ],
    [
      'another service has no container',
      {
        project: { services: [serviceObservation(), serviceObservation({ name: 'base', containers: [] })] },
        twice: true,
      },
      ['service-unhealthy'],
    ],
    ['no container is running', { service: { containers: [ended] } }, ['service-unhealthy']],
    [
      'the container is unhealthy',
      { service: { containers: [containerObservation({ health: 'unhealthy' })] } },
      ['service-unhealthy'],
    ],
    [
      'a container is paused',
      { service: { containers: [containerObservation({ state: 'paused' })] } },
      ['service-paused'],
    ],
    [
      'no container is running during an incomplete upgrade',
      { service: { containers: [ended] }, project: { upgradeState: notes } },
      [],
    ],
    ['the metadata is in MySQL', { observation: { metastore: 'mysql' } }, ['metastore-mysql']],
    ['the queue would change', queue, ['message-queue-would-change']],
    ['the queue is set', { ...queue, service: { environment: new SecretValues({ MQ_TYPE: 'rocksmq' }) } }, []],
    [
      'the queue is set by the name that Milvus uses',
      { ...queue, service: { environment: new SecretValues({ mqtype: 'rocksmq' }) } },
      [],
    ],
    [
      'the queue is set with a dot',
      { ...queue, service: { environment: new SecretValues({ 'mq.type': 'rocksmq' }) } },
      [],
    ],
    [
      'the queue is set to the default',
      { ...queue, service: { environment: new SecretValues({ MQ_TYPE: 'default' }) } },
      ['message-queue-would-change'],
    ],
    [
      'the files set another queue',
      { ...queue, service: { environment: new SecretValues({ MQ_TYPE: 'woodpecker' }) } },
      ['message-queue-would-change'],
    ],
    [
      'the container was started with another queue',
      {
        config: { 'target-version': '2.6.16' },
        release: '2.6.10',
        service: {
          environment: new SecretValues({ MQ_TYPE: 'woodpecker' }),
          containers: [
            containerObservation({
              image: 'milvusdb/milvus:v2.6.10',
              environment: new SecretValues({ MQ_TYPE: 'rocksmq' }),
            }),
          ],
        },
      },
      ['message-queue-would-change'],
    ],
    [
      'the files set the queue of 2.6 explicitly',
      {
        config: { 'target-version': '2.6.16' },
        release: '2.6.10',
        service: { environment: new SecretValues({ MQ_TYPE: 'woodpecker' }) },
      },
      [],
    ],
    [
      'a cluster gets 2.6 without a streaming node',
      { ...queue, service: { role: 'mixcoord' } },
      ['streaming-node-missing'],
    ],
    ['a streaming node runs', { ...queue, service: { role: 'streamingnode' } }, []],
    [
      'a cluster stays on 2.5',
      { config: { 'target-version': '2.5.12' }, release: '2.5.10', service: { role: 'mixcoord' } },
      [],
    ],
    ['the queue is not RocksMQ', { ...queue, observation: { messageQueue: 'pulsar' } }, []],
    ['the queue does not change on this path', { config: { 'target-version': '2.5.12' }, release: '2.5.10' }, []],
  ])('where %s is refused only for that reason', (_, question, codes) => {
    expect(failedChecks(question).map((check) => check.id)).toEqual(codes);
  });

  it('is not refused if no container is running during an incomplete migration', () => {
    const question: Case = { release: '2.1.4', service: { containers: [ended] }, observation: { migration } };
    expect(failedChecks(question).map((check) => check.id)).toEqual([]);
  });

  it('can skip the check of an unhealthy service, never that of a paused one', () => {
    expect(failedChecks({ service: { containers: [ended] } })[0]?.skippable).toBe(true);
    expect(failedChecks({ service: { containers: [containerObservation({ state: 'paused' })] } })[0]?.skippable).toBe(
      false,
    );
  });

  it('reports an unhealthy service in terms of Compose', () => {
    expect(failedChecks({ service: { containers: [ended] } })[0]?.reason).toBe(
      'the service standalone has no running container',
    );
  });

  it('is refused if both versions of a migration run and no migration is in progress', () => {
    const containers = [
      containerObservation({ image: 'milvusdb/milvus:v2.1.4' }),
      containerObservation({ id: 'c2', image: 'milvusdb/milvus:v2.2.16' }),
    ];
    expect(failedChecks({ release: '2.1.4', service: { containers } }).map((check) => check.id)).toContain(
      'started-without-migration',
    );
  });

  it('ignores upgrade state that a complete migration has left', () => {
    const image = 'milvusdb/milvus:v2.2.16';
    const left = { ...notes, from: '2.1.4' };
    const files = [
      { kind: 'compose', path: 'a', text: new SecretString(`services: {standalone: {image: "${image}"}}`) },
    ] as const;
    const project = projectObservation({
      files,
      upgradeState: left,
      services: [serviceObservation({ image, containers: [containerObservation({ image })] })],
    });
    const observation = observationOfProject(project, {
      migration: { ...migration, journal: { ...journal, closed: true } },
    });
    const route = findProjectRoute(composeConfig(), observation);
    const planned = route && planProjectUpgrade(composeConfig(), observation, route);
    expect(planned).toMatchObject({ failedChecks: [], plan: { strategy: 'recreate', from: { minor: 2 } } });
  });
});
