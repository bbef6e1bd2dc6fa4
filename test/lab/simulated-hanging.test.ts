// An API server that hangs at each connection of a run in turn, followed by a cancel: the run ends within 2 s, wherever
// it was waiting.
import { describe, expect, it } from '@jest/globals';
import { FreezingProxy } from './freezing-proxy.js';
import { install, kubectl, useSimulatedLab } from './place.js';

const place = useSimulatedLab('hanging');
/** Every connection of a run with HANGING=., otherwise some connections of each part of the run. */
const STEP = process.env.HANGING === undefined ? 6 : 1;
const MAX_SECONDS = 2;
/** After SIGTERM, Helm may take this long to mark its release. */
const MAX_HELM_SECONDS = 8;

interface Measured {
  readonly connection: number;
  readonly seconds: number;
  readonly outcome: string;
  readonly helm: boolean;
  readonly waitingFor: string;
}

const measured: Measured[] = [];

function print({ connection, seconds, outcome, helm, waitingFor }: Measured): void {
  process.stdout.write(
    `hanging\t${connection}\t${seconds.toFixed(2)} s\t${outcome}\t${helm ? 'helm' : ''}\t${waitingFor}\n`,
  );
}

/** Returns the run that was cancelled at the frozen connection, or null if the run ended before that connection. */
async function cancelAt(proxy: FreezingProxy, connection: number): Promise<Measured | null> {
  const frozen = proxy.freezeAt(connection);
  const running = place.action.start({ kubeconfig: proxy.kubeconfig });
  const came = await Promise.race([frozen.then(() => true), running.finished.then(() => false)]);
  if (!came) return null;
  // By then, the request on the frozen connection has been sent.
  await new Promise((resolve) => setTimeout(resolve, 150));
  const lines = running.log().trim().split('\n');
  const startedAt = performance.now();
  running.child.kill('SIGINT');
  const { outputs, log, report } = await running.finished;
  const seconds = (performance.now() - startedAt) / 1000;
  const helm = /helm (upgrade|rollback).*(cancelled|exited with|was terminated)/.test(
    log.slice(lines.join('\n').length),
  );
  const waitingFor = `${report?.problem?.what ?? ''}: ${report?.problem?.why ?? ''}`;
  return { connection, seconds, outcome: outputs.outcome ?? '', helm, waitingFor };
}

describe('a cancel while the API server hangs', () => {
  it('ends the run within 2 s at every connection, and the next run succeeds', async () => {
    install(place, '2.2.12');
    const proxy = await FreezingProxy.before(place.env.KUBECONFIG ?? '');
    try {
      for (let connection = 1; ; connection += STEP) {
        const found = await cancelAt(proxy, connection);
        if (!found) break;
        measured.push(found);
        print(found);
        // The lock of a run that could not reach the server expires; the test does not wait for that.
        kubectl(place, '-n', place.namespace, 'delete', 'leases', '--all');
        expect(found).toMatchObject({ outcome: 'cancelled' });
        expect(found.seconds).toBeLessThan(found.helm ? MAX_HELM_SECONDS : MAX_SECONDS);
      }
      expect(measured.length).toBeGreaterThan(3);
    } finally {
      proxy.close();
    }
    const { outputs } = await place.action.run();
    expect(['succeeded', 'unchanged']).toContain(outputs.outcome);
  });
});
