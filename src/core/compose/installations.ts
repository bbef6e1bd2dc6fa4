// Detects several Milvus installations in one project. Only one path is checked and there is only one target version,
// so one of them could be downgraded unnoticed. Pure.
import { fail } from '../checks/results.js';
import type { CheckResult } from '../model/check-result.js';
import {
  compareVersions,
  formatVersion,
  oldestVersion,
  parseImage,
  sameMinor,
  type Version,
} from '../model/version.js';
import { ranImages } from './image-rules.js';
import { liveServices, type ServiceObservation, type ComposeObservation } from './observation.js';

interface Running {
  readonly service: string;
  readonly installation: string;
  readonly version: Version;
}

/**
 * Not checked during an incomplete upgrade: two versions may run, and the upgrade state contains the images that ran.
 */
export function severalVersions(target: Version, { project, migration }: ComposeObservation): CheckResult[] {
  if (project.upgradeState !== null || migration?.journal?.closed === false) return [];
  const running = liveServices(project).flatMap((service) => runningOf(service) ?? []);
  if (!wouldDowngrade(target, running) && !haveSeveralPaths(target, running)) return [];
  const named = running.map(({ service, version }) => `${service} runs ${formatVersion(version)}`).join(', ');
  return [
    fail(
      'several-versions',
      `${named}: an upgrade to ${formatVersion(target)} would bring all of them to one version, but its path is checked only for the oldest one`,
      'Upgrade all of them to the same version first, on the paths in docs/upgrade-paths.md; then run again.',
      'docker inspect',
    ),
  ];
}

function runningOf(service: ServiceObservation): Running | null {
  const version = oldestVersion(ranImages(service).flatMap((image) => parseImage(image).version ?? []));
  return version && { service: service.name, installation: installationOf(service), version };
}

/**
 * Each standalone is a separate installation; the services of a cluster share their metadata (milvus-io/milvus
 * configs/milvus.yaml, etcd.endpoints and etcd.rootPath).
 */
function installationOf(service: ServiceObservation): string {
  return service.role === 'standalone' ? `standalone ${service.name}` : clusterOf(service);
}

/** The cluster of a service, by its etcd; empty if the environment does not set it. */
export function clusterOf({ environment }: Pick<ServiceObservation, 'environment'>): string {
  const values = environment.reveal();
  const found = [values.ETCD_ENDPOINTS ?? '', values.ETCD_ROOT_PATH ?? values.ETCD_ROOTPATH ?? ''];
  return found.some((value) => value !== '') ? JSON.stringify(found) : '';
}

/** Different patch versions in one cluster are allowed: they are the result of an incomplete upgrade. */
function wouldDowngrade(target: Version, running: readonly Running[]): boolean {
  const newer = running.filter(({ version }) => compareVersions(version, target) > 0);
  const others = running.filter((service) => !newer.includes(service));
  return newer.some((service) =>
    others.some((other) => other.installation !== service.installation || !sameMinor(service.version, target)),
  );
}

/** Services that already run the target version are not changed and not counted. */
function haveSeveralPaths(target: Version, running: readonly Running[]): boolean {
  const left = running.filter(({ version }) => compareVersions(version, target) !== 0);
  return left.some((first) =>
    left.some(
      (other) => first.installation !== other.installation && compareVersions(first.version, other.version) !== 0,
    ),
  );
}
