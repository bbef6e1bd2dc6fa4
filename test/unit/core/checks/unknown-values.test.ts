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
    const [finding] = evaluateUnknownValues(supplied, { defaults, templates: [], subcharts: ['etcd'] });
    expect(finding?.state).toBe(words === null ? 'pass' : 'warn');
    if (words !== null) expect(finding?.reason.endsWith(words)).toBe(true);
  });
});

describe('values that only the templates of the chart read', () => {
  const templates = [
    '{{- if .Values.image.all.pullSecrets }}\n{{ range .Values.image.all.pullSecrets }}- name: {{ . }}{{ end }}{{ end }}',
    '{{- with .Values.service }}\nloadBalancerIP: {{ .loadBalancerIP }}\n{{- end }}',
    '{{- $tls := $.Values.proxy.tls }}\nsecretName: {{ $tls.secretName }}',
    '{{ toYaml .Values.queryNode.probes | nindent 2 }}',
  ];
  const chart = {
    defaults: {
      image: { all: { tag: '' } },
      service: { port: 1 },
      proxy: { tls: { enabled: false } },
      queryNode: { x: 1 },
    },
    templates,
    subcharts: [],
  };

  it.each([
    ['a path in a template', { image: { all: { pullSecrets: ['r'] } } }],
    ['a key in a record that a template enters', { service: { loadBalancerIP: '10.0.0.1' } }],
    ['a key of a variable', { proxy: { tls: { secretName: 's' } } }],
    ['anything below a record that is rendered whole', { queryNode: { probes: { liveness: { period: 1 } } } }],
  ])('are not reported: %s', (_, supplied) => {
    expect(evaluateUnknownValues(supplied, chart)[0]?.state).toBe('pass');
  });

  it.each([
    ['a key that no template names', { service: { loadBalanceIP: 'x' } }, 'service.loadBalanceIP'],
    [
      'a key that a template reads in another record',
      { image: { all: { loadBalancerIP: 'x' } } },
      'image.all.loadBalancerIP',
    ],
    ['the beginning of a longer path', { image: { all: { pull: 'x' } } }, 'image.all.pull'],
  ])('are reported if there is only %s', (_, supplied, path) => {
    expect(evaluateUnknownValues(supplied, chart)[0]).toMatchObject({
      state: 'warn',
      reason: expect.stringContaining(path),
    });
  });
});
