// What can be wrong before a plan can be drawn, in words. Pure.
import { UpgradeError } from './errors.js';
import type { Goal } from './goal.js';
import type { Observation } from './observation.js';

export function badInputs(problems: readonly string[]): UpgradeError {
  return new UpgradeError({
    code: 'input-invalid',
    what: problems.length === 1 ? 'One input cannot be used' : `${problems.length} inputs cannot be used`,
    why: problems.join('; '),
    remedy: 'Nothing was touched. Every input is described in action.yml.',
  });
}

export function releaseNotFound(goal: Goal): UpgradeError {
  return new UpgradeError({
    code: 'release-not-found',
    what: `There is no Helm release ${goal.release} in namespace ${goal.namespace}`,
    why: 'no Secret of Helm with this name was found there',
    remedy: 'Look with `helm list --all-namespaces` and correct release, namespace, kubeconfig or context.',
  });
}

export function versionUnknown(goal: Goal, seen: Observation): UpgradeError {
  const images = [...new Set(seen.components.flatMap((each) => (each.podImages.length > 0 ? each.podImages : [each.templateImage])))];
  return new UpgradeError({
    code: 'release-not-found',
    what: `Nothing says which Milvus version ${seen.project?.name ?? goal.release} runs`,
    why: images.length > 0 ? `the tags of its images tell none: ${images.join(', ')}` : 'the release has no Milvus Deployment',
    remedy: images.some((each) => each !== '') ? 'Set source-version.' : `Check that ${seen.project ? 'the project' : 'the release'} is one of Milvus.`,
  });
}
