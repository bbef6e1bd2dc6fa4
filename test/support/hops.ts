// Installations and inputs for runs of several hops.
import { FakeCluster, type FakeOptions } from './fake-cluster.js';
import { inputs } from './inputs.js';
import { ofType, type RunResult } from './tools.js';

const CHARTS = [
  { version: '4.2.58', appVersion: '2.5.16' },
  { version: '4.2.19', appVersion: '2.4.15' },
  { version: '4.1.28', appVersion: '2.3.13' },
  { version: '4.0.34', appVersion: '2.2.14' },
  { version: '4.0.29', appVersion: '2.2.12' },
];

/** A release with a chart on offer for each version of the path. */
export function clusterOf(release: string, over: FakeOptions = {}): FakeCluster {
  return new FakeCluster(release, { charts: CHARTS, ...over });
}

/** From 2.2.12: three hops. */
export const threeHops = (written: Parameters<typeof inputs>[0] = {}): ReturnType<typeof inputs> =>
  inputs({ 'target-version': '2.4.24', 'step-timeout': '2m', ...written });

/** The completed hops, such as `2.2.12 → 2.2.16`. */
export function completedHops(result: RunResult): string[] {
  return ofType(result, 'hop-completed').map(({ position: { hop } }) =>
    [hop.from, hop.to].map(({ major, minor, patch }) => `${major}.${minor}.${patch}`).join(' → '),
  );
}
