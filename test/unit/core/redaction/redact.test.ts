import { describe, expect, it } from '@jest/globals';
import { maskText } from '../../../../src/core/redaction/mask-text.js';
import { makeRedactor, secretsOf } from '../../../../src/core/redaction/redact.js';
import { SecretValues } from '../../../../src/core/model/values.js';

describe('secrets', () => {
  it('are found by their key, at any depth, and in lists', () => {
    const values = new SecretValues({
      minio: { accessKey: 'AKIA1', secretKey: 'hunter2' },
      etcd: { auth: { rbac: { rootPassword: 'root-pw' } } },
      proxy: { replicas: 3 },
      tokens: ['tok-1', 'tok-2'],
    });
    expect(secretsOf(values).sort()).toEqual(['AKIA1', 'hunter2', 'root-pw', 'tok-1', 'tok-2']);
  });

  it('do not include the names of Secrets, which help to find a missing one', () => {
    const env = [{ name: 'KEY', valueFrom: { secretKeyRef: { name: 'bucket-login', key: 'password-of-bucket' } } }];
    expect(secretsOf(new SecretValues({ proxy: { extraEnv: env }, imagePullSecrets: ['registry-login'] }))).toEqual([]);
  });

  it('are masked in messages and problems', () => {
    const redactor = makeRedactor();
    redactor.addSecret('hunter2');
    const problem = {
      code: 'command-failed',
      what: 'helm',
      why: 'bad value hunter2 near hunter2',
      remedy: 'x',
    } as const;
    expect(
      JSON.stringify([
        redactor.redactEvent({ type: 'failed', problem }),
        redactor.redactEvent({ type: 'warned', message: 'hunter2' }),
      ]),
    ).not.toContain('hunter2');
  });
});

describe('a secret-like string in a text', () => {
  it.each([
    ['login with password=hunter2 refused', 'login with password=*** refused'],
    ['{"secretAccessKey":"hunter2","bucket":"a-bucket"}', '{"secretAccessKey":"***","bucket":"a-bucket"}'],
    ['[minio.secretKey: hunter2] [minio.bucketName: b]', '[minio.secretKey: ***] [minio.bucketName: b]'],
    ['--api-key=hunter2 --port=19530', '--api-key=*** --port=19530'],
    ['Authorization: Bearer hunter2hunter2', 'Authorization: Bearer ***'],
    ['postgres://milvus:hunter2@db:5432/x', 'postgres://milvus:***@db:5432/x'],
    [
      'image registry.example.com/secret-store:v1 pulled from https://a.example.com:443/x',
      'image registry.example.com/secret-store:v1 pulled from https://a.example.com:443/x',
    ],
    ['[key=42] [collection=7]', '[key=42] [collection=7]'],
  ])('is masked because of the name before it: %s', (text, masked) => {
    expect(maskText(text)).toBe(masked);
  });
});
