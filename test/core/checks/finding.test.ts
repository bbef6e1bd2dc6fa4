import { describe, expect, it } from '@jest/globals';
import { conclude, pass, warn, type Finding } from '../../../src/core/checks/finding.js';

const fail = (id: string, waivable: boolean): Finding => ({ id, state: 'fail', because: 'so', remedy: 'do', source: 'x', waivable });

describe('what the checks come to', () => {
  it.each([
    ['what passes or warns refuses nothing', [pass('a', '', ''), warn('b', '', '', '')], [], ['pass', 'warn'], []],
    ['what fails refuses under its id', [fail('quota', true)], [], ['fail'], ['quota']],
    ['what is waived does not', [fail('quota', true)], ['quota'], ['waived'], []],
    ['what may not be waived does', [fail('access', false)], ['access'], ['fail'], ['access']],
    ['another waiver changes nothing', [fail('quota', true)], ['node-room'], ['fail'], ['quota']],
  ])('%s', (_, findings, skip, states, codes) => {
    const { checks, refusals } = conclude(findings, skip);
    expect(checks.map((each) => each.state)).toEqual(states);
    expect(refusals.map((each) => each.code)).toEqual(codes);
  });
});
