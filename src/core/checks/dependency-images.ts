// The check `dependency-image-changes`: etcd, object store or message queue would be replaced although only Milvus is upgraded. Pure.
import { imageChanges, isOnlyBoilerplate, replacesPods } from '../manifest-changes.js';
import { isChanged, nameOfObject, type ObjectPair } from '../manifest.js';
import { pass, someOf, warn, type Finding } from './finding.js';

const ID = 'dependency-image-changes';
const SOURCE = 'the manifests of the installed release and of the new one';

/** What knowledge/pins.ts holds does not come here; this is what still changes. A label in the template is enough to replace every pod. */
export function evaluateDependencies(pairs: readonly ObjectPair[]): Finding[] {
  const changing = pairs.filter(({ before, after }) => (after ?? before)?.kind === 'StatefulSet').flatMap(describe);
  if (changing.length === 0) return [pass(ID, 'no StatefulSet of a dependency replaces its pods', SOURCE)];
  const remedy =
    'Upgrade dependencies by themselves, not with Milvus. Hold them with `values` where you can, for example etcd.image.tag; otherwise look at the changes.';
  return [warn(ID, `besides Milvus these change: ${someOf(changing)}`, remedy, SOURCE)];
}

function describe(pair: ObjectPair): string[] {
  const { before, after } = pair;
  if (!before && after) return [`${nameOfObject(after)} is added`];
  if (before && !after) return [`${nameOfObject(before)} is removed, its volumes stay`];
  if (!after || !isChanged(pair) || !replacesPods(pair)) return [];
  const images = imageChanges(pair);
  const how = images.length > 0 ? images.join(', ') : isOnlyBoilerplate(pair) ? 'its pods are replaced for a label' : 'its pods are replaced';
  return [`${nameOfObject(after)} (${how})`];
}
