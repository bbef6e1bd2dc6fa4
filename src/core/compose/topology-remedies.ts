// Rewrites the remedies of path checks, which are written for charts, in the terms of a Docker Compose project:
// services and commands. Pure.
import type { CheckResult } from '../model/check-result.js';
import { formatVersion, type Version } from '../model/version.js';
import { liveServices, type ProjectObservation, type ServiceObservation } from './observation.js';

const COORDINATORS: readonly string[] = ['rootcoord', 'datacoord', 'querycoord', 'indexcoord'];
/** The commands of `milvus run` (milvus-io/milvus cmd/roles/roles.go; deployments/docker/cluster). */
const SOURCE = 'milvus-io/milvus deployments/docker/cluster/docker-compose.yml; cmd/roles/roles.go';

export function inComposeTerms(
  results: readonly CheckResult[],
  project: ProjectObservation,
  to: Version,
): readonly CheckResult[] {
  return results.map((result) =>
    result.id === 'topology-first'
      ? { ...result, remedy: topologyRemedy(project, to), source: `${result.source}; ${SOURCE}` }
      : result,
  );
}

/** Every command runs the current version, so that the project can be returned to its previous state. */
function topologyRemedy(project: ProjectObservation, to: Version): string {
  const live = liveServices(project);
  const coordinators = live.filter(({ role }) => COORDINATORS.includes(role));
  const indexNodes = live.filter(({ role }) => role === 'indexnode');
  const lacks = (role: string): boolean => live.every((service) => service.role !== role);
  const steps = [
    ...(lacks('mixcoord') ? [mixedCoordinator(coordinators)] : []),
    ...(to.major >= 3 && lacks('streamingnode') ? ['add a service with `command: milvus run streamingnode`'] : []),
    ...(to.major >= 3 && indexNodes.length > 0 ? [stopAndRemove(indexNodes, 'the data nodes build the indexes')] : []),
  ];
  const after = to.major >= 3 ? 'on 2.6' : 'on 2.5.16 or a later 2.5';
  if (steps.length === 0) return `Check which of the services ${namesOf(live)} is a coordinator; then run again.`;
  return `Change the Compose files ${after}, with the image and the environment of the other Milvus services: ${steps.join('; ')}. Start only the services that you added with \`docker compose up --detach --no-deps SERVICE\`, wait until \`docker compose ps\` shows all of them as running, and run again with the target version ${formatVersion(to)}.`;
}

function mixedCoordinator(coordinators: readonly ServiceObservation[]): string {
  const add = 'add a service with `command: milvus run mixcoord`';
  if (coordinators.length === 0) return add;
  const replaced = stopAndRemove(coordinators, 'the mixed coordinator replaces them; stop them before you start it');
  return `${replaced}; ${add}`;
}

function stopAndRemove(services: readonly ServiceObservation[], why: string): string {
  const names = services.map(({ name }) => name).join(' ');
  return `stop ${namesOf(services)} with \`docker compose stop ${names}\` and remove ${services.length === 1 ? 'it' : 'them'} from the files (${why})`;
}

function namesOf(services: readonly ServiceObservation[]): string {
  return services.map(({ name }) => name).join(', ') || 'of the project';
}
