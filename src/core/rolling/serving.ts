// Evaluates the sessions in etcd: whether pods are registered, and which pod holds the role of a coordinator. Pure.
import { hostOf } from '../lib/address.js';
import type { Component, MilvusPod } from '../model/component.js';
import type { Session } from '../model/session.js';
import { WITHOUT_SESSION } from '../knowledge/session-roles.js';
import { isOlder, type Version } from '../model/version.js';
import type { Sessions } from '../model/shared-observation.js';

/**
 * The roles of a coordinator process: a mixed coordinator has several (milvus-io/milvus cmd/roles/roles.go), under one
 * name from 2.6 on.
 */
const MIXED = ['mixcoord', 'rootcoord', 'datacoord', 'querycoord', 'indexcoord'];
const ROLES_OF: Readonly<Record<string, readonly string[]>> = { mixcoord: MIXED, standalone: MIXED };

/** Whether the pods of a role register sessions under their own address in this version. */
export function keepsSession(role: string, version: Version): boolean {
  return !WITHOUT_SESSION.some((row) => row.role === role && !isOlder(version, row.since));
}

/** Whether any process in the pod has a session. */
export function registered({ address }: MilvusPod, sessions: readonly Session[]): boolean {
  return address !== '' && sessions.some((session) => hostOf(session.address) === address && !session.isStopping);
}

/** The pods that are not registered yet; empty if all are. */
export function unregistered(pods: readonly MilvusPod[], sessions: readonly Session[]): string {
  const missing = pods.filter((pod) => !registered(pod, sessions));
  return missing.length === 0 ? '' : `${missing.map((pod) => pod.name).join(', ')} to register in etcd`;
}

/** What is missing until one of the pods holds every active session of the role; empty if nothing is. */
export function activeElsewhere(role: string, pods: readonly MilvusPod[], sessions: readonly Session[]): string {
  const roles = ROLES_OF[role] ?? [role];
  const active = sessions.filter((session) => session.isActive && roles.includes(session.role));
  const foreign = active.filter(
    (session) => !pods.some((pod) => pod.address !== '' && pod.address === hostOf(session.address)),
  );
  if (foreign.length > 0)
    return `${foreign.map((session) => session.role).join(', ')} to be taken over from ${[...new Set(foreign.map((session) => hostOf(session.address)))].join(', ')}`;
  return active.length === 0 && pods.length > 0 ? `a new ${role} to take over` : '';
}

/** Sessions of removed pods whose lease has not expired yet. */
export function staleSessions({
  components,
  sessions,
}: {
  readonly components: readonly Component[];
  readonly sessions?: Sessions;
}): Session[] {
  const alive = new Set(components.flatMap((component) => component.pods ?? []).map((pod) => pod.address));
  return (sessions?.list ?? []).filter((session) => !alive.has(hostOf(session.address)));
}
