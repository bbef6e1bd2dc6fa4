import { describe, expect, it } from '@jest/globals';
import { readCommandLine, type CommandLine } from '../../../src/cli/arguments.js';
import { removeSecrets } from '../../../src/cli/flags.js';
import { action } from '../../support/inputs.js';
import type { RawInputs } from '../../../src/core/config/raw-inputs.js';

const files: Readonly<Record<string, string>> = { 'token.txt': 'hunter2-of-kubernetes\n', 'empty.txt': '\n' };

function read(line: string | readonly string[], environment: Record<string, string> = {}): CommandLine {
  const words = typeof line === 'string' ? line.split(' ').filter((word) => word !== '') : line;
  return readCommandLine(words, { action, environment, readFile: (path) => files[path] ?? null });
}

function rawOf(line: string | readonly string[], environment: Record<string, string> = {}): RawInputs {
  const read_ = read(line, environment);
  if (read_.kind !== 'run') throw new Error(JSON.stringify(read_));
  return read_.raw;
}

function problemsOf(line: string | readonly string[], environment: Record<string, string> = {}): readonly string[] {
  const read_ = read(line, environment);
  return read_.kind === 'wrong' ? read_.problems : [];
}

const good = 'upgrade --release my --target-version 2.2.16';

describe('readCommandLine', () => {
  it('converts flags to the inputs of the action, with the defaults of action.yml', () => {
    expect(rawOf('plan --release my --target-version=2.2.16 -n vectors --insecure-skip-tls-verify')).toMatchObject({
      operation: 'plan',
      release: 'my',
      'target-version': '2.2.16',
      namespace: 'vectors',
      'insecure-skip-tls-verify': 'true',
      'chart-version': 'auto',
      timeout: '2h',
      token: '',
    });
  });

  it('accepts the operation at any position, and joins repeated list flags by line breaks', () => {
    expect(rawOf(`--set a=1 ${good} --set b=x=y --values-files one.yaml --values-files two.yaml`)).toMatchObject({
      operation: 'upgrade',
      set: 'a=1\nb=x=y',
      'values-files': 'one.yaml\ntwo.yaml',
    });
  });

  it('prefers a flag over its environment variable, and an environment variable over the default', () => {
    const environment = {
      MILVUS_UPGRADE_RELEASE: 'other',
      MILVUS_UPGRADE_NAMESPACE: 'vectors',
      MILVUS_UPGRADE_TIMEOUT: '',
    };
    expect(rawOf(good, environment)).toMatchObject({ release: 'my', namespace: 'vectors', timeout: '2h' });
  });

  it('accepts all inputs as environment variables', () => {
    const environment = {
      MILVUS_UPGRADE_OPERATION: 'verify',
      MILVUS_UPGRADE_RELEASE: 'my',
      MILVUS_UPGRADE_TARGET_VERSION: '2.2.16',
    };
    expect(rawOf('', environment)).toMatchObject({ operation: 'verify', release: 'my', 'target-version': '2.2.16' });
  });

  it('reads the paths of the summary file and the outputs file', () => {
    expect(read(`${good} --summary-file s.md --outputs-file o.env`)).toMatchObject({
      summaryFile: 's.md',
      outputsFile: 'o.env',
    });
  });

  it.each([
    ['--help', 'help'],
    ['-h', 'help'],
    ['upgrade --nonsense --help', 'help'],
    ['--version', 'version'],
  ])('accepts %s even if another argument is invalid', (line, kind) => {
    expect(read(line).kind).toBe(kind);
  });
});

it('readCommandLine does not require a target version for a rollback', () => {
  expect(read('rollback --release my').kind).toBe('run');
});

describe('an invalid command line', () => {
  it('is rejected with all problems at once', () => {
    expect(problemsOf('upgade --relase my --namespace a --namespace b --timeout')).toEqual([
      '--relase is not a flag; did you mean --release?',
      '--namespace is set more than once',
      '--timeout requires a value',
      'the operation is unknown: it must be one of upgrade, plan, verify, rollback; did you mean upgrade?',
      '--release is missing: Name of the Helm release, as shown by `helm list`. Not used with Docker Compose',
      '--target-version is missing: Milvus version to upgrade to, with all three numbers, such as `2.6.15`. A leading `v` is allowed',
    ]);
  });

  it.each([
    [`${good} --wait`, ['--wait is not a flag: run --help for the list of flags']],
    [`${good} twice`, ['an argument without a flag: use --name value']],
    [`${good} --context --namespace`, ['--context requires a value']],
    [
      `${good} --insecure-skip-tls-verify=maybe`,
      ['--insecure-skip-tls-verify is a boolean flag: use it without a value, or with =false'],
    ],
    [
      '--release my --target-version 2.2.16',
      ['the operation is missing: the first argument must be one of upgrade, plan, verify, rollback'],
    ],
    [
      `${good} --operation plan`,
      ['--operation is not a flag: write it as the first argument, for example: milvus-upgrade plan --release my …'],
    ],
    [`${good} --token-file missing.txt`, ['the file of --token-file cannot be read or is empty']],
    [`${good} --token-file empty.txt`, ['the file of --token-file cannot be read or is empty']],
  ])('is rejected with a message: %s', (line, problems) => {
    expect(problemsOf(line)).toEqual(problems);
  });

  it('is reported for a misspelled environment variable, but not for an unrelated one', () => {
    const environment = { MILVUS_UPGRADE_TOKN: 'x', MILVUS_UPGRADE_WEATHER: 'x', MILVUS_RESULT_OUTCOME: 'x' };
    expect(problemsOf(good, environment)).toEqual([
      'the environment variable MILVUS_UPGRADE_TOKN is unknown; did you mean MILVUS_UPGRADE_TOKEN?',
    ]);
  });
});

describe('secrets', () => {
  const SECRET = 'hunter2-of-kubernetes';

  it('are read from the environment or from a file', () => {
    expect(rawOf(good, { MILVUS_UPGRADE_TOKEN: SECRET }).token).toBe(SECRET);
    expect(rawOf(`${good} --token-file token.txt`).token).toBe(SECRET);
    expect(problemsOf(`${good} --token-file token.txt`, { MILVUS_UPGRADE_TOKEN: SECRET })).toEqual([
      '--token-file and MILVUS_UPGRADE_TOKEN are both set: remove one of them',
    ]);
  });

  it.each<[string, readonly string[], RegExp]>([
    ['a token', ['--token', SECRET], /^--token is not a flag: .*MILVUS_UPGRADE_TOKEN.*--token-file/],
    ['a token after =', [`--token=${SECRET}`], /^--token is not a flag: .*MILVUS_UPGRADE_TOKEN/],
    ['a mistyped token', ['--tokn', SECRET], /^--tokn is not a flag/],
    [
      'values as text',
      ['--values', `minio: {rootPassword: ${SECRET}}`],
      /^--values is not a flag: .*--values-files PATH/,
    ],
    [
      'a password in a set entry',
      ['--set', `minio.rootPassword=${SECRET}`],
      /^--set minio\.rootPassword=… may be a secret.*MILVUS_UPGRADE_SET/,
    ],
    [
      'a kubeconfig as text',
      ['--kubeconfig', `apiVersion: v1\ntoken: ${SECRET}`],
      /^--kubeconfig requires the path of a file/,
    ],
    [
      'a kubeconfig as base64',
      ['--kubeconfig', `${Buffer.from(`apiVersion: v1 ${SECRET}`.repeat(9)).toString('base64')}`],
      /MILVUS_UPGRADE_KUBECONFIG/,
    ],
  ])('are rejected as arguments, and never quoted: %s', (_, words, expected) => {
    const problems = problemsOf([...good.split(' '), ...words]);
    expect(problems).toEqual([expect.stringMatching(expected)]);
    expect(problems.join()).not.toContain(SECRET);
  });

  it('are not suspected in boolean values', () => {
    expect(
      rawOf(`${good} --set common.security.authorizationEnabled=true --kubeconfig /etc/kube/config`).set,
    ).toContain('authorizationEnabled=true');
  });
});

describe('removeSecrets', () => {
  it('removes the secret inputs, and nothing else, from the environment of child processes', () => {
    const environment = { MILVUS_UPGRADE_TOKEN: 'hunter2', MILVUS_UPGRADE_KUBECONFIG: 'hunter2', PATH: '/bin' };
    removeSecrets(environment);
    expect(environment).toEqual({ PATH: '/bin' });
  });
});
