// A Docker daemon that hangs from each connection of a run on, followed by a cancel: the run ends within 2 s, wherever
// it was waiting, and the next run completes the upgrade.
import { describe, expect, it, beforeAll } from '@jest/globals';
import { expectEnd, PLAYED, Project, toldBy } from './compose-stage.js';
import { DockerFaultProxy } from './docker-fault-proxy.js';
import { lab } from './lab.js';

/** Every connection of a run with HANGING=., otherwise some connections of each part of the run. */
const STEP = process.env.HANGING === undefined ? 4 : 1;
const MAX_SECONDS = 2;

beforeAll(() => {
  lab('node', 'up');
  lab('images', 'compose');
}, 600_000);

interface Measured {
  readonly connection: number;
  readonly seconds: number;
  readonly outcome: string;
  readonly waitingFor: string;
  /** Every step was complete and the data was compared: the cancel changes nothing any more. */
  readonly isComplete: boolean;
}

/** Returns the run that was cancelled at the connection that hangs, or null if the run ended before it. */
async function cancelAt(project: Project, connection: number): Promise<Measured | null> {
  const proxy = await DockerFaultProxy.start('hang', connection);
  try {
    const { child, finished } = project.start('upgrade', { 'docker-host': proxy.address });
    const isReached = await Promise.race([proxy.disturbed.then(() => true), finished.then(() => false)]);
    if (!isReached) return null;
    // By then, the request on the connection has been sent.
    await new Promise((resolve) => setTimeout(resolve, 150));
    const startedAt = performance.now();
    child.kill('SIGINT');
    const done = await finished;
    const seconds = (performance.now() - startedAt) / 1000;
    const isComplete = done.log.includes('✓ finalize') && (done.report.data ?? null) !== null;
    return { connection, seconds, outcome: done.outcome, waitingFor: toldBy(done), isComplete };
  } finally {
    proxy.close();
  }
}

describe('a cancel while the Docker daemon hangs', () => {
  it('ends the run within 2 s at every connection, and the next run succeeds', async () => {
    const measured: Measured[] = [];
    for (let connection = 1; ; connection += STEP) {
      const project = new Project(`hanging-${connection}-${process.pid}`);
      try {
        await project.up('played-standalone', 'v2.2.12');
        const found = await cancelAt(project, connection);
        if (!found) break;
        measured.push(found);
        process.stdout.write(
          `hanging\t${connection}\t${found.seconds.toFixed(2)} s\t${found.outcome}\t${found.waitingFor}\n`,
        );
        expect(found.outcome).toBe(found.isComplete ? 'succeeded' : 'cancelled');
        // A lock container that was created and never started is removed by the next run.
        const next = await project.run('upgrade');
        expectEnd(next, next.outcome === 'unchanged' ? 'unchanged' : 'succeeded');
        expect(await project.runs()).toEqual([`standalone ${PLAYED}:v2.2.16 running`]);
        expect([project.notes(), await project.helpers()]).toEqual([[], []]);
      } finally {
        await project.remove();
      }
    }
    expect(measured.length).toBeGreaterThan(5);
    expect(measured.filter(({ seconds }) => seconds >= MAX_SECONDS)).toEqual([]);
  }, 3_600_000);
});
