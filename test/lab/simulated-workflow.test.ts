// One workflow with `uses: ./` in a real Actions runtime: plan, upgrade, verify; its outputs in later steps;
// annotations, the job summary, the post step.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { prepareAct, runWorkflow, type WorkflowRun } from './act.js';
import { all, everything, images, install, useSimulatedLab } from './place.js';

const place = useSimulatedLab('workflow');
const directory = mkdtempSync(join(tmpdir(), 'workflow-'));
afterAll(() => rmSync(directory, { recursive: true }));
let act = '';
beforeAll(() => {
  act = prepareAct();
}, 900_000);

const step = (id: string, operation: string, more = ''): string => `
      - id: ${id}
        uses: ./
        with:
          release: my
          namespace: ${place.namespace}
          target-version: \${{ inputs.target-version }}
          operation: ${operation}
          strategy: helm-upgrade
${more}`;

const workflow = (steps: string): string => `name: Upgrade Milvus
on:
  workflow_dispatch:
    inputs:
      target-version: { type: string, required: true }
permissions: {}
jobs:
  milvus:
    runs-on: ubuntu-24.04
    steps:
      # act copies the repository where the runner would check it out.
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with:
          persist-credentials: false${steps}`;

function run(steps: string): WorkflowRun {
  return runWorkflow(act, {
    directory,
    name: 'upgrade.yml',
    text: workflow(steps),
    env: place.env,
    inputs: { 'target-version': '2.2.16' },
  });
}

describe('a workflow that uses the action', () => {
  it('plans, upgrades and verifies, and passes outputs, summary and report to later steps', () => {
    install(place, '2.2.12');
    const { exitCode, log } = run(`${step('plan', 'plan')}
      - name: Check the plan
        env: { PLAN: '\${{ steps.plan.outputs.plan }}' }
        run: |
          test '\${{ steps.plan.outputs.outcome }} \${{ steps.plan.outputs.changed }}' = 'planned false'
          node -e 'if (!JSON.parse(process.env.PLAN).steps.some(({ kind }) => kind === "helm-upgrade")) process.exit(1)'
${step('upgrade', 'upgrade', "          source-version: '2.2.12'")}
${step('verify', 'verify')}
      - name: Read what the upgrade left
        run: |
          echo "read: \${{ steps.upgrade.outputs.outcome }} \${{ steps.upgrade.outputs.source-version }} \${{ steps.upgrade.outputs.target-version }} \${{ steps.verify.outputs.outcome }}"
          grep -o '"outcome": *"succeeded"' '\${{ steps.upgrade.outputs.report }}'
`);
    if (exitCode !== 0) throw new Error(log);
    expect(log).toContain('read: succeeded 2.2.12 2.2.16 succeeded');
    expect(log).toMatch(/Success - Main \.\/[\s\S]*Success - Post \.\//);
    expect(log).not.toContain('::error');
    // act clears the summary file at every step, so later steps cannot read it; a summary that cannot be written causes
    // a warning.
    expect(log).not.toMatch(/could not be written/);
    expect(images(place)).toEqual(all('v2.2.16'));
  });

  it('fails the job with an annotation if the upgrade is refused, and a later step can read the reason', () => {
    install(place, '2.2.12');
    const before = everything(place);
    const { exitCode, log } = run(`${step('upgrade', 'upgrade', "          source-version: '2.2.9'")}
      - if: failure()
        run: |
          echo "read: \${{ steps.upgrade.outputs.outcome }} \${{ steps.upgrade.outputs.changed }}"
          test -s '\${{ steps.upgrade.outputs.report }}'
`);
    expect(exitCode).not.toBe(0);
    expect(log).toContain('read: refused false');
    expect(log).toContain('source-version-differs');
    expect(log).toMatch(/Success - Post \.\//);
    expect(everything(place)).toBe(before);
  });
});
