// Converts a Milvus service and its containers to a component, so that log, summary and step statuses handle it like a
// Deployment. Pure.
import type { Component, MilvusPod, WaitingContainer } from '../model/component.js';
import type { ContainerObservation } from './containers.js';
import type { Health, ServiceObservation } from './observation.js';

/** True for a container that was started and is not being removed. */
export function isUp({ state }: ContainerObservation): boolean {
  return state === 'running' || state === 'restarting' || state === 'paused';
}

/**
 * True for a container whose Milvus health request succeeds or, if the result is unknown, that Docker reports as
 * healthy or that has no health check.
 */
export function isWell(container: ContainerObservation, health: Health | undefined): boolean {
  if (container.state !== 'running') return false;
  return health && health.state !== 'unknown'
    ? health.state === 'ok'
    : container.health === 'healthy' || container.health === 'none';
}

/** `health` by container ID. */
export function readComponent(
  { name, role, image, containers }: ServiceObservation,
  health: Readonly<Record<string, Health>>,
): Component {
  const up = containers.filter(isUp);
  const fresh = up.filter((container) => container.image === image);
  const well = up.filter((container) => isWell(container, health[container.id])).length;
  return {
    role,
    deployment: name,
    templateImage: image,
    podImages: [...new Set(up.map((container) => container.image))],
    desired: up.length,
    updated: fresh.length,
    ready: well,
    available: well,
    outdated: up.length - fresh.length,
    terminating: containers.filter((container) => container.state === 'removing').length,
    restarts: containers.reduce((sum, container) => sum + container.restarts, 0),
    waiting: containers.flatMap((container) => troubleOf(container, health[container.id])),
    settledSpec: true,
    // A backup is valid only if Milvus has not been started since.
    generation: Math.max(0, ...containers.map((container) => Date.parse(container.startedAt) || 0)),
    ...(up.length === 0 ? { stopped: true } : {}),
    paused: up.some((container) => container.state === 'paused'),
    failure: '',
    pods: up.flatMap((container) => podsOf(container, image, health)),
  };
}

/** One pod for each address, because it is not known in which of its networks Milvus registers. */
function podsOf(container: ContainerObservation, image: string, health: Readonly<Record<string, Health>>): MilvusPod[] {
  const { id, name, networks } = container;
  const pod = {
    name,
    isNew: container.image === image,
    ready: isWell(container, health[id]),
    readySince: '',
    terminating: false,
  };
  const addresses = Object.values(networks).filter((address) => address !== '');
  return (addresses.length > 0 ? addresses : ['']).map((address) => ({ ...pod, address }));
}

function troubleOf(container: ContainerObservation, health: Health | undefined): WaitingContainer[] {
  const { name: pod, state, exitCode } = container;
  if (state === 'restarting' || (state === 'exited' && exitCode !== 0))
    return [{ pod, reason: endOf(container), message: `exit code ${exitCode}` }];
  if (state === 'running' && container.health === 'unhealthy')
    return [{ pod, reason: 'Unhealthy', message: container.healthOutput }];
  return state === 'running' && health?.state === 'not-yet'
    ? [{ pod, reason: 'NotReady', message: health.reason }]
    : [];
}

function endOf({ oomKilled, state }: ContainerObservation): string {
  if (oomKilled) return 'OOMKilled';
  return state === 'restarting' ? 'Restarting' : 'Exited';
}
