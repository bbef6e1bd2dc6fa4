// What speaks against an upgrade of a project as it is.
import { describe, expect, it } from '@jest/globals';
import { findProjectRoute, planProjectUpgrade } from '../../../src/core/compose/plan.js';
import { refusalsOfProject } from '../../../src/core/compose/rules.js';
import type { ProjectSeen, ServiceSeen } from '../../../src/core/compose/seen.js';
import { HiddenText } from '../../../src/core/hidden-text.js';
import type { Observation } from '../../../src/core/observation.js';
import { HiddenValues } from '../../../src/core/values.js';
import { composeGoal, containerSeen, lookAt, projectSeen, serviceSeen } from '../../fakes/containers.js';

interface Case {
  readonly goal?: Parameters<typeof composeGoal>[0];
  readonly service?: Partial<ServiceSeen>;
  readonly project?: Partial<ProjectSeen>;
  readonly seen?: Partial<Observation>;
  readonly release?: string;
  /** The file has a second service of Milvus, `base`. */
  readonly twice?: boolean;
}

function refusals({
  goal: written = {},
  service = {},
  project: said = {},
  seen: looked = {},
  release = '2.2.12',
  twice = false,
}: Case): ReturnType<typeof refusalsOfProject> {
  const image = `milvusdb/milvus:v${release}`;
  const text = new HiddenText(`services: {standalone: {image: "${image}"}${twice ? `, base: {image: "${image}"}` : ''}}`);
  const own = serviceSeen({ image, containers: [containerSeen({ image })], ...service });
  const project = projectSeen({ files: [{ kind: 'compose', path: 'docker-compose.yml', text }], services: [own], ...said });
  const [goal, seen] = [composeGoal(written), lookAt(project, looked)];
  const route = findProjectRoute(goal, seen, project);
  if (!route) throw new Error('nothing tells which version runs');
  return refusalsOfProject({ goal, seen, project, route });
}

const ended = containerSeen({ state: 'exited' });
const notes = { run: 'r', since: 's', from: '2.2.12', to: '2.2.16', images: {}, files: [] };
const queue = { goal: { 'target-version': '2.6.1' }, release: '2.5.10' };
const journal = { run: 'r', since: 's', from: '2.1.4', to: '2.2.16', image: 'x', revision: 0, rootPath: 'by-dev', replicas: {}, closed: false };
const migration = { journal, jobs: [], keeper: { state: 'ready', because: '' }, stoppedSince: '', strangersSince: '', gone: [], hasServed: false } as const;

describe('an upgrade of a project', () => {
  it.each<[string, Case, readonly string[]]>([
    ['nothing speaks against it', {}, []],
    ['another version was said to run', { goal: { 'source-version': '2.2.11' } }, ['source-version-differs']],
    ['the strategy is one of Kubernetes', { goal: { strategy: 'rolling' } }, ['strategy-does-not-fit']],
    ['the way needs no migration', { goal: { strategy: 'migrate' } }, ['strategy-does-not-fit']],
    ['the image is pinned by a digest', { release: '2.2.12@sha256:0123' }, ['image-needed']],
    ['the tag has an unknown suffix', { release: '2.2.12-fips' }, ['image-needed']],
    ['the image of the target is given', { release: '2.2.12-fips', goal: { image: 'milvusdb/milvus:v2.2.16-fips' } }, []],
    ['the image of the target is given by a digest', { release: '2.2.12@sha256:01', goal: { image: 'milvusdb/milvus:v2.2.16@sha256:23' } }, []],
    ['the container runs another image', { service: { containers: [containerSeen({ image: 'acme/milvus:v2.2.12' })] } }, ['running-image-differs']],
    ['Compose reads another image than is found', { service: { image: 'milvusdb/milvus:v2.2.11' } }, ['image-not-editable']],
    ['the file is built from something else', { project: { files: [] } }, ['image-not-editable']],
    ['there is no container at all', { service: { containers: [] } }, ['project-not-up']],
    [
      'only other services have a container',
      { project: { services: [serviceSeen({ containers: [] }), serviceSeen({ name: 'etcd', role: '' })] } },
      ['project-not-up'],
    ],
    [
      'another service has no container',
      { project: { services: [serviceSeen(), serviceSeen({ name: 'base', containers: [] })] }, twice: true },
      ['service-unhealthy'],
    ],
    ['nothing runs', { service: { containers: [ended] } }, ['service-unhealthy']],
    ['what runs is not well', { service: { containers: [containerSeen({ health: 'unhealthy' })] } }, ['service-unhealthy']],
    ['a container is paused', { service: { containers: [containerSeen({ state: 'paused' })] } }, ['service-paused']],
    ['nothing runs in the midst of an upgrade', { service: { containers: [ended] }, project: { notes } }, []],
    ['the metadata are in MySQL', { seen: { metastore: 'mysql' } }, ['metastore-mysql']],
    ['the queue would change', queue, ['message-queue-would-change']],
    ['the queue is said', { ...queue, service: { environment: new HiddenValues({ MQ_TYPE: 'rocksmq' }) } }, []],
    ['the queue is said in Milvus’ own words', { ...queue, service: { environment: new HiddenValues({ mqtype: 'rocksmq' }) } }, []],
    ['the queue is said with a dot', { ...queue, service: { environment: new HiddenValues({ 'mq.type': 'rocksmq' }) } }, []],
    ['the queue is left to Milvus', { ...queue, service: { environment: new HiddenValues({ MQ_TYPE: 'default' }) } }, ['message-queue-would-change']],
    ['the files say another queue', { ...queue, service: { environment: new HiddenValues({ MQ_TYPE: 'woodpecker' }) } }, ['message-queue-would-change']],
    [
      'the container was started with another queue',
      {
        goal: { 'target-version': '2.6.16' },
        release: '2.6.10',
        service: {
          environment: new HiddenValues({ MQ_TYPE: 'woodpecker' }),
          containers: [containerSeen({ image: 'milvusdb/milvus:v2.6.10', environment: new HiddenValues({ MQ_TYPE: 'rocksmq' }) })],
        },
      },
      ['message-queue-would-change'],
    ],
    [
      'a later file states the queue of 2.6',
      { goal: { 'target-version': '2.6.16' }, release: '2.6.10', service: { environment: new HiddenValues({ MQ_TYPE: 'woodpecker' }) } },
      [],
    ],
    ['a cluster gets 2.6 without a streaming node', { ...queue, service: { role: 'mixcoord' } }, ['streaming-node-missing']],
    ['a streaming node runs', { ...queue, service: { role: 'streamingnode' } }, []],
    ['a cluster stays on 2.5', { goal: { 'target-version': '2.5.12' }, release: '2.5.10', service: { role: 'mixcoord' } }, []],
    ['the queue is another one', { ...queue, seen: { messageQueue: 'pulsar' } }, []],
    ['the queue does not change on this way', { goal: { 'target-version': '2.5.12' }, release: '2.5.10' }, []],
  ])('where %s is refused for that alone', (_, question, codes) => {
    expect(refusals(question).map((each) => each.code)).toEqual(codes);
  });

  it('where nothing runs in the midst of a migration goes on', () => {
    const question: Case = { release: '2.1.4', service: { containers: [ended] }, seen: { migration } };
    expect(refusals(question).map((each) => each.code)).toEqual([]);
  });

  it('may be waived for a service that is not well, never for one that is paused', () => {
    expect(refusals({ service: { containers: [ended] } })[0]?.waivable).toBe(true);
    expect(refusals({ service: { containers: [containerSeen({ state: 'paused' })] } })[0]?.waivable).toBe(false);
  });

  it('tells a service that is not well in words of Compose', () => {
    expect(refusals({ service: { containers: [ended] } })[0]?.because).toBe('the service standalone has no running container');
  });

  it('where both sides of a migration run and no migration is under way is refused', () => {
    const containers = [containerSeen({ image: 'milvusdb/milvus:v2.1.4' }), containerSeen({ id: 'c2', image: 'milvusdb/milvus:v2.2.16' })];
    expect(refusals({ release: '2.1.4', service: { containers } }).map((each) => each.code)).toContain('started-without-migration');
  });

  it('takes what is left of a migration that is over for what it is', () => {
    const image = 'milvusdb/milvus:v2.2.16';
    const left = { ...notes, from: '2.1.4' };
    const files = [{ kind: 'compose', path: 'a', text: new HiddenText(`services: {standalone: {image: "${image}"}}`) }] as const;
    const project = projectSeen({ files, notes: left, services: [serviceSeen({ image, containers: [containerSeen({ image })] })] });
    const seen = lookAt(project, { migration: { ...migration, journal: { ...journal, closed: true } } });
    const route = findProjectRoute(composeGoal(), seen, project);
    const planned = route && planProjectUpgrade(composeGoal(), seen, project, route);
    expect(planned).toMatchObject({ refusals: [], plan: { strategy: 'recreate', from: { minor: 2 } } });
  });
});
