// Failed upgrades on the simulated lab, independent of the Helm version: the diagnostics, what is not rolled back, a
// kill while the old pods start.
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { useFailing } from './failing.js';
import { killAll } from './lab.js';
import { all, images, install, readyAfter, useSimulatedLab } from './place.js';
import { expectNoDrift } from './rolled.js';
import { itFull } from './tier.js';

const place = useSimulatedLab('failed');
const failing = useFailing();

function filesBelow(path: string): string[] {
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesBelow(join(path, entry.name)) : [join(path, entry.name)],
  );
}

describe('a failed upgrade on the simulated lab', () => {
  it('saves diagnostics for this user only, without secrets, in a separate directory for each run', async () => {
    const secrets = ['hunter2-in-release', 'hunter2-in-values', 'hunter2-in-env', 'hunter2-in-log'];
    install(
      place,
      '2.2.12',
      '--set',
      'minio.secretKey=hunter2-in-release',
      '--set-json',
      'proxy.extraEnv=[{"name":"STORE_PASSWORD","value":"hunter2-in-env"}]',
    );
    const log = join(dirname(place.env.KUBECONFIG ?? ''), 'previous.log');
    const before = readFileSync(log, 'utf8');
    const line =
      '2024-01-01T00:00:00.000000000Z stderr F login with hunter2-in-env and hunter2-in-release, password=hunter2-in-log refused';
    writeFileSync(log, `${before.trimEnd()}\n${line}\n`);
    try {
      const written = failing.inputs({ 'on-failure': 'stop', values: 'minio: {accessKey: hunter2-in-values}' });
      const done = await place.action.run(written);
      const files = filesBelow(done.outputs.evidence ?? '');
      expect(files.map((file) => file.slice((done.outputs.evidence ?? '').length + 1))).toEqual(
        expect.arrayContaining([
          'index.md',
          'events.txt',
          'helm-history.txt',
          'nodes.txt',
          'my-milvus-proxy/deployment.yaml',
          'my-milvus-proxy/replicasets.yaml',
        ]),
      );
      const texts = files.map((file) => readFileSync(file, 'utf8')).join('\n');
      expect(texts).toContain('login with *** and ***, password=*** refused');
      expect(texts).toContain('name: STORE_PASSWORD');
      expect(texts).toMatch(/BackOff {2}Pod\/my-milvus-/);
      for (const secret of secrets) expect(texts + done.summary + JSON.stringify(done.report)).not.toContain(secret);
      for (const file of files) expect(statSync(file).mode & 0o777).toBe(0o600);
      expect(statSync(done.outputs.evidence ?? '').mode & 0o777).toBe(0o700);
      expect(done.outputs.outcome).toBe('failed');
      expect(done.report?.problem?.remedy).toContain(`helm rollback my 1 --namespace ${place.namespace}`);
      // Enough for the checks before the first change, which have the same limit and leave no diagnostics when they
      // reach it.
      const second = await place.action.run({ ...written, 'step-timeout': '30s' });
      expect(second.outputs.outcome).toBe('failed');
      expect(readdirSync(failing.directory())).toHaveLength(2);
    } finally {
      writeFileSync(log, before);
    }
  });

  itFull('is not rolled back across minor versions', async () => {
    install(place, '2.2.16');
    const done = await place.action.run(
      failing.inputs({ 'target-version': '2.3.5', image: 'milvusdb/milvus:v2.3.5-gpu-crash' }),
    );
    expect(done.outputs.outcome).toBe('failed');
    expect(images(place)).toEqual(all('v2.3.5-gpu-crash'));
    expect(done.report?.problem?.remedy).toContain(
      'It was not rolled back: from 2.3.5 to 2.2.16: 2.2 cannot read what 2.3 has written',
    );
  });

  itFull('that is killed while it waits for the old pods is resumed by the next run', async () => {
    install(place, '2.2.12', ...readyAfter(8));
    const first = place.action.start(failing.inputs({ 'step-timeout': '40s' }));
    await first.says(/▶ wait-ready\/my@revision-1/);
    killAll(first);
    await first.finished;
    const second = await place.action.run(failing.inputs({ 'step-timeout': '40s' }));
    expect(second.outputs.outcome).toBe('rolled-back');
    expect(images(place)).toEqual(all('v2.2.12'));
    expectNoDrift(place);
  });
});
