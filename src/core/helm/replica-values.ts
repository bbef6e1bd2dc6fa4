// The chart values for the replicas of each component, so that a `helm upgrade` starts the same number of pods that
// were stopped. Pure.
import type { HelmObservation } from './observation.js';
import { valueAt } from '../lib/json.js';
import { mergeValues, valuesAtPath, type Values } from '../model/values.js';
import { own } from '../lib/own.js';

/** The chart's key of each component (zilliztech/milvus-helm values.yaml, 3.0 and later). */
const VALUES: Readonly<Record<string, string>> = {
  standalone: 'standalone',
  proxy: 'proxy',
  rootcoord: 'rootCoordinator',
  querycoord: 'queryCoordinator',
  indexcoord: 'indexCoordinator',
  datacoord: 'dataCoordinator',
  mixcoord: 'mixCoordinator',
  querynode: 'queryNode',
  indexnode: 'indexNode',
  datanode: 'dataNode',
};

/** Only values that differ from the release, because another process or user has scaled the Deployment. */
export function replicaValues(
  { components, release }: HelmObservation,
  replicas: Readonly<Record<string, number>>,
): Values {
  const computed = release?.latest.computedValues.reveal() ?? {};
  const paths = components.flatMap(({ role, deployment }): [string, number][] => {
    const path = VALUES[role] ? `${VALUES[role]}.replicas` : '';
    const count = own(replicas, deployment);
    return path !== '' && count !== undefined && valueAt(computed, path) !== count ? [[path, count]] : [];
  });
  return paths.reduce<Values>((all, [path, count]) => mergeValues(all, valuesAtPath(path, count)), {});
}
