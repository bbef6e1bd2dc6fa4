import { describe, expect, it } from '@jest/globals';
import { parseLogin } from '../../../../src/core/config/login.js';
import { inputs } from '../../../support/inputs.js';
import type { InputName } from '../../../../src/core/config/raw-inputs.js';

const TOKEN = 'hunter2-hunter2-hunter2';
const PEM = '-----BEGIN CERTIFICATE-----\nTUlJQg==\n-----END CERTIFICATE-----\n';
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const config = (cluster = '{server: "https://10.0.0.1"}', current = 'x'): string =>
  `apiVersion: v1\nkind: Config\nclusters: [{name: c, cluster: ${cluster}}]\nusers: [{name: u, user: {token: ${TOKEN}}}]\ncontexts: [{name: x, context: {cluster: c, user: u}}]\ncurrent-context: "${current}"\n`;
const files: Readonly<Record<string, string>> = {
  kube: config(),
  './kube': config(),
  'secret.yaml': `kind: Secret\nx: ${TOKEN}`,
};

type Written = Partial<Record<InputName, string>>;

function read(written: Written) {
  const problems: string[] = [];
  const login = parseLogin(
    inputs(written),
    (path) => files[path] ?? null,
    (problem) => void problems.push(problem),
  );
  return { login, problems };
}

const server = 'https://10.0.0.1:6443';

describe('a login', () => {
  it.each<[string, Written, object]>([
    ['the default of the environment', {}, { kind: 'default', context: null, insecure: false }],
    ['a context of it', { context: 'x' }, { kind: 'default', context: 'x' }],
    ['a path', { kubeconfig: './kube' }, { kind: 'path', path: './kube' }],
    ['a path of one word', { kubeconfig: 'kube' }, { kind: 'path', path: 'kube' }],
    ['server and token', { server, token: TOKEN }, { kind: 'token', server, caCertificate: null }],
    ['an authority as PEM', { server, token: TOKEN, 'ca-certificate': PEM }, { caCertificate: PEM }],
    [
      'an authority with the line breaks of Windows',
      { server, token: TOKEN, 'ca-certificate': PEM.replaceAll('\n', '\r\n') },
      { caCertificate: PEM },
    ],
    [
      'an authority whose line breaks were lost',
      { server, token: TOKEN, 'ca-certificate': PEM.replaceAll('\n', ' ') },
      { caCertificate: PEM },
    ],
    ['an authority in base64', { server, token: TOKEN, 'ca-certificate': base64(PEM) }, { caCertificate: PEM }],
    ['a URL with a trailing slash', { server: `${server}/`, token: TOKEN }, { server }],
    ['no verification', { server, token: TOKEN, 'insecure-skip-tls-verify': 'true' }, { insecure: true }],
  ])('is %s', (_title, written, expected) => {
    const { login, problems } = read(written);
    expect(problems).toEqual([]);
    expect(login).toMatchObject(expected);
  });

  it.each([
    ['text', config()],
    ['text with the line breaks of Windows', config().replaceAll('\n', '\r\n')],
    [
      'JSON',
      JSON.stringify({
        clusters: [{ name: 'c', cluster: { server } }],
        contexts: [{ name: 'x', context: { cluster: 'c' } }],
        'current-context': 'x',
      }),
    ],
    ['base64', base64(config())],
    ['base64 in lines', base64(config()).replace(/.{76}/g, '$&\n')],
  ])('is a kubeconfig as %s', (_title, written) => {
    const { login, problems } = read({ kubeconfig: written });
    expect(problems).toEqual([]);
    expect(login.kind === 'text' ? login.text.reveal() : '').toContain('current-context');
    expect(JSON.stringify(login) + String(login.kind === 'text' && login.text)).not.toContain(TOKEN);
  });

  it('trims a token', () => {
    const { login } = read({ server, token: `\n ${TOKEN}\r\n` });
    expect(login.kind === 'token' ? login.token.reveal() : '').toBe(TOKEN);
  });

  it.each<[string, Written, string]>([
    ['kubeconfig and server', { kubeconfig: config(), server, token: TOKEN }, 'both given'],
    ['kubeconfig and token', { kubeconfig: config(), token: TOKEN }, 'together with kubeconfig'],
    ['token alone', { token: TOKEN }, 'token is given without server'],
    ['server alone', { server }, 'server is given without token'],
    ['context and server', { server, token: TOKEN, context: 'x' }, 'context is given with server'],
    ['an authority alone', { 'ca-certificate': PEM }, 'ca-certificate is given without server'],
    [
      'an unused authority',
      { server, token: TOKEN, 'ca-certificate': PEM, 'insecure-skip-tls-verify': 'true' },
      'contradict',
    ],
    [
      'a key as authority',
      { server, token: TOKEN, 'ca-certificate': `-----BEGIN PRIVATE KEY-----\n${TOKEN}` },
      'contains a private key',
    ],
    [
      'words as authority',
      { server, token: TOKEN, 'ca-certificate': TOKEN },
      'one line of 23 characters without a certificate',
    ],
    ['a host as server', { server: '10.0.0.1:6443', token: TOKEN }, 'write a URL with https://'],
    ['http://', { server: 'http://10.0.0.1', token: TOKEN }, 'unencrypted'],
    ['a password in the address', { server: `https://me:${TOKEN}@host`, token: 'x' }, 'before an "@"'],
    ['a token with Bearer', { server, token: `Bearer ${TOKEN}` }, 'begins with "Bearer "'],
    ['a token in two', { server, token: `${TOKEN} ${TOKEN}` }, 'spaces or line breaks'],
    ['a base64-encoded token', { server, token: base64(`eyJ${TOKEN}`) }, 'is base64 of a token'],
    ['a token as kubeconfig', { kubeconfig: TOKEN }, 'is one line of 23 characters'],
    ['broken base64', { kubeconfig: `${base64(config())}Zm9v!` }, 'is one line of'],
    ['a path that does not exist', { kubeconfig: './nope' }, '"./nope", which is not a readable file'],
    ['a path with ~', { kubeconfig: '~/.kube/config' }, '"~" is not expanded'],
    ['two paths', { kubeconfig: './kube:./nope' }, 'several paths'],
    ['broken YAML', { kubeconfig: `a: 1\nb: "${TOKEN}` }, 'not YAML, see its line 2'],
    ['an undefined alias', { kubeconfig: `a: 1\nb: *${TOKEN}` }, 'an undefined or circular alias'],
    ['a list', { kubeconfig: `- ${TOKEN}\n- b` }, 'is a list'],
    ['a text', { kubeconfig: `${TOKEN}\nb` }, 'is a single string'],
    ['a Secret', { kubeconfig: `kind: Secret\nx: ${TOKEN}` }, 'of kind Secret'],
    [
      'the path of a Secret manifest',
      { kubeconfig: 'secret.yaml' },
      'the file "secret.yaml", which is a Kubernetes object of kind Secret',
    ],
    ['no clusters', { kubeconfig: `kind: Config\nx: ${TOKEN}` }, 'has no clusters'],
    [
      'clusters that are not a list',
      { kubeconfig: `clusters: {x: ${TOKEN}}\nusers: []` },
      'has clusters that is not a list',
    ],
    ['no current context', { kubeconfig: config(undefined, '') }, 'has no current-context'],
    ['another context', { kubeconfig: config(), context: 'prod' }, 'has no context "prod"; it has "x"'],
    ['no server', { kubeconfig: config('{}') }, 'without a server'],
    [
      'no verification in it',
      { kubeconfig: config('{server: "https://x", insecure-skip-tls-verify: true}') },
      'has insecure-skip-tls-verify: true',
    ],
    [
      'an authority and no verification',
      { kubeconfig: config('{server: "https://x", insecure-skip-tls-verify: true, certificate-authority: /a}') },
      'with both',
    ],
    [
      'a relative path in a text',
      { kubeconfig: config('{server: "https://x", certificate-authority: ca.crt}') },
      'cannot be resolved',
    ],
  ])('is refused with %s, without showing a secret', (_title, written, expected) => {
    const { problems } = read(written);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(expected);
    expect(problems[0]).not.toMatch(/hunter2|aHVudGVyM/);
  });

  it('reports every problem at once', () => {
    expect(
      read({ server: 'x', context: 'y', 'ca-certificate': 'z', 'insecure-skip-tls-verify': 'maybe' }).problems,
    ).toHaveLength(5);
  });
});
