import { describe, expect, it } from '@jest/globals';
import { evaluateUnknownValues } from '../../../../src/core/checks/unknown-values.js';

const defaults = {
  proxy: { replicas: 1, resources: {}, extraEnv: [], service: { port: 19530 } },
  queryNode: { replicas: 1, disk: { enabled: true } },
  etcd: { enabled: true, image: { tag: '3.5' } },
  extraConfigFiles: { 'user.yaml': '' },
  customConfigMap: null,
};

describe('the check unknown-values', () => {
  it.each([
    ['a known value', { proxy: { replicas: 2 } }, null],
    ['a wrong name', { proxy: { replica: 2 } }, 'proxy.replica (proxy.replicas?)'],
    ['a wrong name at the top level', { querynode: { replicas: 2 } }, 'querynode (queryNode?)'],
    ['a name without a similar one', { proxy: { zzzzzzzz: 1 } }, 'proxy.zzzzzzzz'],
    ['anything below an empty default', { proxy: { resources: { limits: { cpu: 1 } } } }, null],
    ['anything below a list', { proxy: { extraEnv: [{ name: 'x' }] } }, null],
    ['anything below null', { customConfigMap: { a: 1 } }, null],
    [
      'names that the user chooses',
      { extraConfigFiles: { 'other.yaml': '' }, proxy: { annotations: { a: 'b' } } },
      null,
    ],
    ['values of a dependency chart', { etcd: { auth: { rbac: { enabled: true } } } }, null],
    ['global values', { global: { anything: true } }, null],
    ['a removed key', { old: null }, null],
  ])('returns the expected result for %s', (_, supplied, words) => {
    const [finding] = evaluateUnknownValues(supplied, defaults, ['etcd']);
    expect(finding?.state).toBe(words === null ? 'pass' : 'warn');
    if (words !== null) expect(finding?.reason.endsWith(words)).toBe(true);
  });
});
