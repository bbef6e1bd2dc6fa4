import { describe, expect, it } from '@jest/globals';
import { closestTo } from '../../../../src/core/lib/closest.js';

const known = ['release', 'namespace', 'target-version', 'set', 'timeout', 'step-timeout'];

describe('closestTo', () => {
  it.each([
    ['relase', 'release'],
    ['targt-version', 'target-version'],
    ['target', 'target-version'],
    ['steptimeout', 'step-timeout'],
    ['version', 'target-version'],
    ['timeouts', 'timeout'],
  ])('suggests for %s the word %s', (word, meant) => {
    expect(closestTo(word, known)).toBe(meant);
  });

  it.each(['dry-run', 'x', 'wait'])('suggests nothing for %s', (word) => {
    expect(closestTo(word, known)).toBeNull();
  });
});
