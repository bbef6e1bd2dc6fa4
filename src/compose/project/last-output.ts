// Reads the last log lines of containers that this run has started and that exited: once for each exit.
import type { ContainerObservation } from '../../core/compose/containers.js';
import { oneLine, shorten } from '../../core/lib/escape.js';
import type { Docker } from '../docker/docker.js';

const LOG_LINES = 12;

export class LastOutput {
  readonly #docker: Docker;
  readonly #started: ReadonlySet<string>;
  readonly #known = new Map<string, string>();
  constructor({ docker, started }: { readonly docker: Docker; readonly started: ReadonlySet<string> }) {
    this.#docker = docker;
    this.#started = started;
  }

  /** By container ID. */
  async read(containers: readonly ContainerObservation[]): Promise<Readonly<Record<string, string>>> {
    const ended = containers.filter((container) => container.state === 'exited' || container.state === 'restarting');
    for (const { id, finishedAt, service } of ended.filter((container) => this.#started.has(container.service))) {
      const key = `${id} ${finishedAt}`;
      if (!this.#known.has(key)) {
        const lines = (await this.#docker.logs(id, LOG_LINES))
          .split('\n')
          .map(oneLine)
          .filter((line) => line !== '');
        this.#known.set(key, shorten(lines.slice(-2).join(' / ') || `${service} printed no log`, 300));
      }
    }
    return Object.fromEntries(ended.map(({ id, finishedAt }) => [id, this.#known.get(`${id} ${finishedAt}`) ?? '']));
  }
}
