import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { Event } from '../../../../../src/core/model/event.js';
import type { Report, ReportSubject } from '../../../../../src/core/report/report.js';
import type { ComponentRow } from '../../../../../src/core/report/components.js';
import { renderSummary } from '../../../../../src/core/report/summary/summary.js';
import {
  begin,
  component,
  end,
  failed,
  planned,
  refused,
  rolledBack,
  SECRET,
  stages,
  subject,
  succeeded,
  unchanged,
} from '../../../../support/events.js';
import { readReport } from '../../../../../src/core/report/read-report.js';

const MEBIBYTE = 1024 * 1024;
const DOCS = 'https://github.com/acme/milvus-upgrade/blob/v1/docs';

/** Texts that could break a table, a diagram, a list or a page. */
const NASTY =
  '`|x|`\n\n# <img src=x onerror=alert(1)> | @octocat [a](javascript:b) ```\n---\n</details> $x$ \u202e %%{init}%% "; rm -rf /';

function golden(name: string): string {
  return new URL(`../../../../golden/summary-${name}.md`, import.meta.url).pathname;
}

function summaryOf(events: readonly Event[], about: Partial<ReportSubject> = {}): string {
  return renderSummary(readReport(events, { ...subject, ...about }), DOCS);
}

describe('renderSummary', () => {
  const stories: readonly (readonly [string, () => readonly Event[], Partial<ReportSubject>])[] = [
    ['succeeded', succeeded, {}],
    ['unchanged', unchanged, {}],
    ['planned', planned, { operation: 'plan' }],
    ['refused', refused, { targetVersion: '2.6.15' }],
    ['failed', failed, {}],
    ['rolled-back', rolledBack, {}],
  ];
  it.each(stories)(
    'matches the golden file of a run that %s; update it with npm run fix',
    (name, buildEvents, about) => {
      const summary = summaryOf(buildEvents(), about);
      if (process.env.UPDATE_GOLDEN) writeFileSync(golden(name), summary);
      expect(summary).toBe(readFileSync(golden(name), 'utf8'));
    },
  );

  it.each(stories)('shows no user-supplied value after a run that %s', (_name, buildEvents, about) => {
    expect(summaryOf(buildEvents(), about)).not.toContain(SECRET);
  });

  it('names the file of the docs if their URL is unknown', () => {
    expect(renderSummary(readReport(failed(), subject))).toContain('`docs/errors.md#step-stalled`');
  });

  it('states whether a cancelled run changed the cluster', () => {
    expect(summaryOf(end(begin().later(3), 'cancelled'))).toMatch(
      /^## 🛑 .* was cancelled after 3\.4 s\. Nothing was changed\.$/m,
    );
  });

  it('shows the version that `verify` found and the expected one', () => {
    const problem = {
      code: 'step-stalled',
      what: 'my does not run 2.2.16 everywhere',
      why: 'not yet',
      remedy: 'Run with operation: upgrade.',
    } as const;
    const summary = summaryOf(end(begin().emit({ type: 'failed', problem }), 'failed'), { operation: 'verify' });
    expect(summary).toContain('## ❌ The check that Milvus my in milvus-prod runs 2.2.16 failed');
    expect(summary).toContain('| Milvus | 2.2.12, expected 2.2.16 |');
  });

  it('works without an observation', () => {
    expect(summaryOf([])).toMatch(/^## 🛑 /);
  });
});

describe('a summary with external texts', () => {
  const sick = component(NASTY, {
    deployment: NASTY,
    ready: 0,
    waiting: [{ pod: NASTY, reason: NASTY, message: NASTY }],
  });
  const problem = { code: 'step-stalled', what: NASTY, why: NASTY, remedy: NASTY } as const;
  const failedCheck = {
    id: NASTY,
    state: 'fail',
    reason: NASTY,
    remedy: NASTY,
    source: NASTY,
    skippable: true,
  } as const;
  const story = begin([sick, stages.old('proxy')]).emit(
    { type: 'plan-refused', plan: null, failedChecks: [failedCheck] },
    { type: 'warned', message: NASTY },
    { type: 'evidence-saved', directory: NASTY, files: [NASTY], head: [NASTY, `  ${NASTY}`] },
    { type: 'failed', problem },
  );
  const summary = summaryOf(end(story, 'failed'), { release: NASTY, namespace: NASTY, targetVersion: NASTY });

  it('has no HTML tags of external texts outside of code', () => {
    const withoutCode = summary.replace(/```[\s\S]*?```/g, '').replace(/`[^`\n]*`/g, '');
    expect(
      withoutCode.match(/<[^>]*>/g)?.filter((tag) => !/^<\/?(code|span|br|details|details open|summary)>$/.test(tag)) ??
        [],
    ).toEqual([]);
  });

  it('keeps every row of a table on one line with as many cells as its head', () => {
    const tables = summary.split('\n\n').filter((block) => block.startsWith('| '));
    expect(tables.length).toBeGreaterThan(2);
    for (const table of tables) expect(new Set(table.split('\n').map((line) => line.split('|').length)).size).toBe(1);
  });

  it('has no additional headings', () => {
    const headings = summary.split('\n').filter((line) => line.startsWith('#'));
    expect(headings.slice(1)).toEqual(['### Failed checks', '### Deployments', '### Warnings']);
  });

  it('has commands that are safe to copy to a shell', () => {
    const commands = /```sh\n([\s\S]*?)```/.exec(summary)?.[1] ?? '';
    expect(commands).toMatch(/^kubectl --namespace [\w.-]+ describe deployment [\w.-]+$/m);
    expect(commands).not.toMatch(/[;|"$<>]/);
  });
});

describe('the size of a summary', () => {
  function crowd(amount: number, cause: string): Report {
    const report = readReport(failed(), subject);
    const row: ComponentRow = { ...report.components[6]!, cause };
    const components = Array.from({ length: amount }, (_, at) => ({ ...row, deployment: `my-milvus-querynode-${at}` }));
    const failedChecks = Array.from({ length: amount }, () => ({
      id: cause,
      state: 'fail' as const,
      reason: cause,
      remedy: cause,
      source: cause,
      skippable: true,
    }));
    return {
      ...report,
      components,
      failedChecks,
      notes: Array.from({ length: amount }, () => cause),
      warnings: [cause],
      problem: { code: 'bug', what: cause, why: cause.repeat(20), remedy: cause },
    };
  }

  it.each([10, 400, 20_000])('stays below 1 MiB with %i Deployments with the longest possible causes', (amount) => {
    const summary = renderSummary(crowd(amount, '$'.repeat(2000)), DOCS);
    expect(new TextEncoder().encode(summary).length).toBeLessThan(MEBIBYTE);
  });

  it('is reduced by cutting long lists, which state the number of omitted rows and keep failed ones', () => {
    const report = crowd(350, 'short');
    const fine = report.components.map((component): ComponentRow => ({ ...component, result: 'upgraded', cause: '' }));
    const last: ComponentRow = { ...fine[0]!, deployment: 'the-last-one', result: 'failed', cause: 'it broke' };
    const summary = renderSummary({ ...report, components: [...fine, last] });
    expect(summary).toContain('*51 more omitted; the report contains all of them.*');
    expect(summary).toContain('❌ failed `the-last-one`: it broke');
    expect(summary).toContain('| `the-last-one` |');
  });
});
