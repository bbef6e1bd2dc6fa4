// When the steps of a project are done.
import { describe, expect, it } from '@jest/globals';
import { judgeEditFiles, judgeRecreate, judgeServe } from '../../../src/core/compose/judge.js';
import type { ContainerSeen } from '../../../src/core/compose/containers.js';
import type { ProjectSeen } from '../../../src/core/compose/seen.js';
import { editFiles, recreate, serve, type Aim } from '../../../src/core/compose/steps.js';
import { HiddenText } from '../../../src/core/hidden-text.js';
import { version } from '../../../src/core/version.js';
import { composeGoal, containerSeen, lookAt, NEW, OLD, projectSeen, serviceSeen } from '../../fakes/containers.js';

const aim: Aim = { goal: composeGoal(), project: 'milvus', version: version('2.2.16') };
const images = { standalone: NEW };
const GONE = { ...lookAt(projectSeen()) };
delete (GONE as { project?: ProjectSeen }).project;

function withContainers(containers: readonly Partial<ContainerSeen>[], said: Partial<ProjectSeen> = {}): ReturnType<typeof lookAt> {
  const seen = containers.map((each, at) => containerSeen({ id: `c${at + 1}`, name: `milvus-standalone-${at + 1}`, image: NEW, ...each }));
  return lookAt(projectSeen({ services: [serviceSeen({ image: NEW, containers: seen })], ...said }));
}

describe('editing files', () => {
  const [one, other] = ['/srv/a.yml', '/srv/b.yml'].map((path) => ({ path, before: new HiddenText('old'), after: new HiddenText('new') }));
  const step = editFiles(aim, [one!, other!], null);
  const at = (...texts: string[]): ReturnType<typeof lookAt> =>
    lookAt(projectSeen({ files: texts.map((text, index) => ({ kind: 'compose', path: [one, other][index]!.path, text: new HiddenText(text) })) }));

  it.each([
    ['none is edited', ['old', 'old'], 'todo'],
    ['one is edited', ['new', 'old'], 'todo'],
    ['all are', ['new', 'new'], 'done'],
    ['one was changed by another hand', ['new', 'mine'], 'stuck'],
    ['one is gone', ['new'], 'stuck'],
  ])('where %s is judged by the texts alone', (_, texts, state) => {
    expect(judgeEditFiles(step, at(...texts)).state).toBe(state);
  });

  const draft = { from: '2.2.12', to: '2.2.16', images: { standalone: { before: OLD, after: NEW } } };
  const notes = { ...draft, run: 'r', since: 's', files: [] };
  it.each<[string, readonly Partial<ContainerSeen>[], Partial<ProjectSeen>, string]>([
    ['runs the old image', [{ image: OLD }], {}, 'todo'],
    ['has no container any more', [], {}, 'todo'],
    ['runs the new image', [{}], {}, 'done'],
    ['is written down', [{ image: OLD }], { notes }, 'done'],
  ])('where the files are as they should be and a service %s is judged by what is written down', (_, containers, said, state) => {
    expect(judgeEditFiles(editFiles(aim, [], draft), withContainers(containers, said)).state).toBe(state);
  });

  it('names the file that another hand has changed, and nothing of what is in it', () => {
    expect(judgeEditFiles(step, at('old', 'password'))).toEqual({ state: 'stuck', because: '/srv/b.yml was changed by another hand since this run looked' });
  });

  it('is done where nothing is to be edited, and stuck without a project', () => {
    expect(judgeEditFiles(editFiles(aim, [], null), at('mine')).state).toBe('done');
    expect(judgeEditFiles(step, GONE).state).toBe('stuck');
  });
});

describe('recreating', () => {
  const step = recreate(aim, images);
  it.each<[string, readonly Partial<ContainerSeen>[], readonly string[], string]>([
    ['no container', [], [], 'todo'],
    ['an old container', [{ image: OLD }], [], 'todo'],
    ['a new container', [{}], [], 'done'],
    ['a new one that restarts', [{ state: 'restarting' }], [], 'done'],
    ['a new one that was only made', [{ state: 'created' }], [], 'todo'],
    ['a new one beside an old one that was stopped', [{}, { image: OLD, state: 'exited' }], [], 'todo'],
    ['a new one beside an old one that is being removed', [{}, { image: OLD, state: 'removing' }], [], 'done'],
    ['a new one that ended by itself in this run', [{ state: 'exited' }], ['standalone'], 'done'],
    ['a new one that ended before this run', [{ state: 'exited' }], [], 'todo'],
    ['a paused one', [{ state: 'paused' }], [], 'stuck'],
  ])('with %s is judged by what is there', (_, containers, started, state) => {
    expect(judgeRecreate(step, withContainers(containers, { started })).state).toBe(state);
  });

  it('tells how to let a paused container go on', () => {
    expect(judgeRecreate(step, withContainers([{ state: 'paused' }]))).toMatchObject({
      because: expect.stringContaining('docker unpause milvus-standalone-1'),
    });
  });

  it('is stuck before anything is stopped where the edited files mount other data', () => {
    const mounts = [{ kind: 'bind', source: '/srv/data/v2.2.12', destination: '/var/lib/milvus' }];
    const services = [serviceSeen({ image: NEW, mounts: { '/var/lib/milvus': '/srv/data/v2.2.16' }, containers: [containerSeen({ mounts })] })];
    expect(judgeRecreate(step, lookAt(projectSeen({ services })))).toEqual({
      state: 'stuck',
      because: 'a new container would start with other data: standalone has /srv/data/v2.2.12 at /var/lib/milvus, and the files say /srv/data/v2.2.16',
    });
  });

  it('does not look at services that it does not change, and is stuck without a project', () => {
    const services = [serviceSeen({ image: NEW, containers: [containerSeen({ image: NEW })] }), serviceSeen({ name: 'etcd', role: '', containers: [] })];
    expect(judgeRecreate(step, lookAt(projectSeen({ services }))).state).toBe('done');
    expect(judgeRecreate(step, GONE).state).toBe('stuck');
  });
});

describe('serving', () => {
  const step = serve(aim, images);
  const wellHealth = { health: { c1: { state: 'ok', because: '' } } } as const;
  it.each<[string, readonly Partial<ContainerSeen>[], Partial<ProjectSeen>, string]>([
    ['nothing runs', [], {}, 'standalone (no container runs)'],
    ['the old version runs', [{ image: OLD }], wellHealth, 'standalone (on v2.2.12)'],
    ['one of two is well', [{}, { health: 'starting' }], wellHealth, 'standalone (1 of 2 well; starting)'],
    ['its port is closed', [{}], { health: { c1: { state: 'not-yet', because: 'its port is not open' } } }, 'standalone (0 of 1 well; its port is not open)'],
    ['nobody is answered', [{}], { ...wellHealth, answer: { state: 'not-yet', because: '1 of 2 collections' } }, 'Milvus to answer: 1 of 2 collections'],
  ])('is waited for while %s', (_, containers, said, waitingFor) => {
    expect(judgeServe(step, withContainers(containers, said))).toMatchObject({ state: 'moving', waitingFor, lookAgainSeconds: 0.5 });
  });

  it.each(['ok', 'unknown'] as const)('is done when all are well and the answer is %s', (state) => {
    expect(judgeServe(step, withContainers([{}], { ...wellHealth, answer: { state, because: '' } })).state).toBe('done');
  });

  it('is stuck at once when a container of this run has ended, and says why', () => {
    const seen = withContainers([{ state: 'exited', exitCode: 134 }], { started: ['standalone'], lastWords: { c1: 'panic: no etcd' } });
    expect(judgeServe(step, seen)).toMatchObject({ state: 'stuck', because: expect.stringContaining('panic: no etcd') });
  });

  it('tells what may heal by itself and goes on waiting', () => {
    const seen = withContainers([{ health: 'unhealthy', healthSaid: 'refused' }], { health: { c1: { state: 'not-yet', because: 'no' } } });
    expect(judgeServe(step, seen)).toMatchObject({ state: 'moving', causes: [{ code: 'PROBE_FAILING', certain: false }] });
  });

  it('is stuck without a project', () => {
    expect(judgeServe(step, GONE).state).toBe('stuck');
  });
});

describe('a service that this run has started', () => {
  const image = NEW;
  const service = serviceSeen({ image, containers: [containerSeen({ image })] });
  const step = { kind: 'serve', id: 'serve/milvus@2.2.16', timeoutSeconds: 60, images: { standalone: image }, version: version('2.2.16') } as const;
  const now = '2026-01-01T00:00:10.000Z';

  it.each([
    ['is not believed at once when it is well', '2026-01-01T00:00:09.000Z', ['standalone'], 'moving'],
    ['is believed when it has been well for some seconds', '2026-01-01T00:00:06.000Z', ['standalone'], 'done'],
    ['is believed at once where another run has started it', '2026-01-01T00:00:09.000Z', [], 'done'],
  ])('%s', (_, wellSince, started, state) => {
    const project = projectSeen({ services: [service], started, health: { c1: { state: 'ok', because: '', wellSince } } });
    expect(judgeServe(step, lookAt(project, { takenAt: now })).state).toBe(state);
  });
});
