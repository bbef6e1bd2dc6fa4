// The check `dependency-image-changes`: the upgrade of Milvus would also replace etcd, the object store or the message
// queue. Pure.
import { imageChanges, isOnlyBoilerplate, replacesPods } from './manifest-changes.js';
import { isChanged, labelsOf, nameOfObject, type KubeObject, type ObjectPair } from './manifest.js';
import { readWorkload } from './workloads.js';
import type { CheckResult } from '../model/check-result.js';
import { pass, someOf, warn } from './results.js';

const ID = 'dependency-image-changes';
const SOURCE = 'the manifests of the installed and the new release';

/**
 * Reports the changes that remain after the pins of knowledge/pins.ts. A changed label in the template is enough to
 * replace every pod.
 */
export function evaluateDependencies(pairs: readonly ObjectPair[]): CheckResult[] {
  const changing = pairs.filter(({ before, after }) => isDependency(after ?? before)).flatMap(describe);
  if (changing.length === 0) return [pass(ID, 'no dependency replaces its pods', SOURCE)];
  const remedy =
    'Upgrade dependencies separately from Milvus. Pin them with `values` where possible, for example `etcd.image.tag`; otherwise review the changes.';
  return [warn(ID, `the upgrade also changes: ${someOf(changing)}`, remedy, SOURCE)];
}

/**
 * A workload that is not part of Milvus: a StatefulSet, or a Deployment, as of MinIO in standalone mode (minio/minio
 * helm/minio/templates/deployment.yaml). Attu only reads.
 */
function isDependency(object: KubeObject | null): boolean {
  const workload = object && readWorkload(object);
  return workload !== null && workload.role === '' && labelsOf(object!).component !== 'attu';
}

/** The dependencies whose pods the upgrade replaces, as they are afterwards: every image of them is needed. */
export function replacedDependencies(pairs: readonly ObjectPair[]): KubeObject[] {
  return pairs.flatMap((pair) => (pair.after && isDependency(pair.after) && replacesPods(pair) ? [pair.after] : []));
}

function describe(pair: ObjectPair): string[] {
  const { before, after } = pair;
  if (!before && after) return [`${nameOfObject(after)} is added`];
  if (before && !after) return [`${nameOfObject(before)} is removed; its volumes are kept`];
  if (!after || !isChanged(pair) || !replacesPods(pair)) return [];
  const images = imageChanges(pair);
  const how =
    images.length > 0
      ? images.join(', ')
      : isOnlyBoilerplate(pair)
        ? 'its pods are replaced because of a label change'
        : 'its pods are replaced';
  return [`${nameOfObject(after)} (${how})`];
}
