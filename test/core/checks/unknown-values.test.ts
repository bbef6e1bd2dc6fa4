import { describe, expect, it } from '@jest/globals';
import { evaluateUnknownValues } from '../../../src/core/checks/unknown-values.js';

const defaults = {
  proxy: { replicas: 1, resources: {}, extraEnv: [], service: { port: 19530 } },
  queryNode: { replicas: 1, disk: { enabled: true } },
  etcd: { enabled: true, image: { tag: '3.5' } },
  extraConfigFiles: { 'user.yaml': '' },
  customConfigMap: null,
};

describe('unknown-values', () => {
  it.each([
    ['a known value', { proxy: { replicas: 2 } }, null],
    ['a wrong name', { proxy: { replica: 2 } }, 'proxy.replica (proxy.replicas?)'],
    ['a wrong name at the top', { querynode: { replicas: 2 } }, 'querynode (queryNode?)'],
    ['a name like no other', { proxy: { zzzzzzzz: 1 } }, 'proxy.zzzzzzzz'],
    ['anything below an empty default', { proxy: { resources: { limits: { cpu: 1 } } } }, null],
    ['anything below a list', { proxy: { extraEnv: [{ name: 'x' }] } }, null],
    ['anything below null', { customConfigMap: { a: 1 } }, null],
    ['names of the user’s own', { extraConfigFiles: { 'other.yaml': '' }, proxy: { annotations: { a: 'b' } } }, null],
    ['values of a chart it depends on', { etcd: { auth: { rbac: { enabled: true } } } }, null],
    ['global values', { global: { anything: true } }, null],
    ['a key that is removed', { old: null }, null],
  ])('%s', (_, supplied, words) => {
    const [evaluated] = evaluateUnknownValues(supplied, defaults, ['etcd']);
    expect(evaluated?.state).toBe(words === null ? 'pass' : 'warn');
    if (words !== null) expect(evaluated?.reason.endsWith(words)).toBe(true);
  });
});
