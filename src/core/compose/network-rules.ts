// The rules for networks in which Milvus could not be reached, or which would be lost with the container of Milvus:
// refused before any change, because a run could not observe whether the new version serves. Pure.
import { fail } from '../checks/results.js';
import type { CheckResult } from '../model/check-result.js';
import { isUp } from './components.js';
import { ownerOf } from './network-access.js';
import { liveServices, type ProjectObservation, type ServiceObservation } from './observation.js';

const SOURCE = 'docs.docker.com/reference/compose-file/services, "network_mode"';

export function networkRules(project: ProjectObservation): CheckResult[] {
  return [...noShell(project), ...ownedByMilvus(project), ...unreachable(project)];
}

function noShell({ reachProblem = '' }: ProjectObservation): CheckResult[] {
  if (reachProblem === '') return [];
  const remedy =
    'Add a service whose image has bash to the network of Milvus, for example `image: bash:5` with `command: sleep infinity`, start it with `docker compose up --detach --no-deps SERVICE`, and run again.';
  return [failedCheck('milvus-unreachable', reachProblem, remedy)];
}

/** The network of a container ends with it (docs.docker.com/engine/network, "Container networks"). */
function ownedByMilvus({ name, services, upgradeState }: ProjectObservation): CheckResult[] {
  const live = liveServices({ services, upgradeState });
  const ids = new Map(live.flatMap((service) => service.containers.map((container) => [container.id, service.name])));
  const all = services.flatMap((service) => service.containers);
  return services.flatMap((service) => {
    const owners = service.containers.map((container) => ids.get(ownerOf(container, all)?.id ?? '') ?? '');
    const inFiles = /^service:(.+)$/.exec(service.setup.networkMode)?.[1] ?? '';
    const owner = owners.find((found) => found !== '') ?? live.find((other) => other.name === inFiles)?.name;
    if (owner === undefined || service.containers.length === 0) return [];
    const remedy = `Give ${service.name} its own networks in the files instead of network_mode, recreate both with the current version, and run again.`;
    return [
      failedCheck(
        'network-would-be-lost',
        `${service.name} of ${name} uses the network of ${owner}, which ends when ${owner} gets its new container`,
        remedy,
      ),
    ];
  });
}

function unreachable(project: ProjectObservation): CheckResult[] {
  const live = liveServices(project);
  const running = live.filter(({ containers }) => containers.some(isUp));
  const onHost = running.filter((service) => modesOf(service).includes('host'));
  const remedy =
    'Give each of these services its own networks in the files, recreate them with the current version, and run again.';
  const problems = [
    ...running
      .filter((service) => modesOf(service).includes('none'))
      .map(
        ({ name }) => `${name} has no network (network_mode: none), so that it cannot be observed whether it serves`,
      ),
    ...(onHost.length > 0 && running.length > 1
      ? [
          `${onHost.map(({ name }) => name).join(' and ')} ${onHost.length === 1 ? 'uses' : 'use'} the network of the host (network_mode: host), where only a single Milvus service can be told apart by its port`,
        ]
      : []),
    ...running.flatMap((service) => foreignOwner(service, project)),
  ];
  return problems.map((problem) => failedCheck('milvus-unreachable', problem, remedy));
}

function modesOf({ containers }: ServiceObservation): string[] {
  return containers.filter(isUp).map(({ setup }) => setup.networkMode);
}

function foreignOwner({ name, containers }: ServiceObservation, { services }: ProjectObservation): string[] {
  const all = services.flatMap((service) => service.containers);
  const foreign = containers.some(
    (container) => container.setup.networkMode.startsWith('container:') && !ownerOf(container, all),
  );
  return foreign ? [`${name} uses the network of a container that is not in this project`] : [];
}

function failedCheck(id: string, reason: string, remedy: string): CheckResult {
  return fail(id, reason, remedy, SOURCE);
}
