import { describe, expect, it } from '@jest/globals';
import { conclude, pass, warn, type Finding } from '../../../src/core/checks/finding.js';

const fail = (id: string, skippable: boolean): Finding => ({ id, state: 'fail', reason: 'so', remedy: 'do', source: 'x', skippable });

describe('what the checks come to', () => {
  it.each([
    ['what passes or warns refuses nothing', [pass('a', '', ''), warn('b', '', '', '')], [], ['pass', 'warn'], []],
    ['what fails refuses under its id', [fail('quota', true)], [], ['fail'], ['quota']],
    ['what is waived does not', [fail('quota', true)], ['quota'], ['skipped'], []],
    ['what may not be waived does', [fail('access', false)], ['access'], ['fail'], ['access']],
    ['another waiver changes nothing', [fail('quota', true)], ['node-room'], ['fail'], ['quota']],
  ])('%s', (_, findings, skip, states, codes) => {
    const { checks, failedChecks } = conclude(findings, skip);
    expect(checks.map((each) => each.state)).toEqual(states);
    expect(failedChecks.map((each) => each.code)).toEqual(codes);
  });
});
