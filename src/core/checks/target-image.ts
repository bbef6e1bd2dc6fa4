// The check `target-image`: whether the chart, with these values, sets the target image for Milvus. Otherwise the
// upgrade changes nothing. Pure.
import { isOfRelease, type KubeObject } from './manifest.js';
import { milvusWorkloads, type Workload } from './workloads.js';
import type { CheckResult } from '../model/check-result.js';
import { fail, pass, someOf } from './results.js';

const ID = 'target-image';
const SOURCE =
  'the manifest that Helm renders; zilliztech/milvus-helm templates/*-deployment.yaml take the image from `image.all`';

/**
 * Checks the Deployments that the run waits for: those with the labels of the release. A step waits for exactly the
 * same image string.
 */
export function evaluateTargetImage(
  objects: readonly KubeObject[],
  { release, image }: { readonly release: string; readonly image: string },
): CheckResult[] {
  const workloads = milvusWorkloads(objects.filter((object) => isOfRelease(object, release)));
  const others = workloads.filter((workload) => !workload.images.includes(image));
  if (workloads.length === 0)
    return [wrongImage(`the rendered manifest has no Milvus Deployment of release ${release}`)];
  if (others.length > 0)
    return [wrongImage(`the rendered manifest does not have the image ${image} in ${describe(others)}`)];
  return [pass(ID, `all ${workloads.length} Milvus Deployments get the image ${image}`, SOURCE)];
}

function describe(workloads: readonly Workload[]): string {
  return someOf(workloads.map(({ name, images }) => `Deployment/${name} (${images.join(', ') || 'no image'})`));
}

function wrongImage(reason: string): CheckResult {
  const remedy =
    'Set `chart` to a chart that takes the image from the values `image.all.repository` and `image.all.tag`, and remove values that set another image for a component.';
  return fail(ID, `${reason}, so the upgrade would not change it`, remedy, SOURCE);
}
