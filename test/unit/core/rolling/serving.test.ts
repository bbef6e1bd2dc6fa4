// Whether a step of a rolling upgrade waits until collections are served again.
import { describe, expect, it } from '@jest/globals';
import type { Loaded } from '../../../../src/core/model/shared-observation.js';
import { evaluateServing } from '../../../../src/core/rolling/serving-status.js';
import type { ResumeStep } from '../../../../src/core/rolling/step.js';
import { version } from '../../../../src/core/model/version.js';
import { component, observationOf } from '../../../support/events.js';

const step = (role: string): ResumeStep => ({
  ...{ kind: 'resume', id: `resume/${role}`, timeoutSeconds: 60, role, deployment: `my-milvus-${role}`, image: '' },
  ...{ version: version('2.2.16'), takeOver: 'surge', readySeconds: 0, why: '', source: '', mayDefer: false },
});

function stateOf(role: string, loaded?: Loaded): string {
  const own = component(role);
  const observation = observationOf([own], loaded ? { loaded } : {});
  return evaluateServing(step(role), [own], observation).state;
}

describe('the wait for loaded collections', () => {
  it.each<[string, Loaded | undefined, string]>([
    ['waits while one is not served', { desired: 2, usable: 1 }, 'in-progress'],
    ['waits while a failed query is repeated', { desired: 2, usable: null, retrying: true }, 'in-progress'],
    ['waits while the first query is repeated', { desired: 0, usable: null, retrying: true }, 'in-progress'],
    ['ends if the query failed repeatedly, which is reported', { desired: 2, usable: null }, 'complete'],
    ['ends when all of them are served', { desired: 2, usable: 2 }, 'complete'],
    ['does not begin without a query', undefined, 'complete'],
  ])('%s', (_, loaded, state) => {
    expect(stateOf('indexnode', loaded)).toBe(state);
  });

  it('is not part of the rollout of the proxies, which answer the query', () => {
    expect(stateOf('proxy', { desired: 2, usable: 0 })).toBe('complete');
  });
});
