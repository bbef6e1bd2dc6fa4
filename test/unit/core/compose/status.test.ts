// The status of the steps of a project.
import { describe, expect, it } from '@jest/globals';
import { evaluateEditFiles, evaluateRecreate, evaluateWaitHealthy } from '../../../../src/core/compose/status.js';
import type { ContainerObservation } from '../../../../src/core/compose/containers.js';
import type { ProjectObservation } from '../../../../src/core/compose/observation.js';
import { editFiles, recreate, serve, type Aim } from '../../../../src/core/compose/steps.js';
import { SecretString } from '../../../../src/core/redaction/secret-string.js';
import { version } from '../../../../src/core/model/version.js';
import {
  containerObservation,
  observationOfProject,
  NEW,
  OLD,
  projectObservation,
  serviceObservation,
} from '../../../support/containers.js';
import { composeConfig } from '../../../support/configs.js';

const aim: Aim = { config: composeConfig(), project: 'milvus', version: version('2.2.16') };
const images = { standalone: NEW };

function withContainers(
  containers: readonly Partial<ContainerObservation>[],
  said: Partial<ProjectObservation> = {},
): ReturnType<typeof observationOfProject> {
  const observation = containers.map((container, at) =>
    containerObservation({ id: `c${at + 1}`, name: `milvus-standalone-${at + 1}`, image: NEW, ...container }),
  );
  return observationOfProject(
    projectObservation({ services: [serviceObservation({ image: NEW, containers: observation })], ...said }),
  );
}

describe('the step edit-files', () => {
  const [one, other] = ['/srv/a.yml', '/srv/b.yml'].map((path) => ({
    path,
    before: new SecretString('old'),
    after: new SecretString('new'),
  }));
  const step = editFiles(aim, [one!, other!], null);
  const at = (...texts: string[]): ReturnType<typeof observationOfProject> =>
    observationOfProject(
      projectObservation({
        files: texts.map((text, index) => ({
          kind: 'compose',
          path: [one, other][index]!.path,
          text: new SecretString(text),
        })),
      }),
    );

  it.each([
    ['no file is edited', ['old', 'old'], 'pending'],
    ['one file is edited', ['new', 'old'], 'pending'],
    ['all files are edited', ['new', 'new'], 'complete'],
    ['a file was changed by another process', ['new', 'mine'], 'stalled'],
    ['a file is missing', ['new'], 'stalled'],
  ])('is evaluated by the texts alone if %s', (_, texts, state) => {
    expect(evaluateEditFiles(step, at(...texts)).state).toBe(state);
  });

  const draft = { from: '2.2.12', to: '2.2.16', images: { standalone: { before: OLD, after: NEW } } };
  const notes = { ...draft, run: 'r', since: 's', files: [] };
  it.each<[string, readonly Partial<ContainerObservation>[], Partial<ProjectObservation>, string]>([
    ['runs the old image', [{ image: OLD }], {}, 'pending'],
    ['has no container', [], {}, 'pending'],
    ['runs the new image', [{}], {}, 'complete'],
    ['is recorded in the upgrade state', [{ image: OLD }], { upgradeState: notes }, 'complete'],
  ])(
    'is evaluated by the upgrade state if the files have their new text and a service %s',
    (_, containers, said, state) => {
      expect(evaluateEditFiles(editFiles(aim, [], draft), withContainers(containers, said)).state).toBe(state);
    },
  );

  it('reports the file that another process has changed, and not its content', () => {
    expect(evaluateEditFiles(step, at('old', 'password'))).toEqual({
      state: 'stalled',
      reason: '/srv/b.yml was changed by another process or user since this run read it',
    });
  });

  it('is complete if there is nothing to edit', () => {
    expect(evaluateEditFiles(editFiles(aim, [], null), at('mine')).state).toBe('complete');
  });
});

describe('the step recreate', () => {
  const step = recreate(aim, images);
  it.each<[string, readonly Partial<ContainerObservation>[], readonly string[], string]>([
    ['no container', [], [], 'pending'],
    ['an old container', [{ image: OLD }], [], 'pending'],
    ['a new container', [{}], [], 'complete'],
    ['a new container that restarts', [{ state: 'restarting' }], [], 'complete'],
    ['a new container that was not started', [{ state: 'created' }], [], 'pending'],
    ['a new container and an old one that was stopped', [{}, { image: OLD, state: 'exited' }], [], 'pending'],
    ['a new container and an old one that is being removed', [{}, { image: OLD, state: 'removing' }], [], 'complete'],
    ['a new container that exited during this run', [{ state: 'exited' }], ['standalone'], 'complete'],
    ['a new container that exited before this run', [{ state: 'exited' }], [], 'pending'],
    ['a paused container', [{ state: 'paused' }], [], 'stalled'],
  ])('is evaluated by the existing containers with %s', (_, containers, started, state) => {
    expect(evaluateRecreate(step, withContainers(containers, { started })).state).toBe(state);
  });

  it('reports how to resume a paused container', () => {
    expect(evaluateRecreate(step, withContainers([{ state: 'paused' }]))).toMatchObject({
      reason: expect.stringContaining('docker unpause milvus-standalone-1'),
    });
  });

  it('is stalled before a container is stopped if the edited files mount other data', () => {
    const mounts = [{ kind: 'bind', source: '/srv/data/v2.2.12', destination: '/var/lib/milvus' }];
    const services = [
      serviceObservation({
        image: NEW,
        mounts: { '/var/lib/milvus': '/srv/data/v2.2.16' },
        containers: [containerObservation({ mounts })],
      }),
    ];
    expect(evaluateRecreate(step, observationOfProject(projectObservation({ services })))).toEqual({
      state: 'stalled',
      reason:
        'a new container would start with other data: standalone has /srv/data/v2.2.12 at /var/lib/milvus, but the files mount /srv/data/v2.2.16',
    });
  });

  it('ignores services that it does not change', () => {
    const services = [
      serviceObservation({ image: NEW, containers: [containerObservation({ image: NEW })] }),
      serviceObservation({ name: 'etcd', role: '', containers: [] }),
    ];
    expect(evaluateRecreate(step, observationOfProject(projectObservation({ services }))).state).toBe('complete');
  });
});

describe('the step serve', () => {
  const step = serve(aim, images);
  const wellHealth = { health: { c1: { state: 'ok', reason: '' } } } as const;
  it.each<[string, readonly Partial<ContainerObservation>[], Partial<ProjectObservation>, string]>([
    ['no container is running', [], {}, 'standalone (no running container)'],
    ['the old version runs', [{ image: OLD }], wellHealth, 'standalone (on v2.2.12)'],
    [
      'one of two containers is healthy',
      [{}, { health: 'starting' }],
      wellHealth,
      'standalone (1 of 2 healthy; starting)',
    ],
    [
      'its port is closed',
      [{}],
      { health: { c1: { state: 'not-yet', reason: 'its port is not open' } } },
      'standalone (0 of 1 healthy; its port is not open)',
    ],
    [
      'Milvus does not respond',
      [{}],
      { ...wellHealth, answer: { state: 'not-yet', reason: '1 of 2 collections' } },
      'Milvus to respond: 1 of 2 collections',
    ],
  ])('is in progress while %s', (_, containers, said, waitingFor) => {
    expect(evaluateWaitHealthy(step, withContainers(containers, said))).toMatchObject({
      state: 'in-progress',
      waitingFor,
      recheckSeconds: 0.5,
    });
  });

  it.each(['ok', 'unknown'] as const)('is complete if all containers are healthy and the response is %s', (state) => {
    expect(
      evaluateWaitHealthy(step, withContainers([{}], { ...wellHealth, answer: { state, reason: '' } })).state,
    ).toBe('complete');
  });

  it('is stalled immediately if a container of this run has exited, and reports why', () => {
    const observation = withContainers([{ state: 'exited', exitCode: 134 }], {
      started: ['standalone'],
      lastOutput: { c1: 'panic: no etcd' },
    });
    expect(evaluateWaitHealthy(step, observation)).toMatchObject({
      state: 'stalled',
      reason: expect.stringContaining('panic: no etcd'),
    });
  });

  it('reports a problem that may resolve, and keeps waiting', () => {
    const observation = withContainers([{ health: 'unhealthy', healthOutput: 'refused' }], {
      health: { c1: { state: 'not-yet', reason: 'no' } },
    });
    expect(evaluateWaitHealthy(step, observation)).toMatchObject({
      state: 'in-progress',
      causes: [{ code: 'PROBE_FAILING', certain: false }],
    });
  });
});

describe('a service that this run has started', () => {
  const image = NEW;
  const service = serviceObservation({ image, containers: [containerObservation({ image })] });
  const step = {
    kind: 'wait-healthy',
    id: 'wait-healthy/milvus@2.2.16',
    timeoutSeconds: 60,
    images: { standalone: image },
    version: version('2.2.16'),
  } as const;
  const now = '2026-01-01T00:00:10.000Z';

  it.each([
    ['is not complete immediately when it is healthy', '2026-01-01T00:00:09.000Z', ['standalone'], 'in-progress'],
    ['is complete when it has been healthy for some seconds', '2026-01-01T00:00:06.000Z', ['standalone'], 'complete'],
    ['is complete immediately if another run has started it', '2026-01-01T00:00:09.000Z', [], 'complete'],
  ])('%s', (_, wellSince, started, state) => {
    const project = projectObservation({
      services: [service],
      started,
      health: { c1: { state: 'ok', reason: '', wellSince } },
    });
    expect(evaluateWaitHealthy(step, observationOfProject(project, { takenAt: now })).state).toBe(state);
  });
});
