// The nodes and images of dependencies whose pods the upgrade replaces: a registry may no longer have an image that
// still runs. They are added to the places of the image probe.
import type { V1PodSpec, V1PodTemplateSpec } from '@kubernetes/client-node';
import type { KubeObject } from '../../core/checks/manifest.js';
import { imagesOf } from '../../core/checks/workloads.js';
import { recordAt } from '../../core/lib/json.js';
import type { Cluster } from '../client/cluster.js';
import type { Place } from './probe-watch.js';

interface DependencyTools {
  readonly cluster: Cluster;
  readonly config: { readonly namespace: string };
  readonly dependencies: readonly KubeObject[];
  /** The template of any Milvus pod: a probe pod starts the Milvus image, and only pulls the others. */
  readonly template: V1PodTemplateSpec | undefined;
}

/** The same places, with the images that the pods of the dependencies need on their current nodes. */
export async function withDependencies(places: readonly Place[], tools: DependencyTools): Promise<readonly Place[]> {
  const { dependencies, template } = tools;
  if (!template) return places;
  const needs = await Promise.all(dependencies.map((dependency) => needsOf(dependency, template, tools)));
  return needs.flat().reduce(addPlace, [...places]);
}

async function needsOf(
  dependency: KubeObject,
  template: V1PodTemplateSpec,
  { cluster, config }: DependencyTools,
): Promise<Place[]> {
  const labelSelector = Object.entries(recordAt(dependency, 'spec.selector.matchLabels'))
    .map(([label, value]) => `${label}=${String(value)}`)
    .join(',');
  if (labelSelector === '') return [];
  const { items } = await cluster.core.listNamespacedPod({ namespace: config.namespace, labelSelector });
  const nodes = new Set(items.flatMap(({ spec }) => spec?.nodeName ?? []));
  const own = recordAt(dependency, 'spec.template.spec') as unknown as V1PodSpec;
  const others = [...new Set(imagesOf(dependency))];
  return [...nodes].map((node) => ({ node, like: withAccess(template, own), others }));
}

/** What a pod of the dependency needs to be accepted by its node and to pull its images. */
function withAccess(template: V1PodTemplateSpec, own: V1PodSpec): V1PodTemplateSpec {
  const spec: V1PodSpec = template.spec ?? { containers: [] };
  const tolerations = [spec, own].flatMap((pod) => pod.tolerations ?? []);
  const imagePullSecrets = [spec, own].flatMap((pod) => pod.imagePullSecrets ?? []);
  return { ...template, spec: { ...spec, tolerations, imagePullSecrets } };
}

/** One pod per node. */
function addPlace(places: readonly Place[], added: Place): readonly Place[] {
  if (!places.some(({ node }) => node === added.node)) return [...places, added];
  return places.map((place) =>
    place.node === added.node
      ? {
          node: place.node,
          like: withAccess(place.like, added.like.spec ?? { containers: [] }),
          others: [...new Set([...place.others, ...added.others])],
        }
      : place,
  );
}
