// A Milvus service and its containers as a component, so that log, summary and verdicts speak of it as of any other. Pure.
import type { Component, MilvusPod, WaitingContainer } from '../component.js';
import type { ContainerObservation } from './containers.js';
import type { Health, ServiceObservation } from './seen.js';

/** Containers that are there to stay; what was never started or is on its way out is none. */
export function isUp({ state }: ContainerObservation): boolean {
  return state === 'running' || state === 'restarting' || state === 'paused';
}

/** True for one that answers its own health question, or that Docker calls healthy. */
export function isWell(container: ContainerObservation, health: Health | undefined): boolean {
  if (container.state !== 'running') return false;
  return health && health.state !== 'unknown' ? health.state === 'ok' : container.health === 'healthy' || container.health === 'none';
}

/** `health` by the id of a container. */
export function readComponent({ name, role, image, containers }: ServiceObservation, health: Readonly<Record<string, Health>>): Component {
  const up = containers.filter(isUp);
  const fresh = up.filter((each) => each.image === image);
  const well = up.filter((each) => isWell(each, health[each.id])).length;
  return {
    role,
    deployment: name,
    templateImage: image,
    podImages: [...new Set(up.map((each) => each.image))],
    desired: up.length,
    updated: fresh.length,
    ready: well,
    available: well,
    outdated: up.length - fresh.length,
    terminating: containers.filter((each) => each.state === 'removing').length,
    restarts: containers.reduce((sum, each) => sum + each.restarts, 0),
    waiting: containers.flatMap((each) => troubleOf(each, health[each.id])),
    settledSpec: true,
    // A backup counts only while nobody has started Milvus since.
    generation: Math.max(0, ...containers.map((each) => Date.parse(each.startedAt) || 0)),
    ...(up.length === 0 ? { stopped: true } : {}),
    paused: up.some((each) => each.state === 'paused'),
    failure: '',
    pods: up.flatMap((each) => podsOf(each, image, health)),
  };
}

/** One for each address: in which of its networks Milvus registers, nobody tells. */
function podsOf(container: ContainerObservation, image: string, health: Readonly<Record<string, Health>>): MilvusPod[] {
  const { id, name, networks } = container;
  const pod = { name, isNew: container.image === image, ready: isWell(container, health[id]), readySince: '', terminating: false };
  const addresses = Object.values(networks).filter((each) => each !== '');
  return (addresses.length > 0 ? addresses : ['']).map((address) => ({ ...pod, address }));
}

function troubleOf(container: ContainerObservation, health: Health | undefined): WaitingContainer[] {
  const { name: pod, state, exitCode } = container;
  if (state === 'restarting' || (state === 'exited' && exitCode !== 0)) return [{ pod, reason: endOf(container), message: `exit code ${exitCode}` }];
  if (state === 'running' && container.health === 'unhealthy') return [{ pod, reason: 'Unhealthy', message: container.healthSaid }];
  return state === 'running' && health?.state === 'not-yet' ? [{ pod, reason: 'NotReady', message: health.reason }] : [];
}

function endOf({ oomKilled, state }: ContainerObservation): string {
  if (oomKilled) return 'OOMKilled';
  return state === 'restarting' ? 'Restarting' : 'Exited';
}
