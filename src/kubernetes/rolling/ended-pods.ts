// Remembers the addresses of the pods of a release, to know which of them have ended in this run.
import type { Component } from '../../core/model/component.js';

export class EndedPods {
  readonly #addresses = new Set<string>();
  readonly #handled = new Set<string>();

  /**
   * Returns the addresses at which a pod has run since the first call, and at which none runs any more: the pod is
   * gone, or all of its containers have terminated.
   */
  see(components: readonly Component[]): readonly string[] {
    const pods = components.flatMap((component) => component.pods ?? []).filter(({ address }) => address !== '');
    const running = new Set(pods.filter((pod) => !pod.ended).map(({ address }) => address));
    for (const address of running) {
      this.#addresses.add(address);
      this.#handled.delete(address);
    }
    return [...this.#addresses].filter((address) => !running.has(address) && !this.#handled.has(address));
  }

  /** The sessions at these addresses were revoked, or cannot be revoked: they are left to expire. */
  handled(addresses: readonly string[]): void {
    for (const address of addresses) this.#handled.add(address);
  }
}
