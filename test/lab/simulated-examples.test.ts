// docs/examples as a runner runs them: act, on this machine, with the built dist/ and the simulated lab. Only the names of the release and the
// chart repository are the lab's, and the actions of others are stand-ins, for there may be no way to them: what they are given is recorded.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { lab } from './lab.js';
import { all, everything, images, install, useSimulatedLab } from './place.js';

const place = useSimulatedLab('examples');
const folder = mkdtempSync(join(tmpdir(), 'examples-'));
afterAll(() => rmSync(folder, { recursive: true }));
let act = '';
beforeAll(() => {
  act = join(lab('tools', 'runner'), 'act');
}, 600_000);

const UPLOAD = /actions\/upload-artifact@[0-9a-f]{40}/;
const uploadStandIn = `
name: upload
inputs: { name: {}, path: {} }
runs:
  using: composite
  steps:
    - shell: bash
      env: { NAME: '\${{ inputs.name }}', FILES: '\${{ inputs.path }}' }
      run: |
        for each in $FILES; do test -e "$each" && echo "uploaded to $NAME: \${each##*/}"; done
`;

function ourAction(): string {
  const target = join(folder, 'action');
  cpSync('dist', join(target, 'dist'), { recursive: true });
  const text = readFileSync('action.yml', 'utf8')
    .replace('https://zilliztech.github.io/milvus-helm/', lab('charts', 'url'))
    // The lab has both programs; downloads have tests of their own.
    .replace(/(default: )'?3\.\d+\.\d+'?/, '$1installed')
    .replace(/(kubectl-version:[\s\S]*?default: )auto/, '$1installed');
  writeFileSync(join(target, 'action.yml'), text);
  return target;
}

/** Runs an example, changed as the test says, by hand with the target version 2.2.16. */
function run(example: string, change: (text: string) => string = (text) => text): { exitCode: number | null; log: string } {
  const repository = mkdtempSync(join(folder, 'repository-'));
  const upload = join(folder, 'upload');
  mkdirSync(join(repository, '.github/workflows'), { recursive: true });
  mkdirSync(upload, { recursive: true });
  writeFileSync(join(upload, 'action.yml'), uploadStandIn);
  const text = readFileSync(join('docs/examples', example), 'utf8');
  const ours = text.replaceAll('release: my-milvus', 'release: my').replaceAll('namespace: milvus', `namespace: ${place.namespace}`);
  writeFileSync(join(repository, '.github/workflows', example), change(ours));
  execFileSync('git', ['init', '-q', repository]);
  const passed = ['PATH', 'KUBECONFIG'].flatMap((name) => ['--env', `${name}=${place.env[name] ?? ''}`]);
  const local = [`milvus-upgrade/milvus-upgrade@v0=${ourAction()}`, `${UPLOAD.exec(text)?.[0] ?? ''}=${upload}`].flatMap((each) => [
    '--local-repository',
    each,
  ]);
  const words = ['workflow_dispatch', '-W', `.github/workflows/${example}`, '-P', 'ubuntu-24.04=-self-hosted', '--input', 'target-version=2.2.16'];
  const env = { ...place.env, HOME: repository, XDG_CACHE_HOME: join(repository, 'cache') };
  const { status, stdout, stderr } = spawnSync(act, [...words, ...passed, ...local], { cwd: repository, env, encoding: 'utf8' });
  return { exitCode: status, log: stdout + stderr };
}

/** The login is tested elsewhere: here it is the one of the lab's kubeconfig. */
const withoutLogin = (text: string): string => text.replaceAll(/^ +(server|token|ca-certificate): .*\n/gm, '');

describe('upgrade-dispatch.yml', () => {
  it('plans, finds the same plan again, upgrades, and uploads the report', () => {
    install(place, '2.2.12');
    const { exitCode, log } = run('upgrade-dispatch.yml', withoutLogin);
    expect(log).toMatch(/outcome=planned[\s\S]*outcome=planned[\s\S]*outcome=succeeded/);
    expect(log).toContain('uploaded to milvus-upgrade: milvus-upgrade-report.json');
    expect(exitCode).toBe(0);
    expect(images(place)).toEqual(all('v2.2.16'));
    const again = run('upgrade-dispatch.yml', withoutLogin);
    expect(again.log).not.toContain('Upgrade Milvus/upgrade');
    expect(again.exitCode).toBe(0);
  });

  it('touches nothing when the plan is not the one that was approved', () => {
    install(place, '2.2.12');
    const before = everything(place);
    const { exitCode, log } = run('upgrade-dispatch.yml', (text) => withoutLogin(text).replace('${{ needs.plan.outputs.plan }}', 'another plan'));
    expect(log).toContain('The plan is no longer the one that was approved');
    expect(exitCode).not.toBe(0);
    expect(everything(place)).toBe(before);
  });
});
