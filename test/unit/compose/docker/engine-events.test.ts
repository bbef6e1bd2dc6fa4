import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EngineEvents } from '../../../../src/compose/docker/engine-events.js';
import { ANSWERS, DockerProgram } from '../../../support/docker-program.js';

let fake: DockerProgram;
let events: EngineEvents | null;
beforeEach(() => {
  fake = new DockerProgram();
  events = null;
});
afterEach(() => {
  events?.stop();
  fake.remove();
});

const line = (action: string): string => JSON.stringify({ Type: 'container', Action: action, status: action });

/** Resolves with the number of signaled changes, once the expected number is reached. */
async function listen(then: string, times: number): Promise<number> {
  fake.program('docker', `${ANSWERS}\n"events --format") cat "$FAKE/lines"; ${then} ;;`);
  const docker = await fake.find();
  let notified = 0;
  return new Promise((resolve) => {
    const onChange = (): void => {
      notified += 1;
      // Lets the rest of the pipe arrive first.
      if (notified === times) setImmediate(() => resolve(notified));
    };
    events = new EngineEvents({ docker, project: 'mine', onChange });
    events.start();
  });
}

describe('events of the engine', () => {
  it('signal a change of a container, and not a command that runs in it', async () => {
    fake.file(
      'lines',
      `${['exec_create: bash', 'exec_start: bash', 'health_status: healthy', 'exec_die', 'die'].map(line).join('\n')}\n`,
    );
    expect(await listen('exec cat', 2)).toBe(2);
    expect(fake.calls.at(-1)).toBe(
      'docker events --format {{json .}} --filter label=com.docker.compose.project=mine --filter type=container',
    );
  });

  it('are restarted when they end, and signal a change since an event may have been missed', async () => {
    fake.file('lines', '');
    expect(await listen('exit 1', 1)).toBe(1);
    expect(fake.calls.filter((call) => call.startsWith('docker events')).length).toBeGreaterThanOrEqual(1);
  });
});
