import { describe, expect, it } from '@jest/globals';
import { marked } from 'marked';
import { logChanges, logChecks } from '../../../../../src/core/report/log/checks.js';
import { renderChanges, renderChecks } from '../../../../../src/core/report/summary/changes.js';
import type { ManifestChange } from '../../../../../src/core/model/preflight.js';
import type { CheckResult } from '../../../../../src/core/model/check-result.js';

const check = (id: string, state: CheckResult['state']): CheckResult => ({
  id,
  state,
  reason: `because of ${id}`,
  source: 'x',
  remedy: `fix ${id}`,
  skippable: false,
});
const change = (more: Partial<ManifestChange> = {}): ManifestChange => ({
  kind: 'Deployment',
  name: 'proxy',
  action: 'change',
  note: 'image a → b',
  diff: ['-a', '+b'],
  ...more,
});

describe('the checks in the summary', () => {
  it('show failed checks and warnings with a remedy, and collapse those that passed', () => {
    const shown = renderChecks([check('access', 'pass'), check('quota', 'fail'), check('replicas', 'warn')], 10);
    const [open = '', hidden = ''] = shown.split('<details>');
    expect(open).toMatch(/`quota`.*❌ fail.*because of quota.*fix quota/);
    expect(open).toMatch(/`replicas`.*warning/);
    expect(open).not.toContain('access');
    expect(hidden).toContain('1 checks passed');
  });

  it('are omitted if there are none', () => {
    expect(renderChecks([], 10) + renderChanges({ platform: 'helm', changes: [] }, 10)).toBe('');
  });
});

describe('the changes in the summary', () => {
  it('are a table and code blocks that no text can break', async () => {
    const html = await marked.parse(
      renderChanges({ platform: 'helm', changes: [change({ diff: ['-```', '+<img src=x>', ' ````'] })] }, 10),
    );
    expect(html).toContain('&lt;img src=x&gt;');
    expect(html).not.toContain('<img');
    expect(html.match(/<pre>/g)).toHaveLength(1);
  });

  it('are limited in size', () => {
    const many = Array.from({ length: 300 }, (_, at) =>
      change({ name: `a${at}`, diff: Array.from({ length: 120 }, () => '+'.padEnd(300, 'x')) }),
    );
    const shown = renderChanges({ platform: 'helm', changes: many }, 300);
    expect(shown.length).toBeLessThan(120_000);
    expect(shown).toContain('the report contains all of them');
  });
});

describe('the preflight in the log', () => {
  it('prints each check that did not pass with its remedy, and names those that passed', () => {
    expect(logChecks([check('access', 'pass'), check('quota', 'fail')])).toEqual([
      'failed: quota: because of quota',
      '  What to do: fix quota',
      'Checks passed: access',
    ]);
  });

  it('lists the changes with their differences, and only counts those in labels', () => {
    expect(logChanges([change(), change({ note: 'only labels of the chart' })])).toEqual([
      'The upgrade changes 2 objects:',
      '  change Deployment/proxy: image a → b',
      '  and 1 more, only in labels of the chart',
      '  Deployment/proxy:',
      '    -a',
      '    +b',
    ]);
  });

  it('prints only the first lines of long differences', () => {
    const lines = logChanges([change({ diff: Array.from({ length: 500 }, (_, at) => `+${at}`) })]);
    expect(lines).toHaveLength(63);
    expect(lines.at(-1)).toBe('  and 441 more lines of the differences');
  });
});
