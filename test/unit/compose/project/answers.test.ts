import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import type { Docker } from '../../../../src/compose/docker/docker.js';
import { Answers } from '../../../../src/compose/project/answers.js';
import type { EventDraft } from '../../../../src/core/model/event.js';
import { containerObservation, serviceObservation } from '../../../support/containers.js';

/** Every tunnel fails with this message. */
function failing(message: string): Docker {
  const start = (): ChildProcessWithoutNullStreams =>
    spawn(process.execPath, ['-e', 'console.error(process.argv[1]); process.exitCode = 1', message]);
  return { start } as Partial<Docker> as Docker;
}

describe('the collections of a project', () => {
  const container = containerObservation();
  const request = {
    services: [serviceObservation({ role: 'standalone', containers: [container] })],
    via: 'guard',
    health: { [container.id]: { state: 'ok' as const, reason: '' } },
    isAwaited: true,
  };

  it('are reported once as unknown if the version does not answer, and the upgrade continues', async () => {
    const events: EventDraft[] = [];
    const { signal } = new AbortController();
    const answers = new Answers({
      docker: failing('it responded with 403'),
      signal,
      emit: (event) => void events.push(event),
    });
    expect(await answers.read(request)).toEqual({ state: 'ok', reason: '' });
    expect(await answers.read(request)).toEqual({ state: 'ok', reason: '' });
    expect(events).toEqual([
      {
        type: 'warned',
        message: expect.stringContaining('can be searched again is not known: it responded with 403.'),
      },
    ]);
  });

  it('are waited for while the proxy starts', async () => {
    const events: EventDraft[] = [];
    const { signal } = new AbortController();
    const docker = failing('connect: Connection refused');
    const answers = new Answers({ docker, signal, emit: (event) => void events.push(event) });
    expect(await answers.read(request)).toEqual({ state: 'not-yet', reason: 'connect: Connection refused' });
    expect(events).toEqual([]);
  });
});
