import { describe, expect, it } from '@jest/globals';
import type { Event, EventDraft } from '../../../../../src/core/model/event.js';
import { renderAnnotations, renderLog, type LogLine } from '../../../../../src/core/report/log/log.js';
import { version } from '../../../../../src/core/model/version.js';
import * as runs from '../../../../support/events.js';
import {
  component,
  helmUpgrade,
  newImage,
  observationOf,
  waitReady,
  stages,
  subject,
} from '../../../../support/events.js';
import { readReport } from '../../../../../src/core/report/read-report.js';

function linesOf(draft: EventDraft): readonly LogLine[] {
  return renderLog({ at: '2026-01-15T03:00:00.000Z', ...draft } as Event);
}

function getString(draft: EventDraft): string {
  return linesOf(draft)
    .map((line) => line.text)
    .join('\n');
}

describe('renderLog', () => {
  it('closes the previous group and opens one for each chapter', () => {
    expect(linesOf({ type: 'phase-started', phase: 'plan' })).toEqual([
      { kind: 'end-group', text: '' },
      { kind: 'group', text: 'Planning the upgrade' },
    ]);
  });

  it('prints the result outside a group, so that it is visible without a click', () => {
    expect(linesOf({ type: 'phase-started', phase: 'result' }).map((line) => line.kind)).toEqual(['end-group', 'text']);
  });

  it('prints an observation as an aligned table', () => {
    const unhealthy = component('querynode', {
      ready: 0,
      waiting: [{ pod: 'p', reason: 'CrashLoopBackOff', message: '' }],
    });
    const lines = linesOf({ type: 'observed', observation: observationOf([stages.old('proxy'), unhealthy]) }).map(
      (line) => line.text,
    );
    expect(lines.slice(0, 3)).toEqual([
      'Release my in milvus-prod: revision 6 is deployed, chart milvus 4.0.29, updated 2025-11-02T10:00:00.000Z.',
      'Running: Milvus 2.2.12: separate-coordinators, message queue kafka, metadata in etcd.',
      'etcd: my-etcd-0.my-etcd-headless:2379, my-etcd-1.my-etcd-headless:2379, root path by-dev.',
    ]);
    expect(lines.slice(3)).toEqual([
      '  COMPONENT  DEPLOYMENT           IMAGE    READY  UPDATED  OLD  TERMINATING  RESTARTS  STATE',
      '  proxy      my-milvus-proxy      v2.2.12  1/1    1        0    0            0         ready',
      '  querynode  my-milvus-querynode  v2.2.12  0/1    1        0    0            0         CrashLoopBackOff',
    ]);
  });

  it('reports that there is no release', () => {
    expect(getString({ type: 'observed', observation: observationOf([], { release: null }) })).toContain(
      'No Helm release was found.',
    );
  });

  it('lists no steps if there is nothing to do', () => {
    const text = getString({ type: 'plan-created', plan: { ...runs.plan(), strategy: 'nothing' } });
    expect(text).toContain('Plan: nothing');
    expect(text).not.toContain(helmUpgrade.id);
  });

  it('prints the whole plan, with only the names of user-supplied values', () => {
    const text = getString({ type: 'plan-created', plan: runs.plan() });
    for (const part of [
      '2.2.12 → 2.2.16',
      newImage,
      '4.0.29 → 4.0.34',
      helmUpgrade.id,
      waitReady.id,
      'queryNode.replicas: 1, not 3',
      'etcd.image.tag: "3.5.5-r2", not absent',
      'warning: advisory-2.2.14',
      'skipped: release-failed',
      'minio.rootPassword',
      'rolling not possible',
    ]) {
      expect(text).toContain(part);
    }
    expect(text).not.toContain(runs.SECRET);
  });

  it('prints what a migration would do, in order', () => {
    const hop = {
      ...runs.plan().hops[0]!,
      from: version('2.1.4'),
      pathKind: 'migration',
      outline: ['stop every component', 'back up'],
    } as const;
    expect(getString({ type: 'plan-created', plan: runs.plan({ hops: [hop], steps: [] }) })).toContain(
      '    1. stop every component\n    2. back up',
    );
  });

  it('numbers every failed check and prints its remedy', () => {
    const text = getString({ type: 'plan-refused', plan: null, failedChecks: runs.failedChecks });
    expect(text).toContain('Upgrade refused: 3 checks failed');
    expect(text).toContain(
      '2. skips-minor: 2.2.12 → 2.6.15 leaps over 2.3, 2.4 and 2.5\n   What to do: Upgrade to 2.3.22',
    );
    expect(text).toContain('   To skip this check: skip-checks: skips-minor');
    expect(text).toContain('3. stop-first');
    expect(text).toContain('   This check cannot be skipped.');
  });

  it.each<[EventDraft, string]>([
    [
      { type: 'step-waiting', step: waitReady, waitingFor: 'proxy: 0 of 1 ready', sinceSeconds: 35.2 },
      '  waiting for proxy: 0 of 1 ready (35 s so far)',
    ],
    [{ type: 'step-completed', step: waitReady, tookSeconds: 92 }, '✓ wait-ready/my@2.2.16: complete after 1 min 32 s'],
    [{ type: 'step-skipped', step: waitReady }, '✓ wait-ready/my@2.2.16: already complete'],
    [{ type: 'component-changed', component: stages.surging('proxy') }, '  proxy: 1 of 1 ready, 1 old (v2.2.16)'],
    [{ type: 'component-changed', component: stages.done('proxy') }, '  proxy: 1 of 1 ready (v2.2.16) ✓'],
    [
      {
        type: 'component-changed',
        component: component('proxy', { templateImage: '', deployment: '', terminating: 1 }),
      },
      '  proxy: removed, 1 terminating',
    ],
    [
      { type: 'component-changed', component: component('proxy', { templateImage: 'acme/milvus:latest' }) },
      '  proxy: 1 of 1 ready (acme/milvus:latest) ✓',
    ],
    [{ type: 'ended', outcome: 'succeeded' }, '\nThe run ended: succeeded'],
    [
      { type: 'command-ran', command: ['helm', 'upgrade'], exitCode: 1, seconds: 2.8 },
      '$ helm upgrade\n  exit code 1 after 2.8 s',
    ],
  ])('prints one readable line for %j', (draft, text) => {
    expect(getString(draft)).toBe(text);
  });

  it('prints a failure as one error, outside every group', () => {
    const problem = {
      code: 'step-stalled',
      what: 'settle cannot continue',
      why: 'proxy:\nno image',
      remedy: 'Fix it.',
    } as const;
    expect(linesOf({ type: 'failed', problem })).toEqual([
      { kind: 'end-group', text: '' },
      {
        kind: 'error',
        title: 'settle cannot continue',
        text: 'proxy: no image. Fix it. (step-stalled, owner: the cluster admin)',
      },
    ]);
  });

  it('prints every text on one line, whatever it contains', () => {
    const message = 'one\n::error::two\r\u001b[31mthree\u2028four';
    for (const event of [
      ...runs.failed(),
      { at: '', type: 'warned', message } as const,
      { at: '', type: 'noted', message } as const,
    ]) {
      for (const line of renderLog(event)) expect(line.text).not.toMatch(/[\n\r\u001b\u2028]/);
    }
    expect(getString({ type: 'noted', message })).toBe('one ::error::two three four');
  });

  it.each(['succeeded', 'unchanged', 'planned', 'refused', 'failed'] as const)(
    'never prints a user-supplied value in a run that %s',
    (story) => {
      expect(
        runs[story]()
          .flatMap(renderLog)
          .map((line) => line.text)
          .join(),
      ).not.toContain(runs.SECRET);
    },
  );
});

describe('renderAnnotations', () => {
  const report = readReport(runs.failed(), subject);
  const broken = report.components.filter((component) => component.result === 'failed');

  function crowd(amount: number): readonly LogLine[] {
    return renderAnnotations({ ...report, components: Array.from({ length: amount }, () => broken[0]!) });
  }

  it('begin with the headline of the summary', () => {
    expect(renderAnnotations(readReport(runs.succeeded(), subject))).toEqual([
      {
        kind: 'text',
        text: '✅ Milvus my in milvus-prod now runs 2.2.16 (was 2.2.12), all 8 Deployments are ready. Took 1 min 31 s.',
      },
    ]);
  });

  it('contain an error for each Deployment that failed, with its cause', () => {
    const [, first, second, ...rest] = renderAnnotations(report);
    expect(first).toMatchObject({
      kind: 'error',
      title: 'my-milvus-querynode failed: 1 of 2 pods ready',
      text: expect.stringContaining('ImagePullBackOff'),
    });
    expect(second).toMatchObject({ kind: 'error', title: 'my-milvus-proxy is not ready: 1 of 1 pods ready' });
    expect(rest).toEqual([]);
  });

  it('stay within the ten errors that GitHub shows, including the failure', () => {
    expect(crowd(9).filter((line) => line.kind === 'error')).toHaveLength(9);
    const many = crowd(30).filter((line) => line.kind === 'error');
    expect(many).toHaveLength(9);
    expect(many.at(-1)?.title).toBe('22 more Deployments are not ready');
  });

  it('contain no error for Deployments that were unhealthy before a refused upgrade', () => {
    expect(renderAnnotations(readReport(runs.refused(), subject)).filter((line) => line.kind === 'error')).toEqual([]);
  });
});
