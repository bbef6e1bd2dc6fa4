// The step `helm-upgrade`: one Helm call that applies the new chart, image and values to every Deployment; and the same
// call as a dry run.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Helm } from './helm.js';
import type { UpgradeCall } from './helm-arguments.js';
import type { HelmUpgradeStep } from '../../core/helm/step.js';

export interface HelmUpgradeTools {
  readonly helm: Helm;
  readonly valuesDirectory: string;
  readonly run: string;
  readonly nextRevision: number;
  readonly backTo: number | null;
  readonly serverSide: boolean;
  readonly signal: AbortSignal;
}

/**
 * Merges the values of the step over those of the release and upgrades, without waiting for pods.
 *
 * Done when: the newest Helm revision is deployed with this chart and these values, and every Deployment specifies the
 * image. Safe to repeat because: the same chart and values render the same manifest; Kubernetes changes nothing for an
 * identical one. Fails when: Helm exits with another code than 0 (`command-failed`); what was applied until then
 * remains, in a revision that is marked failed.
 */
export async function applyHelmUpgrade(step: HelmUpgradeStep, tools: HelmUpgradeTools): Promise<void> {
  await withValuesFile(step, tools, (call) => tools.helm.upgrade(call));
}

/** The manifest that Helm would render for the same step now; changes nothing. */
export function renderHelmUpgrade(step: HelmUpgradeStep, tools: HelmUpgradeTools): Promise<string> {
  return withValuesFile(step, tools, (call) => tools.helm.render(call));
}

async function withValuesFile<T>(
  step: HelmUpgradeStep,
  { helm: _helm, valuesDirectory, ...call }: HelmUpgradeTools,
  use: (call: UpgradeCall) => Promise<T>,
) {
  const directory = await mkdtemp(join(valuesDirectory, 'values-'));
  const valuesFile = join(directory, 'values.yaml');
  try {
    // JSON, since Helm reads YAML 1.1, in which a plain `yes` or `on` is a boolean.
    await writeFile(valuesFile, JSON.stringify(step.values.reveal()), { mode: 0o600, flag: 'wx' });
    return await use({ step, valuesFile, ...call });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
