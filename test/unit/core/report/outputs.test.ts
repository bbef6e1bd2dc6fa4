import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { OUTPUT_NAMES, renderOutputs } from '../../../../src/core/report/outputs.js';
import { begin, end, plan, planned, SECRET, subject, succeeded } from '../../../support/events.js';
import { readReport } from '../../../../src/core/report/read-report.js';

describe('renderOutputs', () => {
  it('sets every output of action.yml and no other', () => {
    const action = parse(readFileSync(new URL('../../../../action.yml', import.meta.url), 'utf8')) as {
      outputs: Record<string, unknown>;
    };
    expect(Object.keys(action.outputs)).toEqual([...OUTPUT_NAMES]);
    expect(Object.keys(renderOutputs(readReport(succeeded(), subject), '/report.json'))).toEqual([...OUTPUT_NAMES]);
  });

  it('describes a finished upgrade', () => {
    expect(renderOutputs(readReport(succeeded(), subject), '/report.json')).toMatchObject({
      outcome: 'succeeded',
      strategy: 'helm-upgrade',
      'source-version': '2.2.12',
      'target-version': '2.2.16',
      'chart-version': '4.0.34',
      changed: 'true',
      report: '/report.json',
    });
  });

  it('leaves unknown outputs empty', () => {
    expect(renderOutputs(readReport([], subject), '/r')).toMatchObject({
      outcome: 'cancelled',
      strategy: '',
      'source-version': '',
      'chart-version': '',
      changed: 'false',
      plan: '',
    });
  });

  it('writes the plan as JSON with the names of user-supplied values, not the values', () => {
    const { plan: text } = renderOutputs(readReport(planned(), subject), '/r');
    expect(JSON.parse(text)).toMatchObject({
      from: '2.2.12',
      to: '2.2.16',
      steps: [{ kind: 'helm-upgrade', valueNames: expect.arrayContaining(['minio.rootPassword']) }, {}],
    });
    expect(text).not.toContain(SECRET);
  });

  it('keeps the plan below the limit for outputs of a job, and lists omitted fields', () => {
    const pin = { path: 'p', value: 'x'.repeat(1000), newDefault: null, why: '', source: '' };
    const story = begin().emit({ type: 'plan-created', plan: plan({ pins: Array.from({ length: 5000 }, () => pin) }) });
    const { plan: text } = renderOutputs(readReport(end(story, 'planned'), subject), '/r');
    expect(text.length * 2).toBeLessThan(1_000_000);
    expect(JSON.parse(text)).toMatchObject({ strategy: 'helm-upgrade', omitted: ['pins'], checks: [{}, {}] });
  });
});
