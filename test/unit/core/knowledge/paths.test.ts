import { describe, expect, it } from '@jest/globals';
import { LATEST_PATCHES, stopsBetween } from '../../../../src/core/knowledge/stops.js';
import { findPath } from '../../../../src/core/knowledge/paths.js';
import { type PathQuestion } from '../../../../src/core/knowledge/path-checks.js';
import { formatVersion, version } from '../../../../src/core/model/version.js';

function request(from: string, to: string, rest: Partial<PathQuestion> = {}): PathQuestion {
  return {
    from: version(from),
    to: version(to),
    topology: 'mixcoord',
    messageQueue: 'pulsar',
    indexNode: true,
    ...rest,
  };
}

const standalone = { topology: 'standalone', messageQueue: 'rocksmq', indexNode: false } as const;
const streaming = { topology: 'streaming', indexNode: false } as const;
const failedChecks = (from: string, to: string, rest: Partial<PathQuestion> = {}): string[] =>
  findPath(request(from, to, rest)).failedChecks.map((failedCheck) => failedCheck.id);

describe('the kind of an upgrade path', () => {
  it.each([
    ['2.0.2', '2.1.4', 'plain', false],
    ['2.1.4', '2.1.4', 'nothing', false],
    ['2.1.4', '2.2.0', 'migration', false],
    ['2.1.0', '2.2.16', 'migration', false],
    ['2.2.0', '2.2.2', 'plain', false],
    ['2.2.2', '2.2.16', 'plain', false],
    ['2.2.3', '2.2.16', 'plain', true],
    ['2.2.16', '2.3.22', 'plain', true],
    ['2.3.22', '2.4.24', 'plain', true],
    ['2.4.24', '2.5.27', 'plain', true],
    ['2.5.16', '2.6.15', 'plain', true],
    ['2.6.0', '2.6.25', 'plain', true],
  ])('from %s to %s is %s; rolling is possible: %s', (from, to, pathKind, rollingPossible) => {
    const { path, failedChecks: against } = findPath(request(from, to));
    expect(against).toEqual([]);
    expect(path).toMatchObject({ pathKind, rollingPossible, keepChart: false });
    expect(path.source).not.toBe('');
  });

  it('is not rolling for a standalone whose queue runs in its own pod', () => {
    expect(findPath(request('2.4.5', '2.4.24', standalone)).path.rollingPossible).toBe(false);
    expect(findPath(request('2.4.5', '2.4.24', { ...standalone, messageQueue: 'natsmq' })).path.rollingPossible).toBe(
      false,
    );
    expect(findPath(request('2.4.5', '2.4.24', { ...standalone, messageQueue: 'kafka' })).path.rollingPossible).toBe(
      true,
    );
  });

  it('keeps the chart from 2.6 to 3.0 and only there', () => {
    const { path, failedChecks: against } = findPath(request('2.6.20', '3.0.0', streaming));
    expect(against).toEqual([]);
    expect(path.keepChart).toBe(true);
    expect(findPath(request('3.0.0', '3.0.1', streaming)).path.keepChart).toBe(false);
  });

  it('adds streaming nodes and removes index nodes of a cluster for 2.6', () => {
    const values = (from: string, to: string, rest = {}): unknown[] =>
      findPath(request(from, to, rest)).path.requiredValues.map(({ path, value }) => ({ path, value }));
    const expected = [
      { path: 'streaming.enabled', value: true },
      { path: 'indexNode.enabled', value: false },
    ];
    expect(values('2.5.16', '2.6.0')).toEqual(expected);
    expect(values('2.5.16', '2.6.25', { topology: 'streaming' })).toEqual(expected);
    expect(values('2.5.16', '2.6.25', standalone)).toEqual([]);
    expect(values('2.6.0', '2.6.25', streaming)).toEqual([]);
    expect(values('2.4.24', '2.5.27')).toEqual([]);
  });
});

describe('rollback', () => {
  it.each([
    ['2.4.5', '2.4.24', true],
    ['2.1.4', '2.2.16', true],
    ['2.2.16', '2.3.22', false],
    ['2.3.22', '2.4.24', false],
    ['2.4.24', '2.5.27', false],
    ['2.5.27', '2.6.25', false],
    ['2.6.25', '3.0.0', false],
    ['2.1.4', '2.3.22', false],
  ])('from %s to %s is possible: %s', (from, to, possible) => {
    const { rollback } = findPath(request(from, to)).path;
    expect(rollback.possible).toBe(possible);
    expect([rollback.why, rollback.source]).not.toContain('');
  });

  it.each([
    ['3.0.0', '3.0.2', 'woodpecker', false],
    ['3.0.0', '3.0.2', 'unknown', false],
    ['3.0.0', '3.0.2', 'kafka', true],
    ['3.0.1', '3.0.2', 'woodpecker', true],
  ] as const)('from %s to %s with %s is possible: %s', (from, to, messageQueue, possible) => {
    expect(findPath(request(from, to, { messageQueue })).path.rollback.possible).toBe(possible);
  });
});

describe('a path with required intermediate versions', () => {
  it.each([
    ['2.0.2', '2.2.16', '2.1.4, then 2.2.16'],
    ['2.1.4', '2.3.22', '2.2.16, then 2.3.22'],
    ['2.1.4', '2.4.24', '2.2.16, then 2.3.22, then 2.4.24'],
    ['2.2.0', '2.3.22', '2.2.16, then 2.3.22'],
    ['2.2.14', '2.4.24', '2.2.16, then 2.3.22, then 2.4.24'],
    ['2.3.22', '2.6.25', '2.4.24, then 2.5.27, then 2.6.25'],
    ['2.4.24', '2.6.15', '2.5.27, then 2.6.15'],
    ['2.5.15', '2.6.0', '2.5.27, then 2.6.0'],
    ['2.5.15', '3.0.0', '2.5.27, then 2.6.25, then 3.0.0'],
    ['2.5.20', '3.0.0', '2.6.25, then 3.0.0'],
    ['2.6.19', '3.0.0', '2.6.25, then 3.0.0'],
  ])('is refused from %s to %s with the intermediate versions in order', (from, to, stops) => {
    const found = findPath(request(from, to, streaming)).failedChecks;
    expect(found).toMatchObject([
      { id: 'stop-first', state: 'fail', skippable: false, remedy: `Upgrade to ${stops}.` },
    ]);
  });

  it.each([
    ['2.2.15', '2.3.22'],
    ['2.2.16', '2.3.0'],
    ['2.5.16', '2.6.25'],
    ['2.6.20', '3.0.0'],
  ])('is not refused from %s to %s', (from, to) => {
    expect(failedChecks(from, to, streaming)).toEqual([]);
  });

  it('has a newest patch for every known minor version', () => {
    const stops = stopsBetween(version('2.0.0'), version('3.0.0')).map(formatVersion);
    expect(stops).toEqual(LATEST_PATCHES.map((row) => row.version).slice(1, -1));
    expect(stopsBetween(version('2.5.16'), version('2.6.15'))).toEqual([]);
    expect(stopsBetween(version('2.4.1'), version('2.4.24'))).toEqual([]);
  });
});

describe('a path that skips a minor version', () => {
  it.each([
    ['2.2.16', '2.4.24', '2.3.22, then 2.4.24'],
    ['2.2.16', '2.5.27', '2.3.22, then 2.4.24, then 2.5.27'],
    ['2.3.3', '2.5.16', '2.4.24, then 2.5.16'],
  ])('is refused from %s to %s, is skippable, and names the intermediate versions', (from, to, stops) => {
    expect(findPath(request(from, to)).failedChecks).toMatchObject([
      { id: 'skips-minor', state: 'fail', skippable: true, remedy: `Upgrade to ${stops}.` },
    ]);
  });
});

describe('the required topology', () => {
  const separate = { topology: 'separate-coordinators' } as const;

  it('is the mixed coordinator, before 2.6', () => {
    expect(findPath(request('2.5.27', '2.6.25', separate)).failedChecks).toMatchObject([
      {
        id: 'topology-first',
        state: 'fail',
        skippable: false,
        remedy: expect.stringContaining('mixCoordinator.enabled=true'),
      },
    ]);
    expect(failedChecks('2.4.24', '2.5.27', separate)).toEqual([]);
    expect(failedChecks('2.5.10', '2.6.25', separate)).toEqual(['stop-first', 'topology-first']);
  });

  it.each([
    ['streaming nodes', { topology: 'mixcoord', indexNode: false }, true],
    ['no separate coordinators', { ...separate, indexNode: false }, true],
    ['no index node', { topology: 'streaming', indexNode: true }, true],
    ['nothing else than a mixed coordinator and streaming nodes', streaming, false],
    ['nothing in a standalone', standalone, false],
  ] as const)('is %s, before 3.0', (_, rest, refused) => {
    expect(failedChecks('2.6.25', '3.0.0', rest)).toEqual(refused ? ['topology-first'] : []);
  });

  it('is skippable if no coordinator was found', () => {
    expect(findPath(request('2.5.27', '2.6.25', { topology: 'unknown' })).failedChecks).toMatchObject([
      { id: 'topology-first', state: 'fail', skippable: true },
    ]);
  });
});

describe('versions without an upgrade path', () => {
  it.each([
    ['2.4.24', '2.4.23'],
    ['2.6.25', '2.5.27'],
    ['3.0.0', '2.6.25'],
  ])('are older ones: %s to %s', (from, to) => {
    expect(findPath(request(from, to)).failedChecks).toMatchObject([
      { id: 'downgrade', state: 'fail', skippable: false },
    ]);
  });

  it.each([
    ['2.5.27', '2.6.0-rc1', [false]],
    ['2.6.0-rc1', '2.6.25', [false]],
    ['2.0.0-rc7', '2.0.2', [false]],
    ['2.4.24', '2.5.0-beta', [true]],
    ['2.5.0-beta', '2.5.27', [true]],
    ['2.5.0-beta', '2.5.1-beta', [true, true]],
  ])('are pre-releases: %s to %s', (from, to, skippable) => {
    const found = findPath(request(from, to)).failedChecks;
    expect(found.map((failedCheck) => failedCheck.id)).toEqual(skippable.map(() => 'release-candidate'));
    expect(found.map((failedCheck) => failedCheck.skippable)).toEqual(skippable);
  });

  it('do not include hotfixes, which are releases', () => {
    expect(failedChecks('2.4.13-hotfix', '2.4.24')).toEqual([]);
  });

  it('include a release candidate of 3.0 with the charts of 3.0', () => {
    expect(failedChecks('2.5.27', '3.0.0-rc1', streaming)).toEqual(['release-candidate', 'stop-first']);
    expect(findPath(request('2.6.25', '3.0.0-rc1', streaming)).path.keepChart).toBe(true);
  });

  it.each([
    ['3.0.0', '3.1.0', 'to Milvus 3.1'],
    ['1.1.1', '2.0.2', 'from Milvus 1.1'],
    ['2.6.25', '2.7.0', 'to Milvus 2.7'],
  ])('are unknown minor versions: %s to %s', (from, to, said) => {
    expect(findPath(request(from, to, streaming)).failedChecks).toMatchObject([
      { id: 'no-known-path', state: 'fail', skippable: true, reason: expect.stringContaining(said) },
    ]);
  });

  it('do not include patches that are newer than this table', () => {
    expect(failedChecks('2.6.25', '2.6.99', streaming)).toEqual([]);
  });
});
