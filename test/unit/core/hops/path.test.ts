// The list of hops. The versions come from the tables, so that a new patch changes these expectations with its row.
import { describe, expect, it } from '@jest/globals';
import type { PathStart } from '../../../../src/core/hops/hop.js';
import { findHops } from '../../../../src/core/hops/path.js';
import { endPathAt } from '../../../../src/core/hops/stop-at.js';
import { formatVersion, version } from '../../../../src/core/model/version.js';

const SEPARATE = ['rootcoord', 'datacoord', 'indexcoord', 'querycoord', 'indexnode', 'datanode', 'querynode', 'proxy'];
const MIXED = ['mixcoord', 'indexnode', 'datanode', 'querynode', 'proxy'];

function start(from: string, over: Partial<PathStart> = {}): PathStart {
  return {
    from: version(from),
    unfinished: null,
    topology: 'mixcoord',
    roles: MIXED,
    canChangeTopology: true,
    ...over,
  };
}

const separate = { topology: 'separate-coordinators', roles: SEPARATE } as const;
const hopsOf = (from: string, to: string, over: Partial<PathStart> = {}): string =>
  findHops(start(from, over), version(to))
    .map((hop) => `${formatVersion(hop.from)} → ${formatVersion(hop.to)}${hop.topology ? ' + topology' : ''}`)
    .join(', ');

describe('the hops of a path', () => {
  it.each([
    ['2.2.12', '2.2.16', '2.2.12 → 2.2.16'],
    ['2.2.12', '2.3.5', '2.2.12 → 2.2.16, 2.2.16 → 2.3.5'],
    ['2.2.16', '2.3.5', '2.2.16 → 2.3.5'],
    ['2.1.4', '2.3.22', '2.1.4 → 2.2.16, 2.2.16 → 2.3.22'],
    ['2.3.10', '2.4.5', '2.3.10 → 2.4.5'],
    [
      '2.2.12',
      '3.0.2',
      '2.2.12 → 2.2.16, 2.2.16 → 2.3.22, 2.3.22 → 2.4.24, 2.4.24 → 2.5.27, 2.5.27 → 2.6.25, 2.6.25 → 3.0.2',
    ],
    ['2.6.21', '3.0.2', '2.6.21 → 3.0.2'],
    ['2.6.15', '3.0.2', '2.6.15 → 2.6.25, 2.6.25 → 3.0.2'],
    ['2.3.22', '2.3.22', ''],
    ['2.3.22', '2.2.16', '2.3.22 → 2.2.16'],
  ])('from %s to %s are %s', (from, to, hops) => {
    expect(
      hopsOf(
        from,
        to,
        from === '2.6.21' || from === '2.6.15' ? { topology: 'streaming', roles: ['mixcoord', 'streamingnode'] } : {},
      ),
    ).toBe(hops);
  });

  it('have a reason and its source', () => {
    const hops = findHops(start('2.2.12'), version('2.6.25'));
    expect(hops.map(({ why }) => why)).toEqual([
      'according to the release notes, upgrade to the last 2.2 version before 2.3',
      'only upgrades by one minor version are tested and documented',
      'only upgrades by one minor version are tested and documented',
      'upgrades to 2.6 are possible only from 2.5.16 or a later 2.5',
      'the requested version',
    ]);
    expect(hops.every(({ source }) => source !== '')).toBe(true);
  });
});

describe('a topology that a later version needs', () => {
  it('is changed in the hop before that version', () => {
    expect(hopsOf('2.4.24', '2.6.25', separate)).toBe('2.4.24 → 2.5.27 + topology, 2.5.27 → 2.6.25');
    expect(hopsOf('2.5.10', '2.6.25', separate)).toBe('2.5.10 → 2.5.27 + topology, 2.5.27 → 2.6.25');
  });

  it('is changed in a hop of its own if no other hop is before that version', () => {
    expect(hopsOf('2.5.20', '2.6.25', separate)).toBe('2.5.20 → 2.5.27 + topology, 2.5.27 → 2.6.25');
    expect(hopsOf('2.5.27', '2.6.25', separate)).toBe('2.5.27 → 2.5.27 + topology, 2.5.27 → 2.6.25');
    expect(hopsOf('2.6.25', '3.0.2')).toBe('2.6.25 → 2.6.25 + topology, 2.6.25 → 3.0.2');
  });

  it('is not changed twice: the hop to 2.6 leads to the topology of 3.0', () => {
    expect(hopsOf('2.4.24', '3.0.2', separate)).toBe('2.4.24 → 2.5.27 + topology, 2.5.27 → 2.6.25, 2.6.25 → 3.0.2');
    expect(hopsOf('2.5.27', '3.0.2')).toBe('2.5.27 → 2.6.25, 2.6.25 → 3.0.2');
  });

  it('is still changed while old coordinators run beside the new one', () => {
    expect(hopsOf('2.5.27', '2.6.25', { roles: [...MIXED, 'rootcoord'] })).toBe(
      '2.5.27 → 2.5.27 + topology, 2.5.27 → 2.6.25',
    );
  });

  it('is not changed if it fits, is unknown, or the platform cannot change it', () => {
    const plain = '2.4.24 → 2.5.27, 2.5.27 → 2.6.25';
    expect(hopsOf('2.4.24', '2.6.25')).toBe(plain);
    expect(hopsOf('2.4.24', '2.6.25', { topology: 'standalone', roles: ['standalone'] })).toBe(plain);
    expect(hopsOf('2.4.24', '2.6.25', { ...separate, topology: 'unknown' })).toBe(plain);
    expect(hopsOf('2.4.24', '2.6.25', { ...separate, canChangeTopology: false })).toBe(plain);
  });
});

describe('an incomplete upgrade', () => {
  const unfinished = version('2.3.22');
  it('is completed first, to its own target', () => {
    expect(hopsOf('2.2.16', '2.5.27', { unfinished })).toBe('2.2.16 → 2.3.22, 2.3.22 → 2.4.24, 2.4.24 → 2.5.27');
    expect(hopsOf('2.3.22', '2.4.24', { unfinished })).toBe('2.3.22 → 2.3.22, 2.3.22 → 2.4.24');
  });

  it('is not completed if the next hop is a newer patch of its minor version', () => {
    expect(hopsOf('2.2.12', '2.3.22', { unfinished: version('2.2.14') })).toBe('2.2.12 → 2.2.16, 2.2.16 → 2.3.22');
    expect(hopsOf('2.2.14', '2.2.16', { unfinished: version('2.2.14') })).toBe('2.2.14 → 2.2.16');
  });

  it('to the requested version or a newer one is the only hop', () => {
    expect(hopsOf('2.2.16', '2.3.22', { unfinished })).toBe('2.2.16 → 2.3.22');
    expect(hopsOf('2.2.16', '2.3.5', { unfinished })).toBe('2.2.16 → 2.3.5');
  });
});

describe('stop-at', () => {
  const stop = (at: string, from = '2.2.12'): ReturnType<typeof endPathAt> =>
    endPathAt(findHops(start(from), version('2.6.25')), version(at), start(from));

  it('ends the path at its version', () => {
    const { hops, failedChecks } = stop('2.4.24');
    expect(hops.map(({ to }) => formatVersion(to))).toEqual(['2.2.16', '2.3.22', '2.4.24']);
    expect(failedChecks).toEqual([]);
  });

  it('leaves no hop if its version runs', () => {
    expect(stop('2.3.22', '2.3.22')).toEqual({ hops: [], failedChecks: [] });
  });

  it.each(['2.4.5', '2.2.12'])('that is %s and not on the path is refused with the path', (at) => {
    expect(stop(at, '2.2.16').failedChecks).toMatchObject([
      {
        id: 'stop-at-not-on-path',
        reason: `stop-at is ${at}, which is not on the path 2.2.16 → 2.3.22 → 2.4.24 → 2.5.27 → 2.6.25`,
        remedy: 'Set stop-at to one of 2.3.22, 2.4.24, 2.5.27, 2.6.25, or leave it out.',
        skippable: false,
      },
    ]);
  });
});

it('an incomplete upgrade includes the change of the topology as long as old coordinators run', () => {
  const half = { ...separate, unfinished: version('2.5.27') };
  expect(hopsOf('2.4.24', '2.6.25', half)).toBe('2.4.24 → 2.5.27 + topology, 2.5.27 → 2.6.25');
});
