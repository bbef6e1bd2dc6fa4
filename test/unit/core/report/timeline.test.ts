import { describe, expect, it } from '@jest/globals';
import type { Report } from '../../../../src/core/report/report.js';
import { leftOutOfTimeline, renderTimeline } from '../../../../src/core/report/timeline.js';
import { failed, planned, subject, succeeded } from '../../../support/events.js';
import { readReport } from '../../../../src/core/report/read-report.js';

const report = readReport(succeeded(), subject);

function withRows(amount: number, over: Partial<Report['components'][number]> = {}): Report {
  const row = report.components[0]!;
  return {
    ...report,
    components: Array.from({ length: amount }, (_, at) => ({
      ...row,
      deployment: `my-milvus-rootcoord-${at}`,
      ...over,
    })),
  };
}

function sections(chart: string): string[] {
  return chart
    .split('\n')
    .filter((line) => line.startsWith('  section '))
    .map((line) => line.slice('  section '.length));
}

describe('renderTimeline', () => {
  it('has a row for the steps and one for each Deployment that changed', () => {
    expect(sections(renderTimeline(report))).toEqual([
      'steps',
      'rootcoord',
      'datacoord',
      'querycoord',
      'indexcoord',
      'datanode',
      'indexnode',
      'querynode',
      'proxy',
    ]);
  });

  it('shows rolling, draining and unavailable in three styles', () => {
    const chart = renderTimeline(report);
    expect(chart).toContain('rolling 34 s :active, 2026-01-15 03:00:05.000, 2026-01-15 03:00:39.000');
    expect(chart).toContain('draining 27 s :done, 2026-01-15 03:00:39.000, 2026-01-15 03:01:05.500');
    expect(chart).toContain('· :crit, 2026-01-15 03:00:09.000, 2026-01-15 03:00:12.000');
  });

  it('continues to the end of the run for a Deployment that never became ready', () => {
    expect(renderTimeline(readReport(failed(), subject))).toContain(
      'rolling 9 min 30 s :active, 2026-01-15 03:00:05.000, 2026-01-15 03:09:35.000',
    );
  });

  it('is empty if nothing changed', () => {
    expect(renderTimeline(readReport(planned(), subject))).toBe('');
  });

  it('uses the names of Deployments if several have one role', () => {
    expect(sections(renderTimeline(withRows(2)))).toEqual(['steps', 'my-milvus-rootcoord-0', 'my-milvus-rootcoord-1']);
  });

  it('is limited in size with many flapping Deployments, and reports how many are omitted', () => {
    const span = (at: number) =>
      ({
        state: at % 2 ? 'rolling' : 'unavailable',
        from: new Date(at * 1000).toISOString(),
        to: new Date(at * 1000 + 900).toISOString(),
      }) as const;
    const crowd = withRows(300, { spans: Array.from({ length: 2000 }, (_, at) => span(at)) });
    expect(sections(renderTimeline(crowd))).toHaveLength(41);
    expect(leftOutOfTimeline(crowd)).toBe(260);
    // Mermaid draws no more than 50,000 characters (its maxTextSize).
    expect(renderTimeline(crowd).length).toBeLessThan(50_000);
  });

  it('prevents names from ending a line or starting a comment or a directive', () => {
    const chart = renderTimeline(
      withRows(2, { role: '', deployment: 'a:b;c\nclick x href "javascript:alert(1)" %%{init}%%```' }),
    );
    expect(chart).toContain('  section a_b_c_click x href _javascript_alert_1_…');
    expect(chart).not.toMatch(/click x href "|%%|`/);
  });
});
