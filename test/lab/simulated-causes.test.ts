// Causes on the simulated lab: real quotas, a real scheduler, and pods that cannot start. Each run ends soon after its
// cause is certain.
import { expect, it } from '@jest/globals';
import { CAUSES } from '../../src/core/knowledge/causes.js';
import { Action, labWith, lab, type Finished } from './lab.js';
import { kubectl, useSimulatedLab } from './place.js';
import type { CauseCode } from '../../src/core/model/cause-code.js';

const place = useSimulatedLab('causes');

interface Case {
  readonly code: CauseCode;
  readonly written?: Record<string, string>;
  /** The change to the namespace before the upgrade. */
  readonly prepare?: (namespace: string) => void;
  readonly evidence: RegExp;
  /** Seconds from the first observation until it is certain; the time in which a container runs does not count. */
  readonly certainAfter?: number;
}

/** The checks of the preflight that would refuse the upgrade. */
const TOLD_BEFORE = { 'skip-checks': 'image-probe quota node-room' };

const cases: readonly Case[] = [
  {
    code: 'IMAGE_NOT_FOUND',
    written: { image: 'docker.io/milvusdb/milvus:v2.2.16-gpu-missing' },
    evidence: /manifest unknown/,
  },
  {
    code: 'CRASH_LOOP',
    written: { image: 'docker.io/milvusdb/milvus:v2.2.16-gpu-crash' },
    evidence: /exit code 1/,
    certainAfter: 85,
  },
  {
    code: 'UNSCHEDULABLE',
    written: { values: '{"queryNode": {"nodeSelector": {"gpu": "yes"}}}' },
    evidence: /node affinity/,
  },
  {
    code: 'QUOTA',
    prepare: (namespace) => void kubectl(place, '-n', namespace, 'create', 'quota', 'small', '--hard=pods=1'),
    evidence: /exceeded quota: small/,
  },
];

/**
 * The time from the first observation of the cause until it was reported as certain; after that, diagnostics are saved.
 */
function secondsFromFirstSnapshot({ report, log }: Finished, code: CauseCode): number {
  const since = report?.problem?.causes?.find((cause) => cause.code === code)?.since ?? '';
  const told = new RegExp(`^(\\d\\d:\\d\\d:\\d\\d)   ✗ ${code} `, 'm').exec(log)?.[1] ?? '';
  const seconds = (Date.parse(`${since.slice(0, 10)}T${told}Z`) - Date.parse(since)) / 1000;
  return seconds < -60 ? seconds + 86_400 : seconds;
}

async function runOne({ written = {}, prepare }: Case, number: number): Promise<Finished> {
  const namespace = `${place.namespace}-${number}`;
  labWith({ LAB_NAMESPACE: namespace, LAB_RELEASE: 'my' }, 'milvus', 'simulated', '2.2.12');
  prepare?.(namespace);
  const chart = { chart: 'milvus/milvus', 'chart-repository': lab('charts', 'url') };
  const done = await new Action(place.env, {
    release: 'my',
    namespace,
    'target-version': '2.2.16',
    ...chart,
    ...TOLD_BEFORE,
    ...written,
  }).run();
  kubectl(place, 'delete', 'namespace', namespace, '--ignore-not-found', '--wait=false');
  return done;
}

it('a run ends within 15 s after its cause is certain, and log, report and summary contain the cause', async () => {
  const finished = await Promise.all(cases.map(runOne));
  for (const [number, { code, evidence, certainAfter }] of cases.entries()) {
    const done = finished[number]!;
    expect(done.exitCode).toBe(1);
    expect(done.log).toMatch(new RegExp(`✗ ${code} my-milvus-.*`));
    expect(done.report?.problem).toMatchObject({
      code: 'step-stalled',
      why: expect.stringMatching(new RegExp(`^${code} at my-milvus-`)),
    });
    expect(done.report?.causes).toContainEqual(
      expect.objectContaining({ code, certain: true, evidence: expect.stringMatching(evidence) }),
    );
    expect(done.summary).toContain(code);
    expect(secondsFromFirstSnapshot(done, code)).toBeLessThan(
      (certainAfter ?? CAUSES[code].certainAfterSeconds ?? 0) + 15,
    );
  }
});
