// The check `umbrella-chart` of the preflight: the chart of Milvus in an umbrella chart stays as it is. Pure.
import { isOfRelease, labelsOf, type KubeObject } from './manifest.js';
import { milvusWorkloads } from './workloads.js';
import type { CheckResult } from '../model/check-result.js';
import { fail, pass, someOf } from './results.js';

const ID = 'umbrella-chart';
const SOURCE = 'the label helm.sh/chart of the Deployments that Helm renders';

/** `milvusChart` is the installed version; undefined without an umbrella chart. */
export function evaluateMilvusChart(
  objects: readonly KubeObject[],
  { release, milvusChart }: { readonly release: string; readonly milvusChart: string | undefined },
): CheckResult[] {
  if (milvusChart === undefined) return [];
  const own = objects.filter((object) => isOfRelease(object, release) && milvusWorkloads([object]).length > 0);
  const others = own.filter((object) => !String(labelsOf(object)['helm.sh/chart'] ?? '').endsWith(`-${milvusChart}`));
  if (others.length === 0) return [pass(ID, `the chart of Milvus in the chart stays ${milvusChart}`, SOURCE)];
  const found = others.map(
    (object) => `${object.metadata.name} (${String(labelsOf(object)['helm.sh/chart'] ?? 'no label')})`,
  );
  const reason = `the chart to install renders Milvus with another chart than the installed ${milvusChart}: ${someOf(found)}`;
  const remedy = `Set \`chart\` to the chart of the release with version ${milvusChart} of the chart of Milvus in its \`charts\` directory. Change the chart of Milvus in a run of its own.`;
  return [fail(ID, reason, remedy, SOURCE)];
}
