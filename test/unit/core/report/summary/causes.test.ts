import { describe, expect, it } from '@jest/globals';
import type { Cause } from '../../../../../src/core/model/cause.js';
import { renderAnnotations, renderLog } from '../../../../../src/core/report/log/log.js';
import { renderSummary } from '../../../../../src/core/report/summary/summary.js';
import { beginUpgrade, end, waitReady, stages, subject, type Story } from '../../../../support/events.js';
import { readReport, unreportedCauses } from '../../../../../src/core/report/read-report.js';

function cause(role: string, over: Partial<Cause> = {}): Cause {
  return {
    code: 'IMAGE_NOT_FOUND',
    certain: true,
    deployment: `my-milvus-${role}`,
    pod: `my-milvus-${role}-7d9c-abcde`,
    since: '2026-01-15T03:00:20.000Z',
    evidence: 'ErrImagePull: manifest unknown | <none>',
    hint: 'Check the tag.',
    ...over,
  };
}

function stuck(...causes: readonly Cause[]): Story {
  const story = beginUpgrade().emit(...causes.map((cause) => ({ type: 'cause-found', cause: cause }) as const));
  const problem = {
    code: 'step-stalled',
    what: `${waitReady.id} cannot continue`,
    why: 'IMAGE_NOT_FOUND at …',
    remedy: 'Check the tag.',
    causes,
  } as const;
  return story.later(20).emit({ type: 'failed', problem });
}

describe('the summary of causes', () => {
  it('shows code, Deployment, time, observation and hint, and links the code to its heading', () => {
    const summary = renderSummary(
      readReport(end(stuck(cause('proxy')), 'failed'), subject),
      'https://example.com/docs',
    );
    expect(summary).toContain('### Causes');
    expect(summary).toContain(
      '| ❌ | [IMAGE_NOT_FOUND](https://example.com/docs/errors.md#IMAGE_NOT_FOUND) | `my-milvus-proxy` | 03:00:20 UTC | `my-milvus-proxy-7d9c-abcde`: ErrImagePull: manifest unknown &#124; &lt;none&gt; | Check the tag. |',
    );
  });

  it('lists one cause of many Deployments once, and certain causes before uncertain ones', () => {
    const pull = cause('datanode', { code: 'IMAGE_PULL_TRANSIENT', certain: false });
    const summary = renderSummary(readReport(end(stuck(pull, cause('proxy'), cause('querynode')), 'failed'), subject));
    expect(summary).toContain('`my-milvus-proxy` and 1 more');
    expect(summary.indexOf('❔')).toBeGreaterThan(summary.indexOf('`my-milvus-proxy` and 1 more'));
  });

  it('omits causes that were resolved when the upgrade succeeded', () => {
    const events = end(
      beginUpgrade().emit({ type: 'cause-found', cause: cause('proxy', { certain: false }) }),
      'succeeded',
    );
    expect(renderSummary(readReport(events, subject))).not.toContain('### Causes');
    expect(readReport(events, subject).causes).toHaveLength(1);
  });

  it('has the code in the annotation of its Deployment, which counts as failed', () => {
    const story = stuck(cause('proxy'));
    const report = readReport(
      end(story.change({ ...stages.surging('proxy'), updated: 1, ready: 0 }), 'failed'),
      subject,
    );
    expect(report.components.find((component) => component.role === 'proxy')?.result).toBe('failed');
    expect(renderAnnotations(report)).toContainEqual(
      expect.objectContaining({
        kind: 'error',
        title: expect.stringMatching(/^IMAGE_NOT_FOUND: my-milvus-proxy failed/),
        text: expect.stringContaining('Check the tag.'),
      }),
    );
  });

  it('has a searchable line in the log', () => {
    const [line] = renderLog({ at: '', type: 'cause-found', cause: cause('proxy') });
    expect(line?.text).toBe(
      '  ✗ IMAGE_NOT_FOUND my-milvus-proxy: ErrImagePull: manifest unknown | <none>. Check the tag.',
    );
  });

  it('includes causes that only the error contains, without duplicates', () => {
    const denied = cause('', { code: 'RBAC_DENIED', deployment: '', pod: '' });
    const problem = { code: 'access-denied', what: 'Cannot list pods', why: '', remedy: '', causes: [denied] } as const;
    const events = end(beginUpgrade().emit({ type: 'failed', problem }), 'failed');
    expect(readReport(events, subject).causes).toEqual([denied]);
    expect(unreportedCauses([denied], events)).toEqual([denied]);
    expect(unreportedCauses([denied], [...events, { at: '', type: 'cause-found', cause: denied }])).toEqual([]);
  });
});
