import { describe, expect, it } from '@jest/globals';
import type { Event } from '../../../../../src/core/model/event.js';
import {
  followLive,
  NOTHING_LIVE,
  renderLive,
  type LiveState,
  type Screen,
} from '../../../../../src/core/report/log/live-table.js';
import { begin, beginUpgrade, component, ROLES, waitReady, stages, succeeded } from '../../../../support/events.js';

const wide: Screen = { columns: 120, rows: 40, colors: false };
const follow = (events: readonly Event[]): LiveState => events.reduce(followLive, NOTHING_LIVE);
const tableOf = (events: readonly Event[], screen: Screen = wide): string[] => renderLive(follow(events), 61, screen);

describe('the live table', () => {
  it('shows the current state of each Deployment', () => {
    const pulling = component('querynode', {
      templateImage: 'milvusdb/milvus:v2.2.16',
      desired: 2,
      ready: 1,
      updated: 1,
      outdated: 1,
      waiting: [{ pod: 'p', reason: 'ImagePullBackOff', message: '' }],
    });
    const story = begin(ROLES.slice(0, 4).map(stages.old))
      .emit({ type: 'step-started', step: waitReady })
      .change(stages.done('rootcoord'), stages.surging('datacoord'), stages.draining('querycoord'), pulling);
    expect(tableOf(story.events).slice(1)).toEqual([
      'COMPONENT   IMAGE    READY  OLD  TERMINATING  STATE',
      'rootcoord   v2.2.16  1/1    0    0            ready',
      'datacoord   v2.2.16  1/1    1    0            replacing',
      'querycoord  v2.2.16  1/1    0    1            terminating',
      'indexcoord  v2.2.12  1/1    0    0            ready',
      'querynode   v2.2.16  1/2    1    0            ImagePullBackOff',
    ]);
    expect(tableOf(story.events)[0]).toMatch(/^── wait-ready\/my@2\.2\.16, 2 of 5 ready, 1 min 1 s ─+$/);
  });

  it('is shown from the first step until the result, but not for a plan', () => {
    expect(tableOf(begin().events)).toEqual([]);
    expect(tableOf(beginUpgrade().events)).not.toEqual([]);
    expect(tableOf(succeeded())).toEqual([]);
  });

  it('removes a Deployment after its last pod', () => {
    const gone = component('indexcoord', { templateImage: '', podImages: [], desired: 0, ready: 0, terminating: 1 });
    const story = beginUpgrade().change(gone);
    expect(tableOf(story.events).join('\n')).toMatch(/indexcoord +\(removed\) +0\/0 +0 +1 +terminating/);
    expect(tableOf(story.change({ ...gone, terminating: 0 }).events).join('\n')).not.toContain('indexcoord');
  });

  it('never exceeds the screen, and shows changing components first', () => {
    const story = begin(ROLES.map(stages.done))
      .emit({ type: 'step-started', step: waitReady })
      .change(stages.surging('proxy'));
    const lines = tableOf(story.events, { columns: 30, rows: 8, colors: false });
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(30);
    expect(lines.length).toBeLessThan(8);
    expect(lines[2]).toMatch(/^proxy/);
    expect(lines.at(-1)).toBe('… and 4 more');
  });

  it('uses colors only if requested', () => {
    const { events } = beginUpgrade().change({
      ...stages.surging('proxy'),
      waiting: [{ pod: 'p', reason: 'CrashLoopBackOff', message: '' }],
    });
    expect(tableOf(events).join()).not.toContain('\u001b');
    expect(tableOf(events, { ...wide, colors: true }).find((line) => line.includes('CrashLoopBackOff'))).toMatch(
      /^\u001b\[31m.*\u001b\[0m$/,
    );
  });

  it('ignores control characters in texts from the cluster', () => {
    const { events } = beginUpgrade().change({ ...stages.surging('proxy'), failure: 'a\u001b[2Jb\nc' });
    expect(tableOf(events).join('|')).toMatch(/ab c/);
  });
});
