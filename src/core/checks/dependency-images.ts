// The check `dependency-image-changes`: the upgrade of Milvus would also replace etcd, the object store or the message
// queue. Pure.
import { imageChanges, isOnlyBoilerplate, replacesPods } from './manifest-changes.js';
import { isChanged, nameOfObject, type ObjectPair } from './manifest.js';
import type { CheckResult } from '../model/check-result.js';
import { pass, someOf, warn } from './results.js';

const ID = 'dependency-image-changes';
const SOURCE = 'the manifests of the installed and the new release';

/**
 * Reports the changes that remain after the pins of knowledge/pins.ts. A changed label in the template is enough to
 * replace every pod.
 */
export function evaluateDependencies(pairs: readonly ObjectPair[]): CheckResult[] {
  const changing = pairs.filter(({ before, after }) => (after ?? before)?.kind === 'StatefulSet').flatMap(describe);
  if (changing.length === 0) return [pass(ID, 'no dependency StatefulSet replaces its pods', SOURCE)];
  const remedy =
    'Upgrade dependencies separately from Milvus. Pin them with `values` where possible, for example `etcd.image.tag`; otherwise review the changes.';
  return [warn(ID, `the upgrade also changes: ${someOf(changing)}`, remedy, SOURCE)];
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
