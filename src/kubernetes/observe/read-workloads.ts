// The workloads of a release: its components, their other managers, and their configuration. Reads lists only; sends no
// requests.
import type { V1Deployment, V1Pod } from '@kubernetes/client-node';
import { readConfiguration, topologyOf, type Configuration } from '../../core/model/milvus-configuration.js';
import { runningVersion } from '../../core/model/observation.js';
import { managersOf, readComponents } from './read-components.js';
import type { HelmObservation } from '../../core/helm/observation.js';

export interface WorkloadLists {
  readonly deployments: readonly V1Deployment[];
  readonly pods: readonly V1Pod[];
  /** The mounted configuration, by file name. */
  readonly configuration: Readonly<Record<string, string>>;
}

export type Workloads = Pick<HelmObservation, 'components' | 'topology' | 'managers'> & Configuration;

export function readWorkloads(release: string, { deployments, pods, configuration }: WorkloadLists): Workloads {
  const components = readComponents(release, deployments, pods);
  const topology = topologyOf(components);
  const managers = managersOf(release, deployments);
  return {
    components,
    topology,
    managers,
    ...readConfiguration(configuration, topology, runningVersion({ components })),
  };
}
