// The check `target-image`: does the chart, with these values, give the target image to Milvus? Without it nothing would change. Pure.
import { isOfRelease, type KubeObject } from '../manifest.js';
import { milvusWorkloads, type Workload } from '../workloads.js';
import { pass, someOf, type Finding } from './finding.js';

const ID = 'target-image';
const SOURCE = 'the manifest that Helm renders; zilliztech/milvus-helm templates/*-deployment.yaml take the image from `image.all`';

/** Looks at the Deployments that the run will wait for: those with the labels of the release. A step waits for the same image, letter by letter. */
export function evaluateTargetImage(objects: readonly KubeObject[], { release, image }: { readonly release: string; readonly image: string }): Finding[] {
  const workloads = milvusWorkloads(objects.filter((each) => isOfRelease(each, release)));
  const others = workloads.filter((each) => !each.images.includes(image));
  if (workloads.length === 0) return [fail(`the rendered manifest has no Milvus Deployment of release ${release}`)];
  if (others.length > 0) return [fail(`the rendered manifest does not have the image ${image} in ${describe(others)}`)];
  return [pass(ID, `all ${workloads.length} Milvus Deployments get the image ${image}`, SOURCE)];
}

function describe(workloads: readonly Workload[]): string {
  return someOf(workloads.map(({ name, images }) => `Deployment/${name} (${images.join(', ') || 'no image'})`));
}

function fail(reason: string): Finding {
  const remedy =
    'Set `chart` to a chart that takes the image from the values `image.all.repository` and `image.all.tag`, and leave out values that set another image for one component.';
  return { id: ID, state: 'fail', reason: `${reason}, so nothing would be upgraded there`, remedy, source: SOURCE, skippable: false };
}
