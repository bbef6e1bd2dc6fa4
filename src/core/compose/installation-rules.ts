// The rules for a project with several Milvus installations: an upgrade never chooses one of them silently, and never
// upgrades a part of one. Pure.
import { fail } from '../checks/results.js';
import type { ComposeConfig } from '../config/config.js';
import type { CheckResult } from '../model/check-result.js';
import { clusterOf } from './installations.js';
import { liveServices, type ProjectObservation, type ServiceObservation } from './observation.js';

const SOURCE = 'the files of the project; milvus-io/milvus configs/milvus.yaml, etcd.endpoints and etcd.rootPath';

export function installationRules(config: ComposeConfig, project: ProjectObservation): CheckResult[] {
  const selected = config.project.services;
  if (selected.length === 0) return severalInstallations(project);
  return [...partOfCluster(project), ...otherThanBegun(project)];
}

function severalInstallations(project: ProjectObservation): CheckResult[] {
  const live = liveServices(project);
  const installations = installationsOf(live);
  if (installations.length < 2) return [];
  const named = installations.map((services) => services.map(({ name }) => name).join(' and ')).join('; ');
  const [first = []] = installations;
  return [
    failedCheck(
      'several-installations',
      `the project ${project.name} has ${installations.length} Milvus installations: ${named}`,
      `Set the input services to the services of one of them, for example "${first.map(({ name }) => name).join(',')}", and run again for the next one. If they must change together, list all of their services.`,
    ),
  ];
}

/** Each standalone, and the services of each cluster. A service that does not set its etcd belongs to any cluster. */
function installationsOf(services: readonly ServiceObservation[]): ServiceObservation[][] {
  const standalones = services.filter(({ role }) => role === 'standalone').map((service) => [service]);
  const clusters = new Map<string, ServiceObservation[]>();
  const others = services.filter(({ role }) => role !== 'standalone');
  const keys = new Set(others.map(clusterOf).filter((key) => key !== ''));
  const [only = ''] = keys;
  for (const service of others) {
    const key = clusterOf(service) || only;
    clusters.set(key, [...(clusters.get(key) ?? []), service]);
  }
  return [...standalones, ...clusters.values()];
}

/** The services of a cluster share their metadata, so that they must change together. */
function partOfCluster(project: ProjectObservation): CheckResult[] {
  const clusters = new Set(
    liveServices(project)
      .filter(({ role }) => role !== 'standalone')
      .map(clusterOf),
  );
  if (clusters.size === 0) return [];
  const missing = project.services.filter((service) => {
    const role = service.excludedRole ?? '';
    if (role === '' || role === 'standalone' || service.containers.length === 0) return false;
    return clusters.has(clusterOf(service)) || clusterOf(service) === '' || clusters.has('');
  });
  if (missing.length === 0) return [];
  const names = missing.map(({ name }) => name).join(', ');
  return [
    failedCheck(
      'services-incomplete',
      `${names} belong to the same cluster as the services in services`,
      `Add ${names} to services.`,
    ),
  ];
}

/** An incomplete upgrade must be completed, or rolled back, with all of its services. */
function otherThanBegun({ upgradeState, services }: ProjectObservation): CheckResult[] {
  const begun = Object.keys(upgradeState?.images ?? {});
  const missing = begun.filter((name) => services.some((service) => service.name === name && service.role === ''));
  if (missing.length === 0) return [];
  const reason = `an upgrade of ${begun.join(', ')} is incomplete, but services leaves out ${missing.join(', ')}`;
  return [failedCheck('services-incomplete', reason, `Set services to ${begun.join(',')}, and run again.`)];
}

function failedCheck(id: string, reason: string, remedy: string): CheckResult {
  return fail(id, reason, remedy, SOURCE);
}
