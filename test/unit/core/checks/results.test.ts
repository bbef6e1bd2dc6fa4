import { describe, expect, it } from '@jest/globals';
import type { CheckResult } from '../../../../src/core/model/check-result.js';
import { conclude, pass, warn } from '../../../../src/core/checks/results.js';

const fail = (id: string, skippable: boolean): CheckResult => ({
  id,
  state: 'fail',
  reason: 'so',
  remedy: 'do',
  source: 'x',
  skippable,
});

describe('conclude', () => {
  it.each([
    [
      'does not refuse the run for passed checks and warnings',
      [pass('a', '', ''), warn('b', '', '', '')],
      [],
      ['pass', 'warn'],
      [],
    ],
    ['refuses the run for a failed check, with the ID of the check', [fail('quota', true)], [], ['fail'], ['quota']],
    ['does not refuse the run for a skipped check', [fail('quota', true)], ['quota'], ['skipped'], []],
    [
      'refuses the run for a failed check that cannot be skipped',
      [fail('access', false)],
      ['access'],
      ['fail'],
      ['access'],
    ],
    ['ignores the skipped IDs of other checks', [fail('quota', true)], ['node-room'], ['fail'], ['quota']],
  ])('%s', (_, findings, skip, states, codes) => {
    const { checks, failedChecks } = conclude(findings, skip);
    expect(checks.map((check) => check.state)).toEqual(states);
    expect(failedChecks.map((failedCheck) => failedCheck.id)).toEqual(codes);
  });
});
