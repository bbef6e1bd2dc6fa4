// The command, dist/cli.js, on the simulated lab: its output for GitLab, Jenkins and a user at a terminal.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { lab } from './lab.js';
import { all, everything, get, images, install, readyAfter, useSimulatedLab } from './place.js';
import { itFull } from './tier.js';

const place = useSimulatedLab('command');
const directory = mkdtempSync(join(tmpdir(), 'command-'));
afterAll(() => rmSync(directory, { recursive: true }));
const at = (name: string): string => join(directory, name);

interface Ended {
  readonly exitCode: number | null;
  readonly text: string;
}

function words(operation: string, ...more: string[]): string[] {
  const chart = ['--chart-repository', lab('charts', 'url')];
  return [
    'dist/cli.js',
    operation,
    '--release',
    'my',
    '--namespace',
    place.namespace,
    '--target-version',
    '2.2.16',
    ...chart,
    ...more,
  ];
}

/** Without CI variables: the command must behave the same everywhere. */
function environment(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const { CI: _ci, GITHUB_ACTIONS: _github, ...env } = place.env;
  return {
    ...env,
    RUNNER_TEMP: directory,
    MILVUS_UPGRADE_HELM_VERSION: 'installed',
    MILVUS_UPGRADE_KUBECTL_VERSION: 'installed',
    ...more,
  };
}

function command(operation: string, more: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Ended {
  const { status, stdout, stderr } = spawnSync(process.execPath, words(operation, ...more), {
    env: environment(env),
    encoding: 'utf8',
  });
  return { exitCode: status, text: stdout + stderr };
}

describe('the command on the simulated lab', () => {
  it('plans, upgrades, verifies, and writes summary, outputs and report', () => {
    install(place, '2.2.12');
    const before = everything(place);
    expect(command('verify').exitCode).toBe(1);
    expect(command('plan', ['--outputs-file', at('plan.json')]).exitCode).toBe(0);
    expect(JSON.parse(readFileSync(at('plan.json'), 'utf8'))).toMatchObject({
      outcome: 'planned',
      plan: expect.stringContaining('wait-ready'),
    });
    expect(everything(place)).toBe(before);

    const done = command('upgrade', [
      '--summary-file',
      at('summary.md'),
      '--outputs-file',
      at('upgrade.env'),
      '--report-path',
      at('report.json'),
    ]);
    expect(done).toMatchObject({ exitCode: 0, text: expect.stringContaining('The run ended: succeeded') });
    // Plain text for a CI system: no workflow commands and no terminal control sequences.
    expect(done.text).not.toMatch(/^::|\u001b/m);
    expect(images(place)).toEqual(all('v2.2.16'));
    expect(readFileSync(at('summary.md'), 'utf8')).toMatch(/2\.2\.16[\s\S]*querynode/);
    expect(readFileSync(at('upgrade.env'), 'utf8')).toContain('MILVUS_RESULT_OUTCOME=succeeded\n');
    expect(JSON.parse(readFileSync(at('report.json'), 'utf8'))).toMatchObject({ outcome: 'succeeded' });
    expect(command('verify').exitCode).toBe(0);
  });

  it('has different exit codes for a refused upgrade, a failure, and an invalid command line', () => {
    install(place, '2.2.12');
    const before = everything(place);
    expect(command('upgrade', ['--source-version', '2.2.9'])).toMatchObject({
      exitCode: 3,
      text: expect.stringContaining('source-version-differs'),
    });
    expect(command('upgrade', ['--timeout', 'long'])).toMatchObject({
      exitCode: 2,
      text: expect.stringContaining('timeout is "long"'),
    });
    expect(command('upgrade', ['--wait'])).toMatchObject({
      exitCode: 2,
      text: expect.stringContaining('--wait is not a flag'),
    });
    expect(everything(place)).toBe(before);
  });

  itFull('keeps a secret value out of arguments, log, summary, outputs and report', async () => {
    install(place, '2.2.12', ...readyAfter(2));
    const secret = 'hunter2-of-the-command';
    const files = ['--summary-file', at('s.md'), '--outputs-file', at('o.json'), '--report-path', at('r.json')];
    const child = spawn(process.execPath, words('upgrade', '--strategy', 'helm-upgrade', ...files), {
      env: environment({ MILVUS_UPGRADE_SET: `minio.secretKey=${secret}` }),
    });
    let text = '';
    const observation = new Set<string>();
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (more: Buffer) => (text += more.toString()));
    const watch = setInterval(
      () => observation.add(spawnSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).stdout),
      100,
    );
    const exitCode = await new Promise((resolve) => child.on('close', resolve));
    clearInterval(watch);
    expect(exitCode).toBe(0);
    expect([...observation].join()).toContain('helm upgrade');
    const told = [
      text,
      ...observation,
      ...['s.md', 'o.json', 'r.json'].map((name) => readFileSync(at(name), 'utf8')),
    ].join('\n');
    expect(told).not.toContain(secret);
    expect(get(place, 'secrets', '{.metadata.name}', '-l', 'owner=helm,status=deployed')).toContain('.v2');
  });

  it('ends in order after one Ctrl-C, and the next run resumes', async () => {
    install(place, '2.2.12', ...readyAfter(3));
    const child = spawn(process.execPath, words('upgrade'), { env: environment() });
    let text = '';
    child.stdout.on('data', (more: Buffer) => {
      text += more.toString();
      if (/▶ resume\/datanode/.test(text) && !child.killed) child.kill('SIGINT');
    });
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(130);
    expect(text).toContain('The run ended: cancelled');
    expect(command('upgrade').exitCode).toBe(0);
    expect(images(place)).toEqual(all('v2.2.16'));
  });

  itFull('draws a table on a terminal, below a complete log', () => {
    install(place, '2.2.12', ...readyAfter(3));
    const quoted = [process.execPath, ...words('upgrade', '--strategy', 'helm-upgrade')]
      .map((word) => `'${word}'`)
      .join(' ');
    writeFileSync(at('run.sh'), `stty cols 120 rows 40; exec ${quoted}\n`);
    // script(1) of util-linux runs the command in a terminal.
    const { status, stdout } = spawnSync('script', ['-qec', `sh ${at('run.sh')}`, '/dev/null'], {
      env: environment({ TERM: 'xterm' }),
      encoding: 'utf8',
    });
    expect(status).toBe(0);
    expect(stdout).toMatch(/── wait-ready\/my@2\.2\.16, \d of 8 ready/);
    expect(stdout).toMatch(/\u001b\[\d+A\r\u001b\[J/);
    expect(stdout).toMatch(/\u001b\[32mproxy +v2\.2\.16 +(\d)\/\1/);
    expect(stdout.trimEnd().split('\n').slice(-5).join('\n')).not.toContain('── ');
  });
});
