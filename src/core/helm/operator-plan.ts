// What can be planned for an installation of the Milvus operator without changing it: the path, what prevents it,
// and how to change the version in the Milvus object. Pure.
import { advisoryChecks } from '../checks/advisories.js';
import { metastoreIsMysql, sourceDiffers } from '../checks/installation.js';
import { imageNeeded } from '../checks/requested-image.js';
import { fail } from '../checks/results.js';
import type { HelmConfig } from '../config/config.js';
import type { Path } from '../knowledge/paths.js';
import { crosses } from '../knowledge/stops.js';
import { applySkips, failedChecks, isSkipped, type CheckResult } from '../model/check-result.js';
import { oldestImage, runningVersion } from '../model/observation.js';
import { compareVersions, type Version } from '../model/version.js';
import { NO_CHANGES } from '../model/chart-changes.js';
import type { Planned } from '../model/shared-plan.js';
import { advisorySubject } from './advisory-subject.js';
import type { HelmObservation } from './observation.js';
import { rollbackCheck } from './plan.js';
import { pathTo, targetImage } from './route.js';
import { evaluateHelmStep } from './status.js';
import { waitForTarget } from './steps.js';
import type { HelmPlan } from './step.js';

export function isOperators({ release, withoutRelease }: HelmObservation): boolean {
  return !release && (withoutRelease?.managers ?? []).some(({ tool }) => tool === 'milvus-operator');
}

/** Null if the running version is unknown. There is a plan only if the target already runs: it changes nothing. */
export function planForOperator(config: HelmConfig, observation: HelmObservation): Planned<HelmPlan> | null {
  const from = runningVersion(observation) ?? config.source;
  if (!from) return null;
  const image = targetImage(config, observation);
  const { path, results } = findResults(config, observation, from);
  const checks = [
    ...results.filter(isSkipped),
    ...rollbackCheck({ from, path }, config),
    ...advisoryChecks(from, config.target, advisorySubject(observation, {})),
  ];
  const found = failedChecks(results);
  const step = waitForTarget(config, image);
  const isThere =
    compareVersions(from, config.target) === 0 && evaluateHelmStep(step, observation).state === 'complete';
  if (!isThere)
    return {
      plan: null,
      checks,
      failedChecks: [...found, managed(config, { from, image, isPossible: found.length === 0 })],
    };
  const plain = { platform: 'helm', strategy: 'nothing', ...NO_CHANGES, hops: [] } as const;
  return {
    plan: { ...plain, from, to: config.target, image, steps: [step], checks },
    checks,
    failedChecks: found,
  };
}

/** Everything that is known about the path and the installation without a release. */
function findResults(
  config: HelmConfig,
  observation: HelmObservation,
  from: Version,
): { readonly path: Path; readonly results: readonly CheckResult[] } {
  const { path, failedChecks: ofPath } = pathTo(config, observation, from);
  const results = [
    ...sourceDiffers(config, observation),
    ...imageNeeded(config, [oldestImage(observation)]),
    ...metastoreIsMysql(observation),
    ...ofPath,
  ];
  return { path, results: applySkips(results, config.skipChecks) };
}

interface Wanted {
  readonly from: Version;
  readonly image: string;
  readonly isPossible: boolean;
}

function managed({ release, namespace, target }: HelmConfig, { from, image, isPossible }: Wanted): CheckResult {
  return fail(
    'managed-by-operator',
    `Milvus ${release} is managed by the Milvus operator, which would restore the version of the Milvus object; this action only reads it`,
    isPossible
      ? `Apply the whole Milvus object ${release} in namespace ${namespace} with \`spec.components.image: ${image}\`${disabled(from, target)}. Then run the action with operation: verify.`
      : 'Resolve the other failed checks first; then run the action with operation: plan again.',
    'zilliztech/milvus-operator; milvus-io/web-content v3.0.x/site/en/adminGuide/upgrade_milvus_cluster-operator.md',
  );
}

/** The operator sets omitted fields to their defaults, so an image-only patch would enable the index node again. */
function disabled(from: Version, to: Version): string {
  return crosses(from, to, '2.6.0') || crosses(from, to, '3.0.0')
    ? ' and, in a cluster, `spec.components.indexNode.replicas: 0` (not only as a patch of the image)'
    : '';
}
