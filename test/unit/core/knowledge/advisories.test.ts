import { describe, expect, it } from '@jest/globals';
import {
  ADVISORIES,
  adviseOn,
  UNKNOWN_SUBJECT,
  type AdvisorySubject,
} from '../../../../src/core/knowledge/advisories.js';
import { isOlder, version } from '../../../../src/core/model/version.js';

/** With a message queue that no row names. */
const fixedIn = (from: string, to: string): (string | null)[] =>
  adviseOn(version(from), version(to), { messageQueue: 'natsmq', topology: 'mixcoord', pulsar: null }).map(
    (advisory) => advisory.version,
  );
const idsFor = (from: string, to: string, subject: Partial<AdvisorySubject>): string[] =>
  adviseOn(version(from), version(to), { ...UNKNOWN_SUBJECT, ...subject }).map(({ id }) => id);

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
    ['2.4.24', '2.5.3', ['2.5.4', '2.5.22', '2.5.27', '2.5.6', null]],
    ['2.4.24', '2.5.26', ['2.5.27', null]],
    ['2.4.24', '2.5.27', [null]],
    ['2.5.16', '2.6.9', ['2.6.10', '2.6.15', '2.6.16', '2.6.19', '2.6.20', '2.6.21', '2.6.22']],
    ['2.6.0', '2.6.9', ['2.6.10', '2.6.16', '2.6.19', '2.6.20', '2.6.21', '2.6.22']],
    ['2.5.16', '2.6.15', ['2.6.16', '2.6.19', '2.6.20', '2.6.21', '2.6.22']],
    ['2.5.16', '2.6.16', ['2.6.19', '2.6.20', '2.6.21', '2.6.22']],
    ['2.6.22', '2.6.25', []],
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
      ADVISORIES.filter(
        (row) =>
          row.version !== null && (row.targets.before === null || isOlder(version(row.version), row.targets.before)),
      ),
    ).toEqual([]);
  });

  it.each([
    ['woodpecker', true],
    ['kafka', false],
    ['unknown', true],
  ] as const)('about Woodpecker apply to the message queue %s: %s', (messageQueue, applies) => {
    expect(idsFor('2.6.0', '2.6.17', { messageQueue }).includes('advisory-2.6.18')).toBe(applies);
  });

  it.each([
    ['pulsar', '2.8.2', false],
    ['pulsar', '2.7.4', true],
    ['pulsar', null, true],
    ['kafka', null, false],
  ] as const)('about Pulsar producers apply to %s %s: %s', (messageQueue, pulsar, applies) => {
    const subject = { messageQueue, pulsar: pulsar === null ? null : version(pulsar) };
    expect(idsFor('2.6.22', '3.0.2', subject).includes('advisory-pulsar-producers')).toBe(applies);
  });

  it('depend on the topology', () => {
    expect(idsFor('2.6.0', '2.6.21', { topology: 'separate-coordinators' })).not.toContain('advisory-2.6.22');
    expect(idsFor('2.6.0', '2.6.21', { topology: 'streaming' })).toContain('advisory-2.6.22');
  });

  it('have an ID of their own', () => {
    const ids = ADVISORIES.map(({ version: fixed, name }) => `${fixed}-${name}`);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
