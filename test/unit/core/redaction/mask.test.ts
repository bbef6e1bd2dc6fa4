import { describe, expect, it } from '@jest/globals';
import { diffOf } from '../../../../src/core/compose/files/edit-diff.js';
import { parseInputs } from '../../../../src/core/config/inputs.js';
import { describeChanges } from '../../../../src/core/checks/manifest-changes.js';
import { maskLines } from '../../../../src/core/redaction/mask-lines.js';
import { maskObject } from '../../../../src/core/redaction/mask-object.js';
import { maskText } from '../../../../src/core/redaction/mask-text.js';
import { makeRedactor, secretsOf } from '../../../../src/core/redaction/redact.js';
import { SecretValues } from '../../../../src/core/model/values.js';
import { deployment, object } from '../../../support/objects.js';
import { inputs } from '../../../support/inputs.js';

const SECRET = 'hunter2hunter';
const container = (over: object) => deployment('proxy', { pod: { containers: [{ name: 'proxy', ...over }] } });

/** Every place in which a manifest or values can contain a secret. */
const PLACES: readonly (readonly [string, (secret: string) => object])[] = [
  ['an argument behind its flag', (secret) => ({ args: ['--password', secret] })],
  ['an argument with its flag', (secret) => ({ args: [`--password=${secret}`] })],
  ['a command', (secret) => ({ command: ['milvus', '--minio-secret-key', secret, '--port', '19530'] })],
  ...[
    'DB_PWD',
    'PWD',
    'DB_PASSWD',
    'DB_PASS',
    'APP_SECRET',
    'API_TOKEN',
    'MY_CREDENTIAL',
    'PRIVATE_KEY',
    'API_KEY',
    'ACCESS_KEY',
    'BASIC_AUTH',
  ].map((name) => [`the variable ${name}`, (secret: string) => ({ env: [{ name, value: secret }] })] as const),
];

describe('a secret in a manifest', () => {
  it.each(PLACES)('is shown as changed, but masked, in the diff: %s', (_, over) => {
    const [change] = describeChanges([
      { before: container(over(`${SECRET}-old`)), after: container(over(`${SECRET}-new`)) },
    ]);
    const changed = change?.diff.filter((line) => /^[+-]/.test(line)) ?? [];
    expect(JSON.stringify(change)).not.toMatch(/hunter2|\ue000/);
    expect(changed.map((line) => [line[0], line.includes('***')])).toEqual([
      ['-', true],
      ['+', true],
    ]);
  });

  it.each(PLACES)('is not in the diagnostics: %s', (_, over) => {
    expect(JSON.stringify(maskObject(container(over(SECRET))))).not.toContain('hunter2');
  });

  it.each(PLACES)('is masked in the output of Helm if it is a user-supplied value: %s', (_, over) => {
    const redactor = makeRedactor();
    secretsOf(new SecretValues({ proxy: over(SECRET) })).forEach(redactor.addSecret);
    expect(redactor.redact(`Error: cannot parse "${SECRET}"`)).toBe('Error: cannot parse "***"');
  });

  it('is not in the diff if it does not change', () => {
    const pod = (port: string) => container({ env: [{ name: 'DB_PWD', value: SECRET }], args: ['--port', port] });
    const [change] = describeChanges([{ before: pod('1'), after: pod('2') }]);
    expect(change?.diff.filter((line) => /^[+-].*\*\*\*/.test(line))).toEqual([]);
  });
});

describe('a known secret', () => {
  it.each(['p@ss w/rd&?', "it's(50%)!", 'a"b\\c<d>'])('is masked in the forms of URLs and JSON: %s', (secret) => {
    const redactor = makeRedactor();
    redactor.addSecret(secret);
    const forms = [
      secret,
      encodeURIComponent(secret),
      encodeURIComponent(secret).replaceAll('%20', '+'),
      JSON.stringify(secret).slice(1, -1),
    ];
    for (const form of forms) expect(redactor.redact(`before ${form} after`)).toBe('before *** after');
  });
});

describe('the message of a container', () => {
  it.each([
    ['GET https://host/x?token=abcdef&page=2 failed', 'GET https://host/x?token=***&page=2 failed'],
    ['login failed: token=abcdef', 'login failed: token=***'],
    ['password="two words" port=1', 'password="***" port=1'],
    ['{\\"password\\":\\"abcdef\\",\\"port\\":1}', '{\\"password\\":\\"***\\",\\"port\\":1}'],
    ['exec: milvus --password abcdef --port 1', 'exec: milvus --password *** --port 1'],
    ['open /var/run/secrets/token: permission denied', 'open /var/run/secrets/token: permission denied'],
    ['read --token-file /etc/token', 'read --token-file /etc/token'],
    ['ssh://git@host/repository', 'ssh://git@host/repository'],
  ])('is readable but contains no secret: %s', (text, masked) => {
    expect(maskText(text)).toBe(masked);
    expect(makeRedactor().redactEvent({ type: 'warned', message: text })).toEqual({ type: 'warned', message: masked });
  });
});

describe('a configuration file', () => {
  it.each([
    ['a list of arguments', 'command:\n  - --password\n  - hunter2\n  - milvus'],
    ['arguments in brackets', 'command: ["run", "--password", "hunter2"]'],
    ['a named variable', 'env:\n  - name: DB_PWD\n    value: hunter2'],
    ['a variable', 'environment:\n  - DB_PWD=hunter2'],
    ['a private key', 'tls: |\n  -----BEGIN PRIVATE KEY-----\n  hunter2\n  -----END PRIVATE KEY-----\nport: 1'],
  ])('keeps its lines but shows no secret: %s', (_, text) => {
    const masked = maskLines(text);
    expect(masked).not.toContain('hunter2');
    expect(masked.split('\n')).toHaveLength(text.split('\n').length);
  });

  it('does not show arguments of a Compose file next to the changed image', () => {
    const file = (image: string) =>
      `services:\n  standalone:\n    image: ${image}\n    command: [milvus, --password, hunter2]\n`;
    expect(
      diffOf({ path: 'compose.yaml', before: file('a:1'), after: file('a:2'), settings: [] }).join('\n'),
    ).not.toContain('hunter2');
  });
});

describe('a URL with a token', () => {
  it('is not quoted if it is invalid', () => {
    const parsed = parseInputs(
      inputs({ server: 'https://10.0.0.1:6443/?token=hunter2', token: 'x'.repeat(20) }),
      () => null,
    );
    expect(JSON.stringify(parsed)).not.toContain('hunter2');
    expect(JSON.stringify(parsed)).toContain('server');
  });
});

describe('a Secret', () => {
  it('is masked completely in the diagnostics', () => {
    expect(JSON.stringify(maskObject(object('Secret', 's', { stringData: { plain: SECRET } })))).not.toContain(
      'hunter2',
    );
  });
});

describe('a sentence with a word that can name a secret', () => {
  it('remains readable', () => {
    expect(maskText('the backup did not pass: it is cut off after entry 2')).toBe(
      'the backup did not pass: it is cut off after entry 2',
    );
    expect(maskText('pass: hunter2')).toBe('pass: ***');
    expect(maskText('DB_PASS: hunter2')).toBe('DB_PASS: ***');
  });
});
