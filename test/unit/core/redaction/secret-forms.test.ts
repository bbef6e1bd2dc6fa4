import { describe, expect, it } from '@jest/globals';
import { secretsOfInputs } from '../../../../src/core/config/input-secrets.js';
import { parseKubeconfig } from '../../../../src/core/config/kubeconfig.js';
import { makeRedactor } from '../../../../src/core/redaction/redact.js';
import { formsOf, secretsOfAddress, secretsOfKubeconfig } from '../../../../src/core/redaction/secret-forms.js';
import { inputs } from '../../../support/inputs.js';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const LINE = 'MIIEpAIBAAKCAQEAxGJ5b2Zrd0x5c3VwZXJzZWNyZXQ';
const KEY = `-----BEGIN RSA PRIVATE KEY-----\n${LINE}\nshort=\n-----END RSA PRIVATE KEY-----\n`;

const user = {
  token: 'tok-1234',
  password: 'pass-1234',
  username: 'admin',
  'client-certificate-data': 'public',
  'client-key-data': base64(KEY),
  'auth-provider': {
    name: 'oidc',
    config: {
      'id-token': 'id-1234',
      'refresh-token': 're-1234',
      'client-id': 'kubernetes',
      'idp-issuer-url': 'https://issuer',
    },
  },
  exec: {
    command: 'x',
    args: ['--client-secret', 'arg-1234', '--region', 'eu', '--token=arg-5678'],
    env: [
      { name: 'AWS_SECRET', value: 'abcd' },
      { name: 'MODE', value: 'on' },
    ],
  },
};

function secrets(): string[] {
  const parsed = parseKubeconfig(
    JSON.stringify({
      clusters: [{ name: 'c', cluster: { 'proxy-url': 'http://me:pro%2Fxy@host' } }],
      users: [{ name: 'u', user }],
    }),
    '',
  );
  if (!parsed.ok) throw new Error(parsed.why);
  return secretsOfKubeconfig(parsed.value);
}

describe('the secrets of a kubeconfig', () => {
  it('are its tokens, keys, passwords and settings of plugins, but not its names', () => {
    expect(secrets().sort()).toEqual(
      [
        'abcd',
        'arg-1234',
        'arg-5678',
        base64(KEY),
        'id-1234',
        'pass-1234',
        'pro%2Fxy',
        'pro/xy',
        're-1234',
        'tok-1234',
      ].sort(),
    );
  });

  it.each([
    ['unchanged', 'tok-1234'],
    ['in base64', base64('tok-1234')],
    ['in base64 with a trailing line break', base64('tok-1234567890\n')],
    ['decoded, line by line', `x ${LINE} y`],
    ['as a key', KEY],
    ['as a key in base64', base64(KEY)],
  ])('are masked %s', (_title, text) => {
    const redactor = makeRedactor();
    [...secrets(), 'tok-1234567890'].forEach(redactor.addSecret);
    const cleaned = redactor.redact(text);
    expect(cleaned).toContain('***');
    expect(cleaned).not.toMatch(/1234|MIIEpAIB|VUlJRXBBSUJ/);
  });

  it('are never masked as several lines, and never as a line that is an ordinary word', () => {
    const forms = [...secrets(), KEY].flatMap(formsOf);
    expect(forms.filter((form) => form.includes('\n'))).toEqual([]);
    expect(forms).not.toContain('short=');
    expect(forms.filter((form) => form.includes('-----'))).toEqual([]);
  });

  it('do not mask the words around them', () => {
    const redactor = makeRedactor();
    secrets().forEach(redactor.addSecret);
    expect(redactor.redact('kind: Config, user admin, kubernetes, https://issuer, eu')).toBe(
      'kind: Config, user admin, kubernetes, https://issuer, eu',
    );
  });
});

describe('a secret-like string', () => {
  it.each([
    ['a token of a service account', `eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJrdWJlIn0.${'c2lnbmF0dXJl'.repeat(2)}`, '***'],
    ['a private key', KEY.trim(), '***'],
    ['a password in a URL', 'https://me:hunter2@host/path', 'https://me:***@host/path'],
  ])('is masked although it is not a known secret: %s', (_title, text, expected) => {
    expect(makeRedactor().redact(`a ${text} b`)).toBe(`a ${expected} b`);
  });

  it('is not an image, a URL or a time', () => {
    const text = 'docker.io/milvusdb/milvus:v2.6.15@sha256:abc https://host:6443/x 12:30:00 me@example.com';
    expect(makeRedactor().redact(text)).toBe(text);
  });
});

describe('the secrets of the inputs', () => {
  it('are found before the inputs are validated', () => {
    const kubeconfig = base64(`clusters: [{name: c}]\nusers: [{name: u, user: {token: tok-1234}}]`);
    const found = secretsOfInputs(
      inputs({
        kubeconfig,
        token: 'Bearer token-1234\n',
        set: 'minio.secretKey=set-1234',
        values: 'minio: {password: values-1234}',
        'values-files': 'prod.yaml',
        'chart-repository': 'https://me:repo-1234@host',
      }),
      () => 'externalS3: {secretKey: file-1234}',
    );
    expect(found).toEqual(
      expect.arrayContaining(['tok-1234', 'token-1234', 'set-1234', 'values-1234', 'file-1234', 'repo-1234']),
    );
  });

  it('include the password of a URL, and nothing of a URL without one', () => {
    expect(secretsOfAddress('https://host/a@b')).toEqual([]);
  });
});
