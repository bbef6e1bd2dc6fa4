import { describe, expect, it } from '@jest/globals';
import { renderHeadline } from '../../../../src/core/report/headline.js';
import type { Report } from '../../../../src/core/report/report.js';
import type { RowResult } from '../../../../src/core/report/component-result.js';
import { subject, succeeded } from '../../../support/events.js';
import { readReport } from '../../../../src/core/report/read-report.js';

const report = readReport(succeeded(), subject);

/** The report of a changed cluster with these results of Deployments. */
function withResults(...results: readonly RowResult[]): Report {
  return { ...report, components: results.map((result, at) => ({ ...report.components[at]!, result })) };
}

describe('renderHeadline', () => {
  it.each<[RowResult[], string]>([
    [['upgraded', 'unchanged'], 'all 2 Deployments are ready'],
    [['upgraded', 'removed'], 'its Deployment is ready'],
    [['upgraded', 'failed'], '1 of 2 Deployments is ready, not datacoord'],
    [
      ['upgraded', 'waiting', 'failed', 'failed'],
      '1 of 4 Deployments is ready, not datacoord, querycoord and indexcoord',
    ],
    [
      ['failed', 'failed', 'failed', 'waiting', 'upgraded', 'upgraded'],
      '2 of 6 Deployments are ready, not rootcoord, datacoord, querycoord and 1 more',
    ],
    [[], 'no Deployment was found'],
  ])('counts %j from the components, whatever the outcome is', (results, readiness) => {
    expect(renderHeadline(withResults(...results))).toContain(`, ${readiness}.`);
  });

  const atZero: Report = {
    ...report,
    components: report.components.map((component) => ({
      ...component,
      desired: 0,
      ready: 0,
      result: 'stopped' as const,
    })),
  };
  it.each<[Partial<Report>, string]>([
    [
      {},
      '⚠️ Milvus my in milvus-prod is at 2.2.16 after 1 min 31 s. Milvus is stopped: all 8 Deployments have 0 replicas.',
    ],
    [
      { outcome: 'unchanged' },
      '⚠️ Milvus my in milvus-prod is already at 2.2.16. Nothing was changed. Milvus is stopped: all 8 Deployments have 0 replicas.',
    ],
    [
      { outcome: 'failed' },
      '❌ The upgrade of Milvus my in milvus-prod to 2.2.16 failed after 1 min 31 s. The cluster was changed. Milvus is stopped: all 8 Deployments have 0 replicas.',
    ],
    [
      { outcome: 'rolled-back' },
      '↩️ The upgrade of Milvus my in milvus-prod to 2.2.16 failed and was rolled back. Milvus is stopped: all 8 Deployments have 0 replicas.',
    ],
  ])('never reports ready if 0 of 0 pods run: %j', (over, headline) => {
    expect(renderHeadline({ ...atZero, ...over })).toBe(headline);
  });

  it('names a component with 0 replicas besides those that are ready', () => {
    const [first, ...others] = report.components;
    const components = [{ ...first!, desired: 0, ready: 0, result: 'stopped' as const }, ...others];
    expect(renderHeadline({ ...report, components })).toContain(
      'all 7 Deployments are ready (at 0 replicas: rootcoord).',
    );
  });

  it.each<[Partial<Report>, string]>([
    [{}, '✅ Milvus my in milvus-prod now runs 2.2.16 (was 2.2.12), all 8 Deployments are ready. Took 1 min 31 s.'],
    [
      { fromVersion: '2.2.16' },
      '✅ Milvus my in milvus-prod now runs 2.2.16, all 8 Deployments are ready. Took 1 min 31 s.',
    ],
    [{ operation: 'verify' }, '✅ Milvus my in milvus-prod runs 2.2.16, all 8 Deployments are ready.'],
    [
      { outcome: 'unchanged' },
      '✅ Milvus my in milvus-prod already runs 2.2.16, all 8 Deployments are ready. Nothing was changed.',
    ],
    [
      { outcome: 'planned' },
      '📋 Plan for Milvus my in milvus-prod: 2.2.12 → 2.2.16, by one helm upgrade. Nothing was changed.',
    ],
    [
      { outcome: 'planned', strategy: 'nothing' },
      '📋 Milvus my in milvus-prod already runs 2.2.16; there is nothing to do. Nothing was changed.',
    ],
    [
      { outcome: 'refused', changed: false },
      '⛔ The upgrade of Milvus my in milvus-prod to 2.2.16 was refused: 0 checks failed. Nothing was changed.',
    ],
    [
      { outcome: 'failed', changed: false },
      '❌ The upgrade of Milvus my in milvus-prod to 2.2.16 failed after 1 min 31 s. Nothing was changed.',
    ],
    [
      { outcome: 'cancelled' },
      '🛑 The upgrade of Milvus my in milvus-prod to 2.2.16 was cancelled after 1 min 31 s. The cluster was changed. It runs 2.2.16 now, all 8 Deployments are ready.',
    ],
  ])('summarizes %j in one or two sentences', (over, headline) => {
    expect(renderHeadline({ ...report, ...over })).toBe(headline);
  });
});
