// Remembers the sessions of the pods of a release, to know which of them belong to pods that have ended in this run.
import { hostOf } from '../../core/lib/address.js';
import type { Component } from '../../core/model/component.js';
import type { Session } from '../../core/model/session.js';

export class EndedPods {
  /** The sessions that were registered while a pod ran at their address. */
  readonly #known = new Set<string>();
  readonly #handled = new Set<string>();

  /**
   * Returns the sessions of pods that have run since the first call and do not run any more: the pod is gone, or all of
   * its containers have terminated. A session of a new pod that has received the same address is not one of them.
   */
  see(components: readonly Component[], sessions: readonly Session[]): readonly Session[] {
    const pods = components.flatMap((component) => component.pods ?? []);
    const running = new Set(pods.filter((pod) => !pod.ended && pod.address !== '').map(({ address }) => address));
    const isRunning = ({ address }: Session): boolean => running.has(hostOf(address));
    for (const session of sessions.filter(isRunning)) this.#known.add(idOf(session));
    return sessions.filter(
      (session) => !isRunning(session) && this.#known.has(idOf(session)) && !this.#handled.has(idOf(session)),
    );
  }

  /** These sessions were revoked, or cannot be revoked: they are left to expire. */
  handled(sessions: readonly SessionId[]): void {
    for (const session of sessions) this.#handled.add(idOf(session));
  }
}

type SessionId = Pick<Session, 'key' | 'serverId' | 'address'>;

/** A process that starts again, or takes over the key of a coordinator, has another server ID. */
function idOf({ key, serverId, address }: SessionId): string {
  return `${key} ${serverId} ${address}`;
}
