// Several installations of Milvus in one project: one path is checked and one version is the target, so that one of them could be downgraded without a word. Pure.
import type { Observation } from '../observation.js';
import type { FailedCheck } from '../refusal.js';
import { compareVersions, formatVersion, oldestVersion, parseImage, sameMinor, type Version } from '../version.js';
import { ranImages } from './image-rules.js';
import { liveServices, type ProjectObservation, type ServiceObservation } from './seen.js';

interface Running {
  readonly service: string;
  readonly installation: string;
  readonly version: Version;
}

/** In the midst of an upgrade two versions run, and what ran is written down. */
export function severalVersions(target: Version, project: ProjectObservation, { migration }: Observation): FailedCheck[] {
  if (project.notes !== null || migration?.journal?.closed === false) return [];
  const running = liveServices(project).flatMap((service) => runningOf(service) ?? []);
  if (!wouldDowngrade(target, running) && !haveSeveralPaths(target, running)) return [];
  const named = running.map(({ service, version }) => `${service} runs ${formatVersion(version)}`).join(', ');
  return [
    {
      code: 'several-versions',
      reason: `${named}: an upgrade to ${formatVersion(target)} would bring all of them to one version, each on a path that was checked for the oldest alone`,
      remedy: 'Bring each of them to the same version first, on the path that docs/upgrade-paths.md gives for it; then run this again.',
      source: 'docker inspect',
      skippable: false,
    },
  ];
}

function runningOf(service: ServiceObservation): Running | null {
  const version = oldestVersion(ranImages(service).flatMap((image) => parseImage(image).version ?? []));
  return version && { service: service.name, installation: installationOf(service), version };
}

/** A standalone is one of its own; the services of a cluster share their metadata (milvus-io/milvus configs/milvus.yaml, etcd.endpoints and etcd.rootPath). */
function installationOf({ name, role, environment }: ServiceObservation): string {
  if (role === 'standalone') return `standalone ${name}`;
  const values = environment.reveal();
  return JSON.stringify([values.ETCD_ENDPOINTS ?? '', values.ETCD_ROOT_PATH ?? values.ETCD_ROOTPATH ?? '']);
}

/** Another patch of one cluster is a change that was left half done. */
function wouldDowngrade(target: Version, running: readonly Running[]): boolean {
  const newer = running.filter(({ version }) => compareVersions(version, target) > 0);
  const others = running.filter((each) => !newer.includes(each));
  return newer.some((each) => others.some((other) => other.installation !== each.installation || !sameMinor(each.version, target)));
}

/** What has the target already is left as it is. */
function haveSeveralPaths(target: Version, running: readonly Running[]): boolean {
  const left = running.filter(({ version }) => compareVersions(version, target) !== 0);
  return left.some((one) => left.some((other) => one.installation !== other.installation && compareVersions(one.version, other.version) !== 0));
}
