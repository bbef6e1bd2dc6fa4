// Several versions in one run on the simulated lab: from separate coordinators of 2.3 to the streaming nodes of 2.6.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { killAll } from './lab.js';
import { chartDirectory, helm, images, install, useSimulatedLab } from './place.js';
import { expectNoDrift } from './rolled.js';
import { itFull } from './tier.js';

const place = useSimulatedLab('hops');
const PATH = ['2.4.24', '2.5.27', '2.6.15'];
const WISH = { 'target-version': '2.6.15', strategy: 'auto' };
const ROLES = ['datanode', 'mixcoord', 'proxy', 'querynode', 'streamingnode'];

function chartsOfHistory(): string[] {
  const rows = JSON.parse(helm(place, 'history', 'my', '-o', 'json')) as { chart: string; description: string }[];
  return rows.map(({ chart }) => chart);
}

/** The manifest that a first installation with the values of the release would have. */
function freshManifest(): string {
  const directory = mkdtempSync(join(tmpdir(), 'values-'));
  try {
    const values = join(directory, 'values.yaml');
    writeFileSync(values, helm(place, 'get', 'values', 'my', '-o', 'json'));
    // As an upgrade: some hooks and jobs of dependencies belong to a first installation only.
    const chart = join(chartDirectory(), 'milvus-5.0.19.tgz');
    return helm(place, 'template', 'my', chart, '--is-upgrade', '--no-hooks', '--values', values);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Documents in a fixed order: Helm sorts them in a manifest, but not in the output of a template. */
const documents = (manifest: string): string[] =>
  manifest
    .split(/^---\n/m)
    .map((each) => each.trim())
    .sort();

describe('several versions in one run on the simulated lab', () => {
  it('are planned before the first change, each with its chart and whether it can be rolled back', async () => {
    install(place, '2.3.5');
    const done = await place.action.run({ ...WISH, operation: 'plan' });
    if (done.outputs.outcome !== 'planned') throw new Error(done.log);
    expect(JSON.parse(done.outputs.hops ?? '')).toEqual(PATH);
    expect(done.log).toContain('chart  4.1.13 → 4.1.36');
    expect(done.log).toContain('chart  4.1.36 → 4.2.58');
    expect(done.log).toContain('chart  4.2.58 → 5.0.19');
    expect(chartsOfHistory()).toHaveLength(1);
  });

  itFull(
    'are upgraded to one after the other; a killed run resumes at its hop, and the end equals a fresh installation',
    async () => {
      install(place, '2.3.5');
      const first = place.action.start(WISH);
      await first.says(/Hop 2 of 3[\s\S]*▶ resume\/mixcoord/);
      killAll(first);
      await first.finished;
      const done = await place.action.run(WISH);
      if (done.outputs.outcome !== 'succeeded') throw new Error(done.log);
      expect(Object.keys(images(place)).sort()).toEqual(ROLES);
      expect(new Set(Object.values(images(place)).map((image) => image.split(':')[1]))).toEqual(new Set(['v2.6.15']));
      expect([...new Set(chartsOfHistory())]).toEqual([
        'milvus-4.1.13',
        'milvus-4.1.36',
        'milvus-4.2.58',
        'milvus-5.0.19',
      ]);
      expectNoDrift(place);
      expect(documents(helm(place, 'get', 'manifest', 'my'))).toEqual(documents(freshManifest()));
      expect((await place.action.run(WISH)).outputs.outcome).toBe('unchanged');
    },
    600_000,
  );

  itFull('end at the version of stop-at', async () => {
    install(place, '2.3.5');
    const done = await place.action.run({ ...WISH, 'stop-at': '2.4.24', strategy: 'helm-upgrade' });
    if (done.outputs.outcome !== 'succeeded') throw new Error(done.log);
    expect(new Set(Object.values(images(place)).map((image) => image.split(':')[1]))).toEqual(new Set(['v2.4.24']));
  });
});
