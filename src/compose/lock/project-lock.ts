// The lock of a project as one run holds it: the lock container, and the networks that it has joined.
import { toProblem } from '../../core/model/error.js';
import type { Emit } from '../../core/model/event.js';
import { noLock } from '../../core/model/lock.js';
import type { Docker } from '../docker/docker.js';
import { joinNetworks } from '../docker/network.js';
import { acquireLockContainer, type LockContainerOptions } from './lock-container.js';
import type { LockContainer } from './held-lock-container.js';

/** `networks` are those that the lock container joins. */
interface ProjectLockOptions extends Omit<LockContainerOptions, 'docker' | 'network'> {
  readonly networks: readonly string[];
}

export class ProjectLock {
  readonly #docker: Docker;
  #container: LockContainer | null = null;
  #joined: readonly string[] = [];
  constructor(docker: Docker) {
    this.#docker = docker;
  }

  isHeld(): boolean {
    return this.#container !== null;
  }

  /** The name of the lock container; empty before the lock is held. */
  containerName(): string {
    return this.#container?.name ?? '';
  }

  /** The networks of the lock container; empty before the lock is held. */
  joined(): readonly string[] {
    return this.#joined;
  }

  async acquire({ networks, ...options }: ProjectLockOptions): Promise<void> {
    const docker = this.#docker;
    this.#container = await acquireLockContainer({ ...options, docker, network: networks[0] ?? '' });
    docker.fence = this.#container;
    await joinNetworks(docker, this.#container.name, networks.slice(1));
    this.#joined = networks;
  }

  /** Never throws: it runs at the end of every run. */
  async release(emit: Emit): Promise<void> {
    await this.#container
      ?.release()
      .catch((error: unknown) =>
        emit({ type: 'warned', message: `the lock could not be released: ${toProblem(error).why}` }),
      );
    this.#container = null;
    this.#joined = [];
    this.#docker.fence = null;
  }

  /** Throws if the lock was lost, as far as a waiting run can know. Does nothing before it is acquired. */
  async check(): Promise<void> {
    await this.#container?.check();
  }

  /** Throws unless the lock is held. */
  assertHeld(): void {
    if (!this.#container) throw noLock();
    this.#container.assertNotLost();
  }

  /** Proves with a request to the container that the lock is held. */
  prove(): Promise<unknown> {
    return this.#container?.prove() ?? Promise.resolve();
  }
}
