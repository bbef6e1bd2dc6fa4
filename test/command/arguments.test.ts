import { describe, expect, it } from '@jest/globals';
import { readCommandLine, type CommandLine } from '../../src/command/arguments.js';
import type { RawInputs } from '../../src/core/inputs.js';
import { action } from '../fakes/inputs.js';

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

describe('the command line', () => {
  it('becomes the inputs of the action, with the defaults of action.yml', () => {
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

  it('takes the operation at any place, and lists that are repeated as lines', () => {
    expect(rawOf(`--set a=1 ${good} --set b=x=y --values-files one.yaml --values-files two.yaml`)).toMatchObject({
      operation: 'upgrade',
      set: 'a=1\nb=x=y',
      'values-files': 'one.yaml\ntwo.yaml',
    });
  });

  it('lets a flag count before its variable, and a variable before the default', () => {
    const environment = { MILVUS_UPGRADE_RELEASE: 'other', MILVUS_UPGRADE_NAMESPACE: 'vectors', MILVUS_UPGRADE_TIMEOUT: '' };
    expect(rawOf(good, environment)).toMatchObject({ release: 'my', namespace: 'vectors', timeout: '2h' });
  });

  it('can be nothing but variables', () => {
    const environment = { MILVUS_UPGRADE_OPERATION: 'verify', MILVUS_UPGRADE_RELEASE: 'my', MILVUS_UPGRADE_TARGET_VERSION: '2.2.16' };
    expect(rawOf('', environment)).toMatchObject({ operation: 'verify', release: 'my', 'target-version': '2.2.16' });
  });

  it('names its files', () => {
    expect(read(`${good} --summary-file s.md --outputs-file o.env`)).toMatchObject({ summaryFile: 's.md', outputsFile: 'o.env' });
  });

  it.each([
    ['--help', 'help'],
    ['-h', 'help'],
    ['upgrade --nonsense --help', 'help'],
    ['--version', 'version'],
  ])('answers %s, whatever else is wrong', (line, kind) => {
    expect(read(line).kind).toBe(kind);
  });
});

it('needs no target version for the way back', () => {
  expect(read('rollback --release my').kind).toBe('run');
});

describe('a wrong command line', () => {
  it('hears of everything at once', () => {
    expect(problemsOf('upgade --relase my --namespace a --namespace b --timeout')).toEqual([
      '--relase is no flag; did you mean --release?',
      '--namespace is given more than once',
      '--timeout needs a value',
      'the first word is none of upgrade, plan, verify, rollback; did you mean upgrade?',
      '--release is missing: Name of the Helm release, as shown by `helm list`. Not used with Docker Compose',
      '--target-version is missing: Milvus version to upgrade to, with all three numbers, such as `2.6.15`. A leading `v` is allowed',
    ]);
  });

  it.each([
    [`${good} --wait`, ['--wait is no flag: --help lists them']],
    [`${good} twice`, ['a word without a flag: write --name value']],
    [`${good} --context --namespace`, ['--context needs a value']],
    [`${good} --insecure-skip-tls-verify=maybe`, ['--insecure-skip-tls-verify is a switch: write it without a value']],
    ['--release my --target-version 2.2.16', ['the operation is missing: write upgrade, plan, verify, rollback first']],
    [`${good} --operation plan`, ['--operation is no flag: name it first, as in: milvus-upgrade plan --release my …']],
    [`${good} --token-file missing.txt`, ['--token-file names a file that cannot be read or is empty']],
    [`${good} --token-file empty.txt`, ['--token-file names a file that cannot be read or is empty']],
  ])('is told what is wrong with it: %s', (line, problems) => {
    expect(problemsOf(line)).toEqual(problems);
  });

  it('hears of a variable that is nearly one of ours, and of no other', () => {
    const environment = { MILVUS_UPGRADE_TOKN: 'x', MILVUS_UPGRADE_WEATHER: 'x', MILVUS_RESULT_OUTCOME: 'x' };
    expect(problemsOf(good, environment)).toEqual(['MILVUS_UPGRADE_TOKN is no variable of ours; did you mean MILVUS_UPGRADE_TOKEN?']);
  });
});

describe('secrets', () => {
  const SECRET = 'hunter2-of-kubernetes';

  it('come from the environment or from a file', () => {
    expect(rawOf(good, { MILVUS_UPGRADE_TOKEN: SECRET }).token).toBe(SECRET);
    expect(rawOf(`${good} --token-file token.txt`).token).toBe(SECRET);
    expect(problemsOf(`${good} --token-file token.txt`, { MILVUS_UPGRADE_TOKEN: SECRET })).toEqual([
      '--token-file and MILVUS_UPGRADE_TOKEN are both given: leave one out',
    ]);
  });

  it.each<[string, readonly string[], RegExp]>([
    ['a token', ['--token', SECRET], /^--token is no flag: .*MILVUS_UPGRADE_TOKEN.*--token-file/],
    ['a token after =', [`--token=${SECRET}`], /^--token is no flag: .*MILVUS_UPGRADE_TOKEN/],
    ['a mistyped token', ['--tokn', SECRET], /^--tokn is no flag/],
    ['values as text', ['--values', `minio: {rootPassword: ${SECRET}}`], /^--values is no flag: .*--values-files PATH/],
    ['a password among set', ['--set', `minio.rootPassword=${SECRET}`], /^--set minio\.rootPassword=… may be a secret.*MILVUS_UPGRADE_SET/],
    ['a kubeconfig as text', ['--kubeconfig', `apiVersion: v1\ntoken: ${SECRET}`], /^--kubeconfig takes the path of a file/],
    ['a kubeconfig as base64', ['--kubeconfig', `${Buffer.from(`apiVersion: v1 ${SECRET}`.repeat(9)).toString('base64')}`], /MILVUS_UPGRADE_KUBECONFIG/],
  ])('are refused as arguments, and never repeated: %s', (_, words, expected) => {
    const problems = problemsOf([...good.split(' '), ...words]);
    expect(problems).toEqual([expect.stringMatching(expected)]);
    expect(problems.join()).not.toContain(SECRET);
  });

  it('are not suspected where a switch is set', () => {
    expect(rawOf(`${good} --set common.security.authorizationEnabled=true --kubeconfig /etc/kube/config`).set).toContain('authorizationEnabled=true');
  });
});
