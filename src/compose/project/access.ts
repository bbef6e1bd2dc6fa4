// How a run reaches the containers of a project: through the lock container or, before the lock is held, through a
// running container with bash.
import { withAccess } from '../../core/compose/network-access.js';
import type { ContainerObservation } from '../../core/compose/containers.js';
import { milvusServices, type ProjectObservation, type ServiceObservation } from '../../core/compose/observation.js';
import type { Docker } from '../docker/docker.js';
import { Shells } from './shell.js';
import { findUnmanaged } from './unmanaged.js';

export interface AccessOptions {
  readonly docker: Docker;
  /** The networks of the lock container; empty before the lock is held. */
  readonly joined: () => readonly string[];
  /** The name of the lock container; empty before the lock is held. */
  readonly lockContainer: () => string;
}

/** Services with the addresses at which they are reached, and why they cannot be reached. */
type Reached = Pick<ProjectObservation, 'services' | 'reachProblem' | 'unmanaged'>;

const NO_SHELL = 'no running container that shares a network with Milvus has bash, through which Milvus is reached';

export class ProjectAccess {
  readonly #options: AccessOptions;
  readonly #shells: Shells;
  /** The container through which others are reached before the lock is held. */
  #shell: ContainerObservation | null = null;
  constructor(options: AccessOptions) {
    this.#options = options;
    this.#shells = new Shells(options.docker);
  }

  via(services: readonly ServiceObservation[]): string {
    const running = services.flatMap((service) => service.containers.filter(isRunning));
    const shell = running.find(({ id }) => id === this.#shell?.id);
    return this.#options.lockContainer() || (shell?.id ?? '');
  }

  shellImage(): string {
    return this.#shell?.imageId ?? '';
  }

  async read(services: readonly ServiceObservation[]): Promise<Reached> {
    const joined = this.#options.joined();
    if (joined.length > 0) return { services: withAccess(services, joined) };
    this.#shell = await this.#shells.find(withAccess(services, []));
    const isUp = milvusServices({ services }).some(({ containers }) => containers.some(isRunning));
    return {
      services: withAccess(services, Object.keys(this.#shell?.networks ?? {})),
      ...(isUp && !this.#shell ? { reachProblem: NO_SHELL } : {}),
      ...(await this.#findUnmanaged(services)),
    };
  }

  /** Without a container, the Milvus to upgrade may be outside of the project. */
  async #findUnmanaged(services: readonly ServiceObservation[]): Promise<Pick<Reached, 'unmanaged'>> {
    if (services.some(({ containers }) => containers.length > 0)) return {};
    return { unmanaged: await findUnmanaged(this.#options.docker) };
  }
}

function isRunning({ state }: ContainerObservation): boolean {
  return state === 'running';
}
