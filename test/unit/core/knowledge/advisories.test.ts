import { describe, expect, it } from '@jest/globals';
import { ADVISORIES, adviseOn } from '../../../../src/core/knowledge/advisories.js';
import { isOlder, version } from '../../../../src/core/model/version.js';

const fixedIn = (from: string, to: string): string[] =>
  adviseOn(version(from), version(to)).map((advisory) => advisory.version);

describe('advisories', () => {
  it.each([
    ['2.2.1', '2.2.3', ['2.2.5', '2.2.14']],
    ['2.2.3', '2.2.4', ['2.2.14']],
    ['2.2.4', '2.2.5', ['2.2.6', '2.2.14']],
    ['2.2.4', '2.2.16', []],
    ['2.2.16', '2.3.0', ['2.3.11', '2.3.13']],
    ['2.2.16', '2.3.13', []],
    ['2.3.22', '2.4.3', ['2.4.4', '2.4.6', '2.4.21', '2.4.24']],
    ['2.3.22', '2.4.13', ['2.4.14', '2.4.21', '2.4.24']],
    ['2.3.22', '2.4.24', []],
    ['2.4.24', '2.5.3', ['2.5.4', '2.5.22', '2.5.27']],
    ['2.4.24', '2.5.26', ['2.5.27']],
    ['2.4.24', '2.5.27', []],
    ['2.5.16', '2.6.9', ['2.6.10', '2.6.15', '2.6.16']],
    ['2.6.0', '2.6.9', ['2.6.10', '2.6.16']],
    ['2.5.16', '2.6.15', ['2.6.16']],
    ['2.5.16', '2.6.16', []],
  ])('warn for an upgrade from %s to %s about the defects fixed in %j', (from, to, versions) => {
    expect(fixedIn(from, to)).toEqual(versions);
  });

  it('name the target, the version with the fix and the latest known patch', () => {
    expect(adviseOn(version('2.5.16'), version('2.6.15'))[0]?.advice).toMatch(
      /^2\.6\.15: .*; fixed in 2\.6\.16; the latest known patch is 2\.6\.25$/,
    );
  });

  it('are empty for the running version and for older versions', () => {
    expect(fixedIn('2.2.5', '2.2.5')).toEqual([]);
    expect(fixedIn('2.2.6', '2.2.5')).toEqual([]);
  });

  it('never recommend a version with the same defect', () => {
    expect(
      ADVISORIES.filter((row) => row.targets.before === null || isOlder(version(row.version), row.targets.before)),
    ).toEqual([]);
  });
});
