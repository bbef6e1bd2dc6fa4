import { describe, expect, it } from '@jest/globals';
import { leftToExpire, NO_MEMORY, remember } from '../../../../src/core/migration/memory.js';
import { component } from '../../../support/events.js';

const pod = { name: 'p', address: '10.0.0.1', isNew: true, ready: true, readySince: '', terminating: false };
const at = (pods: readonly (typeof pod)[]): Parameters<typeof remember>[1] => ({
  takenAt: '2026-01-01T00:00:00.000Z',
  components: [component('proxy', { pods })],
  journal: null,
});

describe('the addresses of pods that were observed and are gone', () => {
  const stopped = remember(remember(NO_MEMORY, at([pod, { ...pod, address: '10.0.0.2' }])), at([]));

  it('are remembered', () => {
    expect(stopped.gone).toEqual(['10.0.0.1', '10.0.0.2']);
  });

  it('are forgotten if their sessions cannot be revoked', () => {
    const left = leftToExpire(stopped, ['10.0.0.1']);
    expect(left.gone).toEqual(['10.0.0.2']);
    expect(remember(left, at([])).gone).toEqual(['10.0.0.2']);
  });
});
