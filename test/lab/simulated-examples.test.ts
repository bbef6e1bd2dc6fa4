// Runs docs/examples with act and the simulated lab. Only the names of the release and the chart repository are
// changed, and third-party actions are stand-ins that record their inputs, because they may not be reachable.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { copyAction, prepareAct, runWorkflow, type WorkflowRun } from './act.js';
import { all, everything, images, install, useSimulatedLab } from './place.js';

const place = useSimulatedLab('examples');
const directory = mkdtempSync(join(tmpdir(), 'examples-'));
afterAll(() => rmSync(directory, { recursive: true }));
let act = '';
beforeAll(() => {
  act = prepareAct();
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

/** Dispatches an example, with the changes of the test, for the target version 2.2.16. */
function run(example: string, change: (text: string) => string): WorkflowRun {
  const upload = join(directory, 'upload');
  mkdirSync(upload, { recursive: true });
  writeFileSync(join(upload, 'action.yml'), uploadStandIn);
  const text = readFileSync(join('docs/examples', example), 'utf8');
  const managed = text
    .replaceAll('release: my-milvus', 'release: my')
    .replaceAll('namespace: milvus', `namespace: ${place.namespace}`);
  const actions = {
    'milvus-upgrade/milvus-upgrade@v0': copyAction(join(directory, 'action')),
    [UPLOAD.exec(text)?.[0] ?? '']: upload,
  };
  return runWorkflow(act, {
    directory,
    name: example,
    text: change(managed),
    env: place.env,
    inputs: { 'target-version': '2.2.16' },
    actions,
  });
}

/** Logins are tested elsewhere; here the kubeconfig of the lab is used. */
const withoutLogin = (text: string): string => text.replaceAll(/^ +(server|token|ca-certificate): .*\n/gm, '');

describe('upgrade-dispatch.yml', () => {
  it('plans, confirms that the plan is unchanged, upgrades, and uploads the report', () => {
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

  it('changes nothing if the plan differs from the approved one', () => {
    install(place, '2.2.12');
    const before = everything(place);
    const { exitCode, log } = run('upgrade-dispatch.yml', (text) =>
      withoutLogin(text).replace('${{ needs.plan.outputs.plan }}', 'another plan'),
    );
    expect(log).toContain('The plan is no longer the one that was approved');
    expect(exitCode).not.toBe(0);
    expect(everything(place)).toBe(before);
  });
});
