// The arguments of the commands with which Helm changes a release. Pure.
import type { Access } from '../../core/config/access.js';
import type { ChartSource, HelmConfig } from '../../core/config/config.js';
import type { HelmRollbackStep, HelmUpgradeStep } from '../../core/helm/step.js';
import type { Command } from '../../runner/process.js';
import { BACK_TO_LABEL, REVISION_LABEL, RUN_LABEL } from './release-record.js';

/** The time limit for hooks of the chart; without hooks, Helm ends within seconds, since it does not wait for pods. */
const HOOK_TIMEOUT = '10m';

export interface UpgradeCall {
  readonly step: HelmUpgradeStep;
  readonly valuesFile: string;
  readonly nextRevision: number;
  /** The revision to roll back to if it fails; null if there is none. */
  readonly backTo: number | null;
  /** Whether the newest revision was written by server-side apply. */
  readonly serverSide: boolean;
  readonly run: string;
  readonly signal: AbortSignal;
}

export interface RollbackCall {
  readonly step: HelmRollbackStep;
  /** Whether the revision to roll back to was written by server-side apply. */
  readonly serverSide: boolean;
  readonly signal: AbortSignal;
}

interface Target {
  readonly config: HelmConfig;
  readonly access: Access;
}

export function upgradeArguments(
  { step, valuesFile, nextRevision, backTo, run }: UpgradeCall,
  { config, access }: Target,
): Command {
  return [
    'helm',
    'upgrade',
    config.release,
    ...chartArguments(step.chart, step.chartVersion),
    '--namespace',
    config.namespace,
    ...loginArguments(access),
    '--reset-then-reuse-values',
    '--values',
    valuesFile,
    '--timeout',
    HOOK_TIMEOUT,
    '--labels',
    // The value null removes a label, also one that does not exist.
    `${RUN_LABEL}=${run},${REVISION_LABEL}=${nextRevision},${BACK_TO_LABEL}=${backTo ?? 'null'}`,
    '--description',
    `milvus-upgrade: ${step.id}`,
  ];
}

/** An upgrade to the chart of the configuration with the values of the release, which changes nothing. */
export function dryRunArguments(version: string, { config, access }: Target): Command {
  const where = ['--namespace', config.namespace, ...loginArguments(access)];
  const chart = chartArguments(config.chart, version);
  const flags = ['--reset-then-reuse-values', '--dry-run=server', '--output', 'json'];
  return ['helm', 'upgrade', config.release, ...chart, ...where, ...flags];
}

/** Helm 3 and 4 share these arguments. */
export function rollbackArguments({ step }: RollbackCall, { config, access }: Target): Command {
  const where = ['--namespace', config.namespace, ...loginArguments(access)];
  return ['helm', 'rollback', config.release, String(step.revision), ...where, '--timeout', HOOK_TIMEOUT];
}

export function chartArguments(chart: ChartSource, version: string | null): string[] {
  const versioned = chart.kind === 'repository' || chart.kind === 'oci';
  return [chart.reference, ...(versioned && version ? ['--version', version] : [])];
}

function loginArguments({ kubeconfig, context, insecure }: Access): string[] {
  return [
    ...(kubeconfig ? ['--kubeconfig', kubeconfig] : []),
    ...(context ? ['--kube-context', context] : []),
    ...(insecure ? ['--kube-insecure-skip-tls-verify'] : []),
  ];
}
