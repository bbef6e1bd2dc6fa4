import { describe, expect, it } from '@jest/globals';
import { orderTurns, type Turns } from '../../../../src/core/rolling/order.js';
import { parseVersion } from '../../../../src/core/model/version.js';
import { component } from '../../../support/events.js';

const version = (text: string): NonNullable<ReturnType<typeof parseVersion>> => parseVersion(text)!;
const MIXED = { cluster: { enabled: true }, mixCoordinator: { enabled: true }, streaming: { enabled: false } };
const NODES = ['querynode', 'datanode', 'indexnode', 'proxy'];

function turns(
  from: string,
  to: string,
  next: object,
  ...roles: readonly (string | ReturnType<typeof component>)[]
): Turns {
  const components = roles.map((role) => (typeof role === 'string' ? component(role) : role));
  return orderTurns({ from: version(from), to: version(to), components, next: { ...next } });
}

const rolesOf = ({ rolls }: Turns): string[] => rolls.map(({ role }) => role);

describe('the order of a rolling upgrade', () => {
  it('replaces several Deployments of one role one after the other', () => {
    const second = component('querynode', { deployment: 'my-milvus-querynode-gold' });
    const { rolls, failedChecks } = turns('2.4.17', '2.4.23', MIXED, ...NODES, 'mixcoord', second);
    expect(rolls.map(({ deployment }) => deployment.replace('my-milvus-', ''))).toEqual([
      'indexnode',
      'mixcoord',
      'querynode',
      'querynode-gold',
      'datanode',
      'proxy',
    ]);
    expect(failedChecks).toEqual([]);
  });

  it('replaces cdc last', () => {
    expect(rolesOf(turns('2.4.17', '2.4.23', MIXED, 'cdc', ...NODES, 'mixcoord')).at(-1)).toBe('cdc');
  });

  it('is refused for a component without a place, with its name', () => {
    const { failedChecks } = turns(
      '2.4.17',
      '2.4.23',
      MIXED,
      ...NODES,
      'mixcoord',
      component('analyser', { deployment: 'my-milvus-analyser' }),
    );
    expect(failedChecks).toMatchObject([
      { id: 'no-place-in-order', reason: expect.stringContaining('my-milvus-analyser (analyser)') },
    ]);
  });

  it('into 2.6 adds streaming nodes first, and removes separate coordinators and the index node last', () => {
    const next = {
      ...MIXED,
      streaming: { enabled: true },
      streamingNode: { enabled: true },
      indexNode: { enabled: false },
      ...off('root', 'data', 'index', 'query'),
    };
    const found = turns('2.5.16', '2.6.15', next, ...NODES, 'rootcoord', 'datacoord', 'indexcoord', 'querycoord');
    expect(rolesOf(found)).toEqual(['streamingnode', 'mixcoord', 'querynode', 'datanode', 'proxy']);
    expect(found.rolls.slice(0, 2).map(({ deployment }) => deployment)).toEqual(['', '']);
    expect(found.pruned.map(({ role }) => role).sort()).toEqual([
      'datacoord',
      'indexcoord',
      'indexnode',
      'querycoord',
      'rootcoord',
    ]);
    expect(found.failedChecks).toEqual([]);
  });

  it('within 2.6 begins with the coordinator', () => {
    const next = { ...MIXED, streaming: { enabled: true }, streamingNode: { enabled: true } };
    expect(
      rolesOf(turns('2.6.2', '2.6.15', next, 'proxy', 'datanode', 'querynode', 'mixcoord', 'streamingnode')),
    ).toEqual(['mixcoord', 'streamingnode', 'querynode', 'datanode', 'proxy']);
  });
});

function off(...coordinators: readonly string[]): object {
  return Object.fromEntries(coordinators.map((name) => [`${name}Coordinator`, { enabled: false }]));
}
